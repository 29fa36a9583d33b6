//! What a written ONNX file is to be like.

use std::fmt;
use std::sync::Arc;

use autograd::Var;

/// What [`Onnx::save_onnx`](super::Onnx::save_onnx) writes.
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
}

/// What an activation of the user's is on a tape.
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
    /// Opset 17, the last layer's values, and no metadata but the network's own.
    pub fn new() -> Self {
        OnnxOptions {
            opset: 17,
            probabilities: false,
            metadata: Vec::new(),
            activations: Vec::new(),
        }
    }

    /// The version of ONNX's operators, from 13 to 23. With a later one, more activations are one node instead of
    /// several: a program that reads the file must know that version.
    pub fn opset(self, opset: i64) -> Self {
        OnnxOptions { opset, ..self }
    }

    /// The outputs are what [`predict`](crate::Network::predict) answers, after the head's softmax or sigmoid. Without
    /// it they are the last layer's values, as losses take them.
    pub fn probabilities(self) -> Self {
        OnnxOptions { probabilities: true, ..self }
    }

    /// An activation of your own by its [`NAME`](crate::activation::Activation::NAME), as a function on a tape of
    /// [operations](super::save_function) on each number. The model is compared with the network before it is written, so that
    /// the two are the same function.
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

    /// A text to stand in the file under this key, besides the network's name and declaration.
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
