//! The row of a table that a wrong word probably means: the word of another library, or a
//! misspelled word.

use super::spelling::nearest;
use super::{
    ACTIVATIONS, Activation, COLUMNS, ColumnWord, INITIALIZERS, Initializer, LAYERS, Layer,
    LayerOption, Word,
};

fn meant<W: Word>(word: &str, rows: &'static [W]) -> Option<&'static W> {
    let plain = word.to_lowercase();
    let elsewhere = rows.iter().find(|row| row.elsewhere().contains(&plain.as_str()));
    elsewhere.or_else(|| {
        let near = nearest(word, rows.iter().map(Word::word))?;
        rows.iter().find(|row| row.word() == near)
    })
}

/// The layer that a word probably means.
pub fn layer_meant_by(word: &str) -> Option<&'static Layer> {
    meant(word, LAYERS)
}

/// The activation that a word probably means.
pub fn activation_meant_by(word: &str) -> Option<&'static Activation> {
    meant(word, ACTIVATIONS)
}

/// The column type that a word probably means.
pub fn column_meant_by(word: &str) -> Option<&'static ColumnWord> {
    meant(word, COLUMNS)
}

/// The initializer that a word probably means.
pub fn initializer_meant_by(word: &str) -> Option<&'static Initializer> {
    meant(word, INITIALIZERS)
}

/// The layer's option that a word probably means.
pub fn option_meant_by(
    word: &str,
    options: &'static [LayerOption],
) -> Option<&'static LayerOption> {
    meant(word, options)
}

/// The words of these rows, as a sentence lists them: `a`, `b` and `c`.
pub fn listed<'w, W: Word + 'w>(rows: impl IntoIterator<Item = &'w W>) -> String {
    let quoted: Vec<String> = rows.into_iter().map(|row| format!("`{}`", row.word())).collect();
    match &quoted[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_others_have_stands_for_one_of_ours() {
        assert_eq!(layer_meant_by("Linear").map(|row| row.word), Some("dense"));
        assert_eq!(activation_meant_by("swish").map(|row| row.word), Some("silu"));
        assert_eq!(initializer_meant_by("xavier").map(|row| row.word), Some("glorot_normal"));
        let options = LAYERS[0].options;
        assert_eq!(option_meant_by("weight_decay", options).map(|row| row.word), Some("l2"));
        assert!(option_meant_by("eps", options).is_none());
    }

    #[test]
    fn no_word_stands_for_two() {
        fn once<W: Word>(rows: &[W]) {
            let elsewhere = rows.iter().flat_map(|row| row.elsewhere());
            let words: Vec<&str> = rows.iter().map(Word::word).chain(elsewhere.copied()).collect();
            for (at, word) in words.iter().enumerate() {
                assert!(!words[..at].contains(word), "{word}");
            }
        }
        once(LAYERS);
        once(ACTIVATIONS);
        once(INITIALIZERS);
        once(COLUMNS);
        LAYERS.iter().for_each(|layer| once(layer.options));
    }
}
