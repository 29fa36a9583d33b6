//! The formulas in C: those that are needed, in an order in which each is defined before it is
//! used.

use std::collections::HashSet;
use std::fmt::Write as _;

use tensor::{activation, math};

use crate::layer::encoder::quantile;

/// The float types of C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Precision {
    Single,
    Double,
}

impl Precision {
    /// The type's name.
    pub(super) fn real(self) -> &'static str {
        match self {
            Precision::Single => "float",
            Precision::Double => "double",
        }
    }

    /// The suffix of functions and numbers of this type.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Precision::Single => "f",
            Precision::Double => "",
        }
    }

    /// A number, with enough digits to distinguish it from all others.
    pub(super) fn number(self, number: f64) -> String {
        let text = match self {
            Precision::Single => format!("{:e}f", number as f32),
            Precision::Double => format!("{number:e}"),
        };
        // Two signs in a row would be another operator.
        if text.starts_with('-') { format!("({text})") } else { text }
    }

    /// The C text for this word of a formula, if it is one.
    fn word(self, word: &str) -> Option<String> {
        let of = |name: &str| -> Option<Vec<f64>> {
            let single = math::SINGLE_NUMBERS.iter().find(|(other, _)| *other == name);
            let double = math::DOUBLE_NUMBERS.iter().find(|(other, _)| *other == name);
            Some(match (self, single) {
                (Precision::Single, Some((_, numbers))) => {
                    numbers.iter().map(|&number| f64::from(number)).collect()
                }
                _ => double?.1.to_vec(),
            })
        };
        let whole = |name| of(name).map(|numbers| numbers[0] as i32);
        Some(match word {
            "REAL" => self.real().into(),
            "BITS" if self == Precision::Single => "uint32_t".into(),
            "BITS" => "uint64_t".into(),
            "BIAS" | "DIGITS" => whole(word)?.to_string(),
            "SCALE_UP" => self.number(2.0_f64.powi(whole("DIGITS")? + 2)),
            "THIRD" => self.number(1.0 / 3.0),
            "ROOT_OF_3" => self.number(quantile::ROOT_OF_3),
            word => match activation::NUMBERS.iter().find(|(name, _)| *name == word) {
                Some(&(_, number)) => self.number(number),
                None => {
                    let numbers: Vec<_> =
                        of(word)?.into_iter().map(|number| self.number(number)).collect();
                    numbers.join(", ")
                }
            },
        })
    }

    /// A formula in this precision.
    fn written(self, formula: &str) -> String {
        let mut text = String::with_capacity(formula.len());
        let mut rest = &formula.replace('@', self.suffix())[..];
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            text += &self.word(word).unwrap_or_else(|| word.to_owned());
            let end = behind.find(is_name).unwrap_or(behind.len());
            text += &behind[..end];
            rest = &behind[end..];
        }
        text
    }
}

/// All formulas: paragraphs, each with one function or type. `@` is the suffix of the precision; a
/// paragraph without it exists in one precision only.
const FORMULAS: [&str; 3] =
    [include_str!("functions.c"), include_str!("activations.c"), include_str!("layers.c")];

/// The paragraphs, each with the name of what it defines.
fn formulas() -> impl Iterator<Item = (&'static str, &'static str)> {
    let paragraphs = FORMULAS.iter().flat_map(|file| file.trim_end().split("\n\n"));
    paragraphs.map(|paragraph| {
        // A type's name comes after its definition.
        let names = &paragraph[if paragraph.contains("typedef") {
            paragraph.rfind("nn_")
        } else {
            paragraph.find("nn_")
        }
        .unwrap_or_default()..];
        let end = names.find(['(', ';']).unwrap_or(names.len());
        (&names[..end], paragraph)
    })
}

/// The formulas that a network needs.
#[derive(Debug)]
pub(super) struct Pieces {
    pub(super) precision: Precision,
    /// Those so far.
    pub(super) text: String,
    names: HashSet<String>,
}

impl Pieces {
    pub(super) fn new(precision: Precision) -> Self {
        Pieces { precision, text: String::new(), names: HashSet::new() }
    }

    /// Adds the function that computes `word` and returns its name; `None` if there is none.
    pub(super) fn function(&mut self, word: &str) -> Option<String> {
        let name = format!("nn_{word}{}", self.precision.suffix());
        self.need(&name)?;
        Some(name)
    }

    /// Adds the definition of a C name, after those that it needs.
    fn need(&mut self, name: &str) -> Option<()> {
        if self.names.contains(name) {
            return Some(());
        }
        let both = [self.precision, Precision::Double];
        let (formula, precision) = formulas().find_map(|(defined, formula)| {
            let precision = match defined.contains('@') {
                true => both.into_iter().find(|p| defined.replace('@', p.suffix()) == name)?,
                // A name without `@` exists in one precision only, that of its words.
                false if defined == name => Precision::Double,
                false => return None,
            };
            Some((formula, precision))
        })?;
        self.names.insert(name.to_owned());
        let text = precision.written(formula);
        for (at, _) in text.match_indices("nn_") {
            let word = &text[at..];
            let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            self.need(&word[..end.unwrap_or(word.len())])?;
        }
        let _ = write!(self.text, "{text}\n\n");
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_is_complete_in_either_precision() {
        for precision in [Precision::Single, Precision::Double] {
            for (name, _) in formulas() {
                let name = name.replace('@', precision.suffix());
                if precision == Precision::Double
                    && ["nn_fmaf", "nn_normal_cdff"].contains(&&name[..])
                {
                    continue;
                }
                let mut pieces = Pieces::new(precision);
                assert!(pieces.need(&name).is_some(), "{name}: it or what it needs is not there");
                for letter in ['@', '$'] {
                    assert!(!pieces.text.contains(letter), "{name}:\n{}", pieces.text);
                }
            }
        }
    }

    #[test]
    fn numbers_are_those_of_the_formulas() {
        assert_eq!(Precision::Single.word("TANH_IS_ONE").as_deref(), Some("9.1e0f"));
        assert_eq!(Precision::Double.word("DIGITS").as_deref(), Some("52"));
        assert_eq!(Precision::Double.word("INFINITY"), None);
        assert_eq!(
            Precision::Single.written("REAL x = nn_exp@(MOST);"),
            "float x = nn_expf(3.4028235e38f);"
        );
        assert_eq!(Precision::Double.word("TAYLOR").unwrap().split(", ").count(), 11);
    }
}
