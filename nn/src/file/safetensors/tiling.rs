//! Checks all tensors together: names are unique, and the tensors are contiguous up to the last
//! byte.

use core::cmp::Ordering;

use super::quoted::Quoted;
use super::{Entry, Fault};

/// The fault, and the entry in the current order that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misplaced {
    pub(crate) fault: Fault,
    pub(crate) index: usize,
    /// For [`Fault::Place`]: the expected beginning.
    pub(crate) expected: usize,
}

/// Sorts a slice in constants. It is a heap sort: for simpler algorithms a file could be crafted
/// that takes quadratic time.
macro_rules! sort {
    ($slice:expr, $order:expr) => {{
        let slice = $slice;
        let (mut start, mut end) = (slice.len() / 2, slice.len());
        while end > 1 {
            if start > 0 {
                start -= 1;
            } else {
                end -= 1;
                slice.swap(0, end);
            }
            let mut parent = start;
            while 2 * parent + 1 < end {
                let mut child = 2 * parent + 1;
                if child + 1 < end
                    && matches!($order(&slice[child], &slice[child + 1]), Ordering::Less)
                {
                    child += 1;
                }
                if !matches!($order(&slice[parent], &slice[child]), Ordering::Less) {
                    break;
                }
                slice.swap(parent, child);
                parent = child;
            }
        }
    }};
}

pub(crate) use sort;

const fn by_text(a: &Quoted<'_>, b: &Quoted<'_>) -> Ordering {
    a.order(*b)
}

const fn by_name(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    a.name.order(b.name)
}

const fn by_place(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    if a.begin < b.begin || a.begin == b.begin && a.end < b.end {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

/// Returns whether one of these texts occurs twice.
pub(super) const fn has_twice(texts: &mut [Quoted<'_>]) -> bool {
    sort!(&mut *texts, by_text);
    let mut index = 1;
    while index < texts.len() {
        if matches!(texts[index - 1].order(texts[index]), Ordering::Equal) {
            return true;
        }
        index += 1;
    }
    false
}

/// Sorts the tensors by position and checks them against each other and against `data` bytes.
/// `None` accepts any number of bytes.
pub(crate) const fn check(entries: &mut [Entry<'_>], data: Option<usize>) -> Result<(), Misplaced> {
    let mut wrong = Misplaced { fault: Fault::Outside, index: 0, expected: 0 };
    let described = described(entries);
    if let Some(data) = data
        && described != data
    {
        if described < data {
            wrong.fault = Fault::Rest;
        }
        while wrong.index + 1 < entries.len() && entries[wrong.index].end != described {
            wrong.index += 1;
        }
        return Err(wrong);
    }
    sort!(&mut *entries, by_name);
    let mut index = 1;
    while index < entries.len() {
        if matches!(by_name(&entries[index - 1], &entries[index]), Ordering::Equal) {
            return Err(Misplaced { fault: Fault::Twice, index, expected: 0 });
        }
        index += 1;
    }
    sort!(&mut *entries, by_place);
    (wrong.fault, wrong.index) = (Fault::Place, 0);
    while wrong.index < entries.len() {
        if entries[wrong.index].begin != wrong.expected {
            return Err(wrong);
        }
        wrong.expected = entries[wrong.index].end;
        wrong.index += 1;
    }
    wrong.index = 0;
    while wrong.index < entries.len() {
        let entry = &entries[wrong.index];
        match entry.bytes() {
            Ok(bytes) if bytes == entry.end - entry.begin => {}
            Ok(_) => return Err(Misplaced { fault: Fault::Size, ..wrong }),
            Err(fault) => return Err(Misplaced { fault, ..wrong }),
        }
        wrong.index += 1;
    }
    Ok(())
}

/// Number of bytes of all tensors: the end of the last one.
pub(crate) const fn described(entries: &[Entry<'_>]) -> usize {
    let (mut end, mut index) = (0, 0);
    while index < entries.len() {
        if entries[index].end > end {
            end = entries[index].end;
        }
        index += 1;
    }
    end
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn texts_are_sorted() {
        let words = ["d", "b", "e", "a", "c", "f", "ab", "", "zz", "z"];
        for count in 0..words.len() {
            let mut texts: Vec<_> =
                words[..count].iter().map(|word| Quoted(word.as_bytes())).collect();
            assert!(!has_twice(&mut texts));
            let mut expected = words[..count].to_vec();
            expected.sort_unstable();
            assert!(
                texts.iter().map(|text| text.written()).eq(expected.iter().map(|w| w.as_bytes()))
            );
            texts.extend(texts.first().copied());
            assert_eq!(has_twice(&mut texts), count > 0);
        }
    }
}
