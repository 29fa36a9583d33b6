//! Class names and vocabularies of networks that are read at run time.

use tensor::Float;
use tensor::threads::Threads;

use super::Dynamic;
use super::head::{Head, Kind};
use crate::error::{Error, Result};
use crate::head::{ClassLabel, largest};
use crate::labels::Labels;
use crate::model::Model as _;
use crate::network::known_words;

impl<T: Float> Dynamic<T> {
    /// The class of one row, with its name if the classes have [some](Dynamic::class_names): see
    /// [`Network::predict_class`](crate::Network::predict_class).
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::{Dynamic, Show, fit};
    ///
    /// let words = ["minus", "plus", "plus", "minus"];
    /// let data: Dataset<_, Class<2>> =
    ///     Dataset::from_words(vec![[-1.0], [2.0], [1.0], [-2.0]], &words)?;
    /// let mut sign: Dynamic = Dynamic::parse("dense(1 -> 2, softmax)")?;
    /// fit(&mut sign, &data.flat()).learning_rate(0.1).epochs(50).show(Show::Nothing).run()?;
    /// assert_eq!(sign.predict_class(&[3.0])?, "plus");
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the input is not one row, the network does not end in softmax, or an output is NaN.
    pub fn predict_class(&self, row: &[T]) -> Result<ClassLabel<'_, usize>> {
        if self.classes() == 0 {
            return Err(Error::value(
                format!("end of network {}", self.network.name),
                self.network.head_info.to_string(),
                "softmax, which predicts classes",
                "take the numbers that `predict` gives",
            ));
        }
        self.check_row(row)?;
        self.check_adapted()?;
        let class = largest(&self.logits_by(row, &Threads::new(1)))?;
        Ok(ClassLabel::of(class, class, self.class_names()))
    }

    /// The names of the classes in their order: those of the data that the network was last trained
    /// with, or of the target column of a table.
    pub fn class_names(&self) -> Option<&Labels> {
        self.parameters.class_names()
    }

    /// A copy of [`Dynamic::class_names`].
    pub fn labels(&self) -> Option<Labels> {
        self.class_names().cloned()
    }

    /// Sets the names of the classes, in the order of their indices. [`fit`](crate::fit) does so if
    /// the data have names.
    ///
    /// # Errors
    ///
    /// If the network does not end in softmax, or there is not one name for each class.
    pub fn name_classes(&mut self, names: &Labels) -> Result<()> {
        names.check_classes(&self.network.name, self.classes(), &self.network.head_info)?;
        self.parameters.name_classes(names.clone());
        Ok(())
    }

    /// The words of a column in the network's vocabulary: see
    /// [`Network::known_words`](crate::Network::known_words).
    ///
    /// # Errors
    ///
    /// As [`Network::known_words`](crate::Network::known_words).
    pub fn known_words(&self, column: &str) -> Result<Vec<&str>> {
        known_words(&self.network.name, self.network.info, &self.parameters, column)
    }

    /// The number of classes.
    pub(super) fn classes(&self) -> usize {
        match self.network.head {
            Head::One(Kind::Softmax, units) => units,
            _ => 0,
        }
    }
}
