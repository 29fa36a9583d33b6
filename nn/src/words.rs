//! Words of categories: fingerprints, by which networks recognize them, and the words themselves,
//! for people and for files with texts.

#[cfg(feature = "std")]
use std::collections::{BTreeSet, HashMap};

#[cfg(feature = "std")]
use crate::labels::Labels;

/// The metadata key of the class names.
pub(crate) const CLASS_NAMES: &str = "classes";

/// The metadata key of the words of the columns.
pub(crate) const WORDS: &str = "words";

/// A 48-bit fingerprint of a word, in halves: FNV-1a and the finalizer of SplitMix64, so that each
/// bit depends on the whole word.
pub(crate) const fn fingerprint(word: &str) -> [u32; 2] {
    let mut bits: u64 = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < word.len() {
        bits = (bits ^ word.as_bytes()[at] as u64).wrapping_mul(0x0000_0100_0000_01B3);
        at += 1;
    }
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    [(bits >> 40) as u32, (bits >> 16) as u32 & 0x00FF_FFFF]
}

/// Words of categories: those of a data set's rows, or those that a network has learned.
///
/// A network with `columns` recognizes words by fingerprints, which are among its parameters. They
/// suffice for predictions, even where there is no memory for texts. The words themselves come from
/// the data that it is [fitted](crate::fit) to and are saved in its files: see
/// [`Network::known_words`](crate::Network::known_words).
///
/// ```
/// use nn::data::Words;
///
/// let words = Words::new(["Rome", "Oslo", "Rome"]);
/// assert!(words.iter().eq(["Oslo", "Rome"]));
/// ```
#[cfg(feature = "std")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Lists without duplicates, shared with the columns that they come from.
    lists: Vec<Labels>,
}

#[cfg(feature = "std")]
impl Words {
    /// Creates a list of the distinct words.
    pub fn new<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        Words::from_lists(vec![Labels::among(words)])
    }

    /// The words of several columns.
    pub(crate) fn from_lists(mut lists: Vec<Labels>) -> Self {
        lists.retain(|list| !list.is_empty());
        Words { lists }
    }

    /// The words, column by column, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().flat_map(|list| list.names()).map(|word| &word[..])
    }

    /// Returns whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The words by their fingerprints.
    pub(crate) fn by_fingerprint(&self) -> HashMap<[u32; 2], &str> {
        self.iter().map(|word| (fingerprint(word), word)).collect()
    }

    /// The words of `self` and `more` that have one of these fingerprints.
    pub(crate) fn known(&self, more: &Words, fingerprints: &BTreeSet<[u32; 2]>) -> Words {
        let is_known = |word: &&str| fingerprints.contains(&fingerprint(word));
        Words::new(self.iter().chain(more.iter()).filter(is_known))
    }

    /// Formats the words as a line of a file: `"Oslo" "Rome"`.
    pub(crate) fn text(&self) -> String {
        Labels::among(self.iter()).text()
    }

    /// Parses such a line.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        Some(Words::from_lists(vec![Labels::parse(line)?]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..100_000 {
            assert!(seen.insert(fingerprint(&format!("word {number}"))), "{number}");
        }
        assert!(seen.iter().flatten().all(|&half| half < 1 << 24));
    }

    /// Files contain fingerprints, so they must never change.
    #[test]
    fn a_fingerprint_stays_what_it_is() {
        let known = [[11_205_397, 4_020_768], [906_298, 14_856_456]];
        assert_eq!([fingerprint("Rome"), fingerprint("Oslo")], known);
    }

    #[cfg(feature = "std")]
    #[test]
    fn words_are_read_as_they_were_written_and_those_that_are_known_stay() {
        let words = Words::from_lists(vec![
            Labels::among(["Rome", "Oslo", "a \"b\"\n"]),
            Labels::among::<&str>([]),
            Labels::among(["x", "Rome"]),
        ]);
        assert!(words.iter().eq(["Oslo", "Rome", "a \"b\"\n", "Rome", "x"]));
        assert!(Words::parse(&words.text()).unwrap().iter().eq(["Oslo", "Rome", "a \"b\"\n", "x"]));
        assert_eq!(Words::parse(""), Some(Words::default()));
        assert_eq!(Words::parse("\"a\" \"a\""), None);
        let fingerprints = ["Bern", "Rome", "Wien"].map(fingerprint).into();
        let known = words.known(&Words::new(["Bern", "Lima"]), &fingerprints);
        assert_eq!(known, Words::new(["Bern", "Rome"]));
        assert_eq!(known.by_fingerprint()[&fingerprint("Rome")], "Rome");
    }
}
