//! Options of a written ONNX file.

use std::fmt;
use std::sync::Arc;

use autograd::Var;

/// Options for [`Onnx::save_onnx`](super::Onnx::save_onnx).
///
/// ```
/// use nn::onnx::OnnxOptions;
///
/// let options = OnnxOptions::new().probabilities().opset(20).metadata("author", "me");
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct OnnxOptions {
    pub(super) opset: i64,
    pub(super) probabilities: bool,
    pub(super) metadata: Vec<(String, String)>,
    pub(super) activations: Vec<OwnActivation>,
    pub(super) words: Vec<(String, Vec<String>)>,
}

/// A user-defined activation as a function on a tape.
#[derive(Clone)]
pub(super) struct OwnActivation {
    pub(super) name: String,
    pub(super) function: Arc<Function>,
}

type Function = dyn for<'t> Fn(Var<'t, f64>) -> autograd::Result<Var<'t, f64>> + Send + Sync;

impl fmt::Debug for OwnActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl OnnxOptions {
    /// Opset 17, logits as outputs, and no metadata but the network's own.
    pub fn new() -> Self {
        OnnxOptions {
            opset: 17,
            probabilities: false,
            metadata: Vec::new(),
            activations: Vec::new(),
            words: Vec::new(),
        }
    }

    /// The version of ONNX's operators, from 13 to 23. With a later one, more activations are one
    /// node instead of several; a program that reads the file must support that version.
    pub fn opset(self, opset: i64) -> Self {
        OnnxOptions { opset, ..self }
    }

    /// Makes the outputs those of [`predict`](crate::Network::predict), after the head's softmax or
    /// sigmoid. The default is the last layer's values, as losses take them.
    pub fn probabilities(self) -> Self {
        OnnxOptions { probabilities: true, ..self }
    }

    /// Defines a custom activation, by its [`NAME`](crate::activation::Activation::NAME), as a
    /// function on a tape of element-wise [operations](super::save_function), which may choose by
    /// comparisons and [`select`](autograd::Var::select). Before the model is written, its outputs
    /// are compared with the network's, to check that the two functions agree.
    ///
    /// ```
    /// use nn::autograd::elementwise;
    /// use nn::onnx::{Onnx as _, OnnxOptions};
    /// use nn::prelude::*;
    /// use nn::tensor::math;
    ///
    /// elementwise!(Swish, "swish", |x: T| x * math::sigmoid(T::of(1.5) * x));
    /// network! { struct Gated(dense(3 -> 8, Swish), dense(2, softmax)); }
    ///
    /// let options = OnnxOptions::new().activation("swish", |x| x.mul(x.scale(1.5)?.sigmoid()?));
    /// let path = std::env::temp_dir().join("nn-doc-swish.onnx");
    /// Gated::<f32>::init(1).save_onnx(&path, &options)?;
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn activation(
        mut self,
        name: impl Into<String>,
        function: impl for<'t> Fn(Var<'t, f64>) -> autograd::Result<Var<'t, f64>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.activations.push(OwnActivation { name: name.into(), function: Arc::new(function) });
        self
    }

    /// Adds words of a category column, for a network with columns of a table that does not
    /// [know](crate::Network::known_words) them: the file needs words as texts, and the network may
    /// have only their fingerprints. Words outside the network's vocabulary are allowed.
    ///
    /// ```
    /// use nn::onnx::OnnxOptions;
    ///
    /// let options = OnnxOptions::new().words("city", ["Rome", "Oslo"]);
    /// # let _ = options;
    /// ```
    pub fn words(
        mut self,
        column: impl Into<String>,
        words: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.words.push((column.into(), words.into_iter().map(Into::into).collect()));
        self
    }

    /// Adds the words of all columns of a table, such as the one that the network was trained with,
    /// for a network that does not know them: one whose file was written before files contained
    /// words, or that was trained with rows of numbers.
    ///
    /// ```
    /// use nn::data::{Column, Dataset, Table};
    /// use nn::onnx::{Onnx as _, OnnxOptions};
    /// use nn::prelude::*;
    ///
    /// network! {
    ///     struct Price(columns { area: number, city: category(2) }, dense(8, silu), dense(1));
    /// }
    ///
    /// let table = Table::new([
    ///     Column::numbers("area", [60.0, 84.0, f64::NAN, 120.0, 45.0, 99.0]),
    ///     Column::categories("city", ["Rome", "Oslo", "Rome", "Oslo", "Rome", "Oslo"]),
    ///     Column::numbers("price", [2e5, 3e5, 2e5, 4e5, 1e5, 4e5]),
    /// ])?;
    /// let (rows, prices) = (Price::rows(&table)?, table.select(["price"])?.inputs()?);
    /// let mut price = Price::init(1);
    /// fit(&mut price, &Dataset::new(rows, prices)?).epochs(3).show(nn::Show::Nothing).run()?;
    /// let path = std::env::temp_dir().join("nn-doc-price.onnx");
    /// price.save_onnx(&path, &OnnxOptions::new().words_of(&table))?;
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[cfg(feature = "table")]
    pub fn words_of(self, table: &crate::data::Table) -> Self {
        table.columns().iter().fold(self, |options, column| {
            let words: std::collections::BTreeSet<String> = column
                .iter()
                .filter_map(crate::tabular::word)
                .map(|word| word.into_owned())
                .collect();
            options.words(column.name(), words)
        })
    }

    /// Adds a text to the file's metadata under this key, next to the network's name and
    /// declaration.
    pub fn metadata(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
        self.metadata.push((key.into(), text.into()));
        self
    }
}

impl Default for OnnxOptions {
    fn default() -> Self {
        Self::new()
    }
}
