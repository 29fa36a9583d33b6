//! [`Class`]: a class label whose range has been checked.

use std::fmt;

use crate::error::{Error, InvalidRows, Result};

/// One of `N` classes, counted from 0.
///
/// A value is always in range, so a loss need not check its targets. The compiler refuses labels of
/// ten classes for a network with nine outputs.
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
    /// Creates the class with this index, an integer of any type.
    ///
    /// # Errors
    ///
    /// If `index` is negative or not below `N`.
    pub fn new(index: impl Label) -> Result<Self> {
        match Self::of(index) {
            Some(class) => Ok(class),
            None => {
                Err(Error::value("class", index.to_string(), range::<N>(), "count classes from 0"))
            }
        }
    }

    fn of(index: impl Label) -> Option<Self> {
        index.try_into().ok().filter(|&index| index < N).map(|index| Self { index })
    }

    /// The index of the class, below `N`.
    #[inline]
    pub fn index(self) -> usize {
        self.index
    }

    /// Converts a column of labels, integers of any type.
    ///
    /// ```
    /// use nn::data::Class;
    /// let from_bytes = Class::<3>::from_labels(&[2_u8, 0, 1])?;
    /// assert_eq!(from_bytes, Class::<3>::from_labels(&[2_i64, 0, 1])?);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a label is negative or not below `N`. The message shows the first ones and their number.
    pub fn from_labels<L: Label>(labels: &[L]) -> Result<Vec<Self>> {
        if let Some(wrong) = wrong_labels(labels, N) {
            return Err(Error::value(
                wrong.what("label"),
                wrong.found("label"),
                range::<N>(),
                "count classes from 0, or use a `Class` with more of them",
            ));
        }
        Ok(labels.iter().filter_map(|&label| Self::of(label)).collect())
    }
}

/// The index of a class in data: an integer of any type.
pub trait Label: Copy + fmt::Display + TryInto<usize> {}

impl<I: Copy + fmt::Display + TryInto<usize>> Label for I {}

impl<const N: usize> fmt::Display for Class<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.index, f)
    }
}

/// The labels that are negative or not below `classes`.
pub(crate) fn wrong_labels<L: Label>(labels: &[L], classes: usize) -> Option<InvalidRows> {
    InvalidRows::among(labels, |&label| {
        let fits = label.try_into().is_ok_and(|index: usize| index < classes);
        (!fits).then(|| label.to_string())
    })
}

/// The text for `expected` in an error.
pub(crate) fn range<const N: usize>() -> String {
    match N {
        0 => "no label, as there are 0 classes".to_string(),
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
        assert!(Class::<3>::from_labels::<u8>(&[]).unwrap().is_empty());
        assert_eq!(Class::<256>::from_labels(&[255_u8]).unwrap()[0].index(), 255);
        assert_eq!(Class::<300>::from_labels(&[299_i128]).unwrap()[0].index(), 299);
    }

    #[test]
    fn there_is_no_class_out_of_range() {
        assert!(Class::<3>::new(2).is_ok());
        assert!(Class::<3>::new(3).is_err());
        assert!(Class::<0>::new(0).is_err());
        let negative = Class::<3>::new(-1_i8).unwrap_err().to_string();
        assert_eq!(
            negative,
            "class: found -1, expected a number from 0 to 2; count classes from 0"
        );
        assert!(Class::<3>::new(u128::MAX).is_err());
        let labels = Class::<3>::from_labels(&[0_i32, -1, 7]).unwrap_err().to_string();
        assert!(
            labels.starts_with("labels of rows 1, 2 (counted from 0): found -1, 7 (2 of 3 labels"),
            "{labels}"
        );
        assert!(Class::<3>::from_labels(&[0, 3]).is_err());
    }
}
