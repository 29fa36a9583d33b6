//! [`ClassLabel`]: a predicted class with its name.

use std::collections::HashMap;
use std::fmt;

use tensor::Float;

use super::{Class, Head, Softmax, is_largest};
use crate::error::{Error, InvalidRows, Result, quoted};
use crate::labels::Labels;

/// A class with its name, if the classes have names: the result of
/// [`predict_class`](crate::Network::predict_class). The name is borrowed from the network.
///
/// It is displayed as its name, or else as its index, and compares with both. `C` is a [`Class`],
/// or an integer for a network with run-time widths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassLabel<'n, C> {
    class: C,
    name: Option<&'n str>,
}

impl<'n, C: Copy> ClassLabel<'n, C> {
    /// Creates the label of the class with this index, with its name among these.
    pub(crate) fn of(class: C, index: usize, names: Option<&'n Labels>) -> Self {
        let name = names.and_then(|names| names.names().get(index)).map(String::as_str);
        ClassLabel { class, name }
    }

    /// The class.
    pub fn class(self) -> C {
        self.class
    }

    /// The name, if the network has class names.
    pub fn name(self) -> Option<&'n str> {
        self.name
    }
}

impl<C: fmt::Display> fmt::Display for ClassLabel<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => f.pad(name),
            None => fmt::Display::fmt(&self.class, f),
        }
    }
}

impl<C> PartialEq<&str> for ClassLabel<'_, C> {
    fn eq(&self, name: &&str) -> bool {
        self.name == Some(*name)
    }
}

impl<const N: usize> PartialEq<Class<N>> for ClassLabel<'_, Class<N>> {
    fn eq(&self, class: &Class<N>) -> bool {
        self.class == *class
    }
}

/// Returns the index of the largest value; the first of equal ones.
///
/// # Errors
///
/// If one is NaN.
pub(crate) fn largest<T: Float>(values: &[T]) -> Result<usize> {
    match values.iter().position(|z| z.is_nan()) {
        None => Ok((0..values.len()).find(|&class| is_largest(values, class)).unwrap_or(0)),
        Some(nan) => Err(Error::value(
            format!("output of class {nan}"),
            "NaN",
            "a number, since no class is the largest otherwise",
            "look for NaN in the input and in the parameters",
        )),
    }
}

/// A head that predicts one of several classes: `softmax`.
#[diagnostic::on_unimplemented(
    message = "this network does not end in softmax, and so predicts no class",
    label = "`predict_class` needs a network that ends in softmax",
    note = "write `dense(…, softmax)` as its last layer, with a unit for each class, or take the \
            numbers that `predict` gives"
)]
pub trait Classes<T: Float>: Head<T> {
    /// A class with its name.
    type Label<'n>;

    /// Returns the class of the largest logit (the first of equal ones), with its name among these.
    ///
    /// # Errors
    ///
    /// If a logit is NaN.
    fn label<'n>(logits: &[T], names: Option<&'n Labels>) -> Result<Self::Label<'n>>;
}

impl<T: Float, const N: usize> Classes<T> for Softmax<N> {
    type Label<'n> = ClassLabel<'n, Class<N>>;

    fn label<'n>(logits: &[T], names: Option<&'n Labels>) -> Result<Self::Label<'n>> {
        let index = largest(logits)?;
        Ok(ClassLabel::of(Class::new(index)?, index, names))
    }
}

impl Labels {
    /// Returns the name of a class.
    ///
    /// # Panics
    ///
    /// If there are fewer names than classes. Labels from the table of the data have a name for
    /// each.
    #[track_caller]
    pub fn name<const C: usize>(&self, class: Class<C>) -> &str {
        match self.names().get(class.index()) {
            Some(name) => name,
            None => panic!(
                "class {class}: found {} names of classes, expected {C}; use the labels of the \
                 data's table",
                self.len()
            ),
        }
    }

    /// Returns the classes with these names.
    ///
    /// ```
    /// use nn::data::Labels;
    ///
    /// let labels = Labels::new(["cat", "dog"])?;
    /// assert_eq!(labels.classes::<2, _>(&["dog", "dog", "cat"])?[1].index(), 1);
    /// assert!(labels.classes::<2, _>(&["dog", "dgo"]).is_err());
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the number of names is not that of classes, or a word is not a name.
    pub fn classes<const C: usize, W: AsRef<str>>(&self, words: &[W]) -> Result<Vec<Class<C>>> {
        self.check_count(C)?;
        let numbers: HashMap<&str, usize> =
            self.names().iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let number = |word: &W| numbers.get(word.as_ref()).copied();
        let wrong = InvalidRows::among(words, |word| match number(word) {
            Some(_) => None,
            None => Some(quoted(word.as_ref())),
        });
        match wrong {
            None => words.iter().filter_map(number).map(Class::new).collect(),
            Some(wrong) => Err(Error::value(
                wrong.what("label"),
                wrong.found("label"),
                format!("one of {}", self.some()),
                "correct these words, or create the labels of all words with `Labels::among`",
            )),
        }
    }

    /// Returns an error if the number of names is not `classes`.
    pub(crate) fn check_count(&self, classes: usize) -> Result<()> {
        if self.len() == classes {
            return Ok(());
        }
        Err(Error::value(
            "names of the classes",
            format!("{}: {}", self.len(), self.some()),
            format!("{classes}, as the type of the data says"),
            "write `Class<…>` and `dense(…, softmax)` for as many; if these rows lack some \
             classes, name all of them by `Labels::new`",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_that_of_the_largest_logit() {
        let names = Labels::new(["a", "b", "c"]).unwrap();
        let of = |logits: [f64; 3]| Softmax::<3>::label(&logits, Some(&names));
        assert_eq!(of([1.0, 3.0, 2.0]).unwrap(), "b");
        assert_eq!(of([2.0, 1.0, 2.0]).unwrap(), "a");
        assert_eq!(of([f64::NEG_INFINITY; 3]).unwrap(), "a");
        assert_eq!(of([1.0, f64::INFINITY, 9.0]).unwrap().to_string(), "b");
        let error = of([9.0, 1.0, f64::NAN]).unwrap_err().to_string();
        assert!(error.starts_with("output of class 2: found NaN, expected a number"), "{error}");
        let unnamed = Softmax::<3>::label(&[0.0, 1.0, 2.0], None).unwrap();
        assert_eq!((unnamed.name(), unnamed.to_string()), (None, "2".into()));
        assert_eq!(unnamed, Class::<3>::new(2).unwrap());
        assert_ne!(unnamed, "2");
    }

    #[test]
    fn words_become_classes_or_are_named() {
        let labels = Labels::new(["a", "b"]).unwrap();
        let classes = labels.classes::<2, _>(&["b", "a"]).unwrap();
        assert_eq!((classes[0].index(), classes[1].index()), (1, 0));
        assert!(labels.classes::<2, &str>(&[]).unwrap().is_empty());
        let error = labels.classes::<2, _>(&["a", "c", "b", "d"]).unwrap_err().to_string();
        assert!(
            error.starts_with("labels of rows 1, 3 (counted from 0): found `c`, `d`")
                && error.contains("expected one of `a`, `b`;"),
            "{error}"
        );
        let error = labels.classes::<3, _>(&["a"]).unwrap_err().to_string();
        assert!(
            error.starts_with("names of the classes: found 2: `a`, `b`, expected 3, as the type"),
            "{error}"
        );
    }

    #[test]
    #[should_panic(expected = "class 2: found 2 names of classes, expected 3")]
    fn a_class_without_a_name_panics() {
        let labels = Labels::new(["a", "b"]).unwrap();
        labels.name(Class::<3>::new(2).unwrap());
    }
}
