//! A class label that was checked once, where it came in, and is right everywhere after.

use std::fmt;

use crate::error::{Error, InvalidRows, Result};

/// One of `N` classes, counted from 0.
///
/// There is no way to make one that is out of range, so a loss need not check its targets, and
/// the compiler refuses the labels of a data set of ten classes for a network with nine outputs.
///
/// ```
/// use nn::data::Class;
/// assert_eq!(Class::<10>::new(3)?.index(), 3);
/// assert!(Class::<10>::new(10).is_err());
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class<const N: usize> {
    index: usize,
}

impl<const N: usize> Class<N> {
    /// The class with this number.
    ///
    /// # Errors
    ///
    /// If `index` is not below `N`.
    pub fn new(index: usize) -> Result<Self> {
        if index < N {
            return Ok(Self { index });
        }
        Err(Error::value("class", index.to_string(), range::<N>(), "count classes from 0"))
    }

    /// The number of the class, below `N`.
    #[inline]
    pub fn index(self) -> usize {
        self.index
    }

    /// The classes of a column of labels.
    ///
    /// # Errors
    ///
    /// If a label is not below `N`; the message says which are the first and how many there are.
    pub fn from_labels(labels: &[u8]) -> Result<Vec<Self>> {
        if let Some(wrong) = wrong_labels(labels, N) {
            return Err(Error::value(
                wrong.what("label"),
                wrong.found("label"),
                range::<N>(),
                "count classes from 0, or use a `Class` with more of them",
            ));
        }
        Ok(labels.iter().map(|&label| Self { index: usize::from(label) }).collect())
    }
}

impl<const N: usize> fmt::Display for Class<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.index, f)
    }
}

/// The labels that are not below `classes`.
pub(crate) fn wrong_labels(labels: &[u8], classes: usize) -> Option<InvalidRows> {
    InvalidRows::among(labels, |&label| (usize::from(label) >= classes).then(|| label.to_string()))
}

/// For the `expected` of an error.
pub(crate) fn range<const N: usize>() -> String {
    match N {
        0 => "nothing, as there are 0 classes".to_string(),
        1 => "0, the only class".to_string(),
        _ => format!("a number from 0 to {}", N - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_range_become_classes_in_order() {
        let classes = Class::<3>::from_labels(&[2, 0, 1, 2]).unwrap();
        assert_eq!(classes.iter().map(|class| class.index()).collect::<Vec<_>>(), [2, 0, 1, 2]);
        assert_eq!(classes[0].to_string(), "2");
        assert!(Class::<3>::from_labels(&[]).unwrap().is_empty());
        assert_eq!(Class::<256>::from_labels(&[255]).unwrap()[0].index(), 255);
    }

    #[test]
    fn there_is_no_class_out_of_range() {
        assert!(Class::<3>::new(2).is_ok());
        assert!(Class::<3>::new(3).is_err());
        assert!(Class::<0>::new(0).is_err());
        assert!(Class::<3>::from_labels(&[0, 3]).is_err());
    }
}
