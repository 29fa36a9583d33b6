//! The words in a file's metadata, read at compile time: the names of classes, and the words of
//! columns.

use core::cmp::Ordering;
use core::fmt;

use super::arrange::said;
use crate::file::safetensors::{Header, Said, sort};
use crate::text::Message;
use crate::words::{CLASS_NAMES, WORDS, fingerprint};

/// Words that are part of the program: the class names and column words of
/// [`Weights`](crate::Weights).
///
/// ```standalone_crate
/// use nn::{Weights, include_weights, network};
///
/// network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }
///
/// static DIGITS: Weights<Digits> =
///     include_weights!("../../../examples/embedded/digits.safetensors");
///
/// assert_eq!(DIGITS.class_names().len(), 10);
/// assert_eq!(DIGITS.class_names().get(6), Some("Shirt"));
/// ```
#[derive(Clone, Copy)]
pub struct StaticWords<'s> {
    /// The concatenated words.
    text: &'s str,
    /// The beginning of the first word, and the end of each.
    begin: usize,
    ends: &'s [usize],
}

impl<'s> StaticWords<'s> {
    /// The number of words.
    pub const fn len(self) -> usize {
        self.ends.len()
    }

    /// Returns whether there are no words.
    pub const fn is_empty(self) -> bool {
        self.ends.is_empty()
    }

    /// The word with this index; for a name, the index of its class.
    pub fn get(self, index: usize) -> Option<&'s str> {
        let end = *self.ends.get(index)?;
        let begin = index.checked_sub(1).and_then(|before| self.ends.get(before).copied());
        self.text.get(begin.unwrap_or(self.begin)..end)
    }

    /// The words: names of classes in the order of their indices, others in alphabetical order.
    pub fn iter(self) -> impl Iterator<Item = &'s str> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

/// The words.
impl fmt::Debug for StaticWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The next element of a text such as `"cat" "dog"`.
#[derive(Clone, Copy)]
enum Next {
    /// A byte of a word.
    Byte(u8),
    /// A word is complete.
    Word,
    End,
    /// The text is not a list of quoted words.
    Wrong,
}

/// Parses a text of quoted words, as written by [`Labels`](crate::data::Labels).
struct Scan<'a> {
    said: Said<'a>,
    is_inside: bool,
}

impl Scan<'_> {
    const fn next(&mut self) -> Next {
        loop {
            return match (self.said.next(), self.is_inside) {
                (Some(b' '), false) => continue,
                (Some(b'"'), false) => {
                    self.is_inside = true;
                    continue;
                }
                (None, false) => Next::End,
                (Some(_), false) | (None, true) => Next::Wrong,
                (Some(b'"'), true) => {
                    self.is_inside = false;
                    Next::Word
                }
                (Some(b'\\'), true) => match self.said.next() {
                    Some(b'n') => Next::Byte(b'\n'),
                    Some(b'r') => Next::Byte(b'\r'),
                    Some(other) => Next::Byte(other),
                    None => Next::Wrong,
                },
                (Some(other), true) => Next::Byte(other),
            };
        }
    }
}

/// The words under a key of the metadata; `None` if the file has no such key.
#[allow(clippy::result_large_err)] // the compiler has no heap
const fn scan<'a>(header: Header<'a>, key: &str) -> Result<Option<Scan<'a>>, Message> {
    Ok(match ok!(said(header.metadata(key.as_bytes()))) {
        Some(text) => Some(Scan { said: Said::by(text), is_inside: false }),
        None => None,
    })
}

/// Upper bounds of the number of words in a file and of their bytes. An invalid text counts up to
/// its error.
#[allow(clippy::result_large_err)] // the compiler has no heap
pub(super) const fn measured(header: Header<'_>) -> Result<(usize, usize), Message> {
    let (mut words, mut bytes) = (0, 0);
    let keys = [CLASS_NAMES, WORDS];
    let mut key = 0;
    while key < keys.len() {
        if let Some(mut scan) = ok!(scan(header, keys[key])) {
            loop {
                match scan.next() {
                    Next::Byte(_) => bytes += 1,
                    Next::Word => words += 1,
                    Next::End | Next::Wrong => break,
                }
            }
        }
        key += 1;
    }
    Ok((words, bytes))
}

/// The words of a file: at most `COUNT` words with at most `BYTES` bytes together, names of classes
/// first.
#[derive(Clone, Copy)]
pub(super) struct Texts<const COUNT: usize, const BYTES: usize> {
    bytes: [u8; BYTES],
    /// The end of each word.
    ends: [usize; COUNT],
    /// The number of words, and of those that are names of classes.
    count: usize,
    classes: usize,
}

impl<const COUNT: usize, const BYTES: usize> Texts<COUNT, BYTES> {
    pub(super) const NONE: Self =
        Texts { bytes: [0; BYTES], ends: [0; COUNT], count: 0, classes: 0 };

    /// The words of a file that was saved by a network with `classes` classes.
    #[allow(clippy::result_large_err)] // the compiler has no heap
    pub(super) const fn read(header: Header<'_>, classes: usize) -> Result<Self, Message> {
        let mut texts = Self::NONE;
        let has_names = ok!(texts.append(header, CLASS_NAMES));
        if has_names && (texts.count != classes || texts.places_from(0).has_twice()) {
            return Err(
                damaged(CLASS_NAMES).text("different names, one for each class, each in quotes")
            );
        }
        texts.classes = texts.count;
        if ok!(texts.append(header, WORDS)) && texts.places().has_twice() {
            return Err(damaged(WORDS).text("different words"));
        }
        Ok(texts)
    }

    /// Appends the words under a key; returns `false` if there is no such key.
    #[allow(clippy::result_large_err)] // the compiler has no heap
    const fn append(&mut self, header: Header<'_>, key: &str) -> Result<bool, Message> {
        let Some(mut scan) = ok!(scan(header, key)) else { return Ok(false) };
        let mut end = if self.count == 0 { 0 } else { self.ends[self.count - 1] };
        loop {
            match scan.next() {
                Next::Byte(byte) => {
                    self.bytes[end] = byte;
                    end += 1;
                }
                Next::Word => {
                    self.ends[self.count] = end;
                    self.count += 1;
                }
                Next::End => return Ok(true),
                Next::Wrong => return Err(damaged(key).text("words, each in quotes")),
            }
        }
    }

    /// The words of the columns, whose positions are not known yet.
    pub(super) const fn places(&self) -> Places<COUNT> {
        self.places_from(self.classes)
    }

    /// The words without the `first` ones.
    const fn places_from(&self, first: usize) -> Places<COUNT> {
        let mut places = Places { words: [(0, false); COUNT], count: self.count - first };
        let mut word = first;
        while word < self.count {
            let begin = if word == 0 { 0 } else { self.ends[word - 1] };
            let bytes = self.bytes.split_at(self.ends[word]).0.split_at(begin).1;
            places.words[word - first].0 = joined(fingerprint(utf8(bytes)));
            word += 1;
        }
        sort!(places.words.split_at_mut(places.count).0, by_fingerprint);
        places
    }

    /// The names of the classes.
    pub(super) const fn class_names(&self) -> StaticWords<'_> {
        StaticWords { text: utf8(&self.bytes), begin: 0, ends: self.ends.split_at(self.classes).0 }
    }

    /// The words of the columns.
    pub(super) const fn words(&self) -> StaticWords<'_> {
        let (names, words) = self.ends.split_at(self.count).0.split_at(self.classes);
        let begin = if let [.., end] = names { *end } else { 0 };
        StaticWords { text: utf8(&self.bytes), begin, ends: words }
    }
}

/// Words by their fingerprints, in order, and whether a position was found for each.
pub(super) struct Places<const COUNT: usize> {
    words: [(u64, bool); COUNT],
    count: usize,
}

impl<const COUNT: usize> Places<COUNT> {
    /// Returns whether one of the words occurs twice.
    const fn has_twice(&self) -> bool {
        let mut at = 1;
        while at < self.count {
            if self.words[at - 1].0 == self.words[at].0 {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Finds the positions of these `fingerprints`, which are little-endian floats of `SIZE` bytes.
    pub(super) const fn find<const SIZE: usize>(&mut self, mut fingerprints: &[u8]) {
        while let Some((first, rest)) = fingerprints.split_first_chunk::<SIZE>()
            && let Some((second, rest)) = rest.split_first_chunk::<SIZE>()
        {
            self.find_one(joined([whole(first), whole(second)]));
            fingerprints = rest;
        }
    }

    const fn find_one(&mut self, fingerprint: u64) {
        let (mut begin, mut end) = (0, self.count);
        while begin < end {
            let middle = begin.midpoint(end);
            let (word, is_placed) = &mut self.words[middle];
            if *word == fingerprint {
                *is_placed = true;
                return;
            } else if *word < fingerprint {
                begin = middle + 1;
            } else {
                end = middle;
            }
        }
    }

    /// Refuses words without a position.
    #[allow(clippy::result_large_err)] // the compiler has no heap
    pub(super) const fn check(&self) -> Result<(), Message> {
        let mut word = 0;
        while word < self.count {
            if !self.words[word].1 {
                return Err(damaged(WORDS).text("words that the network knows"));
            }
            word += 1;
        }
        Ok(())
    }
}

const fn by_fingerprint(a: &(u64, bool), b: &(u64, bool)) -> Ordering {
    if a.0 < b.0 { Ordering::Less } else { Ordering::Greater }
}

/// The header is UTF-8, and so are decoded escapes.
const fn utf8(bytes: &[u8]) -> &str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a word is cut between the bytes of a character"),
    }
}

/// The halves of a fingerprint in one number.
const fn joined(halves: [u32; 2]) -> u64 {
    (halves[0] as u64) << 32 | halves[1] as u64
}

/// The integer value of a float.
const fn whole(bytes: &[u8]) -> u32 {
    match (bytes.first_chunk::<4>(), bytes.first_chunk::<8>()) {
        (_, Some(bytes)) => f64::from_le_bytes(*bytes) as u32,
        (Some(bytes), None) => f32::from_le_bytes(*bytes) as u32,
        _ => 0,
    }
}

const fn damaged(key: &str) -> Message {
    let message =
        Message::new().text("the `").text(key).text("` in the file's metadata are damaged, ");
    message.text("save the file again; they should be ")
}
