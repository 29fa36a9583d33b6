//! What a written ONNX file is to be like.

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
}

impl OnnxOptions {
    /// Opset 17, the last layer's values, and no metadata but the network's own.
    pub fn new() -> Self {
        OnnxOptions { opset: 17, probabilities: false, metadata: Vec::new() }
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
