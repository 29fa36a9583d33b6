//! The known words of a network's columns. Data provide them; they are saved with the parameters.

use std::collections::BTreeSet;

use tensor::Float;

use crate::error::{Error, Result, quoted};
use crate::layer::Info;
use crate::layer::columns::columns;
use crate::parameters::Parameters;
use crate::words::{WORDS, Words, fingerprint};

/// The categories of a network by name, each with the fingerprints of its known words.
pub(crate) fn categories<T: Float>(
    info: &Info,
    parameters: &[T],
) -> impl Iterator<Item = (&'static str, Vec<[u32; 2]>)> {
    let layers = (0..info.count()).map(|at| info.layer(at)).filter(|(layer, _)| layer.encodes);
    layers.flat_map(move |(layer, offset)| {
        let block = layer.columns;
        let found = columns(block.forms, &parameters[offset..]).zip(block.names);
        let categories = found.filter(|((form, ..), _)| form.words() > 0);
        categories.map(|((.., found), &name)| (name, found.fingerprints().collect()))
    })
}

/// All of these fingerprints.
fn fingerprints<T: Float>(info: &Info, parameters: &[T]) -> BTreeSet<[u32; 2]> {
    categories(info, parameters).flat_map(|(_, fingerprints)| fingerprints).collect()
}

/// Adds those of `more` words that the network knows.
pub(crate) fn take_words<T: Float>(info: &Info, parameters: &mut Parameters<T>, more: &Words) {
    let known = parameters.words().known(more, &fingerprints(info, parameters.as_slice()));
    parameters.set_words(known);
}

/// The words as text in a file, if there are any.
pub(crate) fn words_text<T: Float>(
    info: &Info,
    parameters: &Parameters<T>,
) -> Option<(&'static str, String)> {
    let none = Words::default();
    let known = parameters.words().known(&none, &fingerprints(info, parameters.as_slice()));
    (!known.is_empty()).then(|| (WORDS, known.text()))
}

/// Reads the words of a file. Returns the unknown word, or the invalid text, as an error.
pub(crate) fn read_words<T: Float>(
    info: &Info,
    parameters: &[T],
    text: &str,
) -> std::result::Result<Words, String> {
    /// Length of the text that a message shows.
    const SHOWN: usize = 60;
    let Some(words) = Words::parse(text) else {
        return Err(quoted(&text.chars().take(SHOWN).collect::<String>()));
    };
    let places = fingerprints(info, parameters);
    let other = words.iter().find(|word| !places.contains(&fingerprint(word))).map(quoted);
    other.map_or(Ok(words), Err)
}

/// The known words of a column in the network of this name, in the order of their flags or vectors.
pub(crate) fn known_words<'p, T: Float>(
    network: &str,
    info: &Info,
    parameters: &'p Parameters<T>,
    column: &str,
) -> Result<Vec<&'p str>> {
    let all: Vec<_> = categories(info, parameters.as_slice()).collect();
    let Some((_, places)) = all.iter().find(|(name, _)| *name == column) else {
        let names: Vec<String> = all.iter().map(|(name, _)| quoted(name)).collect();
        return Err(Error::value(
            format!("categories of {network}"),
            if names.is_empty() { "none".into() } else { names.join(", ") },
            format!("a column {} of words", quoted(column)),
            "name a column that is declared as a `category`",
        ));
    };
    let words = parameters.words().by_fingerprint();
    let known: Vec<&str> = places.iter().filter_map(|place| words.get(place).copied()).collect();
    if known.len() == places.len() {
        return Ok(known);
    }
    Err(Error::value(
        format!("words of column {} of {network}", quoted(column)),
        format!("{} of {}", known.len(), places.len()),
        "each known word: the network has only the fingerprints of the others",
        "give it the words of the table that it was trained with, `nn::Model::take_words(&mut \
         network, &table.words())`, and save it again",
    ))
}
