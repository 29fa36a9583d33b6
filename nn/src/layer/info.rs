//! [`Info`]: the layers of a network as compile-time constants.

use super::columns::ColumnsInfo;
#[cfg(feature = "std")]
use crate::parameters::NamedTensor;
use crate::parameters::TensorKind;

/// The layers of a network, as a tree of the same form as its type.
#[derive(Debug)]
pub enum Info {
    /// One layer.
    Layer(LayerInfo),
    /// The layers of the first, then those of the second.
    Then(&'static Info, &'static Info),
    /// The layers, whose input is added to their output.
    Residual(&'static Info),
    /// Side by side, each on its own inputs; their outputs are concatenated.
    Concat(&'static Info, &'static Info),
    /// Side by side, both on the same inputs; their outputs are concatenated.
    Heads(&'static Info, &'static Info),
    /// A nested network.
    Nested {
        /// Its name.
        name: &'static str,
        /// Its layers' names.
        names: &'static [&'static str],
        /// Its layers.
        layers: &'static Info,
    },
}

/// The parts of an [`Info`].
enum Parts<'a> {
    None(&'a LayerInfo),
    One(&'a Info),
    Two(&'a Info, &'a Info),
}

/// A single layer.
#[derive(Debug)]
pub struct LayerInfo {
    /// The kind: `dense`, `dropout`.
    pub kind: &'static str,
    /// Inputs per row.
    pub inputs: usize,
    /// Outputs per row.
    pub outputs: usize,
    /// The activation's name; empty for a layer that cannot have one.
    pub activation: &'static str,
    /// Other options, such as a rate; usually empty.
    pub option: &'static str,
    /// The columns of a table, for the layer that takes them and for the embedding of their words;
    /// otherwise none.
    pub columns: ColumnsInfo,
    /// Number of trained parameters.
    pub params: usize,
    /// Additions and multiplications in the matrix products for one row.
    pub flops: usize,
    /// Elements of the flat buffer: `params`, gaps, and untrained numbers.
    pub len: usize,
    /// The tensors of the parameters, in the order of the flat buffer.
    pub tensors: &'static [TensorInfo],
    /// `[inputs, outputs]` of the weight at the front of the parameters, if the layer's weighted
    /// sums can be computed separately, by the rows of that weight.
    pub weight: Option<[usize; 2]>,
    /// Whether it is a custom layer, regardless of its name.
    #[doc(hidden)]
    pub is_own: bool,
    /// Whether its activation is a custom one, regardless of its name.
    #[doc(hidden)]
    pub has_own_activation: bool,
    /// Whether it is an [encoder](super::encoder), which prepares rows for the layers after it.
    pub encodes: bool,
}

impl LayerInfo {
    /// Creates a layer from `inputs` to `outputs` without an activation and without parameters.
    pub const fn new(kind: &'static str, inputs: usize, outputs: usize) -> Self {
        LayerInfo {
            kind,
            inputs,
            outputs,
            activation: "",
            option: "",
            columns: ColumnsInfo::NONE,
            params: 0,
            flops: 0,
            len: 0,
            tensors: &[],
            weight: None,
            is_own: true,
            has_own_activation: false,
            encodes: false,
        }
    }

    /// The same for a layer that the notation has a word for.
    pub(crate) const fn of_notation(kind: &'static str, inputs: usize, outputs: usize) -> Self {
        LayerInfo { is_own: false, ..LayerInfo::new(kind, inputs, outputs) }
    }
}

/// One tensor of parameters.
#[derive(Debug)]
pub struct TensorInfo {
    /// Its name: `weight` or `bias`.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static [usize],
    /// Offset in the layer's slice of the flat buffer.
    pub offset: usize,
    /// Its role.
    pub kind: TensorKind,
    /// Whether it is trained by its gradient. If not, it is saved and loaded, but no optimizer
    /// updates it.
    pub trained: bool,
}

impl TensorInfo {
    /// A trained weight.
    pub const fn new(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, kind: TensorKind::Weight, trained: true }
    }

    /// The same tensor with another role.
    #[must_use]
    pub const fn kind(self, kind: TensorKind) -> Self {
        TensorInfo { kind, ..self }
    }

    /// A tensor that is saved with the parameters but not trained.
    pub const fn kept(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, kind: TensorKind::State, trained: false }
    }

    /// A tensor of an encoder, computed from the training rows.
    pub const fn found(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, kind: TensorKind::Found, trained: false }
    }

    /// The same as a tensor of a model, with an offset larger by `start`.
    #[cfg(feature = "std")]
    pub(crate) fn named(&self, name: impl Into<String>, start: usize) -> NamedTensor {
        let tensor = NamedTensor::new(name, self.shape, start + self.offset).kind(self.kind);
        NamedTensor { trained: self.trained, ..tensor }
    }

    /// Number of elements.
    pub const fn len(&self) -> usize {
        let (mut len, mut axis) = (1, 0);
        while axis < self.shape.len() {
            len *= self.shape[axis];
            axis += 1;
        }
        len
    }

    /// Whether it has no elements.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Info {
    const fn parts(&self) -> Parts<'_> {
        match self {
            Info::Layer(layer) => Parts::None(layer),
            Info::Residual(layers) | Info::Nested { layers, .. } => Parts::One(layers),
            Info::Then(a, b) | Info::Concat(a, b) | Info::Heads(a, b) => Parts::Two(a, b),
        }
    }

    /// Number of layers.
    pub const fn count(&self) -> usize {
        match self.parts() {
            Parts::None(_) => 1,
            Parts::One(layers) => layers.count(),
            Parts::Two(a, b) => a.count() + b.count(),
        }
    }

    /// The first layer with no inputs or no outputs.
    pub(crate) const fn empty_layer(&self) -> Option<usize> {
        match self.parts() {
            Parts::None(layer) if layer.inputs == 0 || layer.outputs == 0 => Some(0),
            Parts::None(_) => None,
            Parts::One(layers) => layers.empty_layer(),
            Parts::Two(a, b) => match (a.empty_layer(), b.empty_layer()) {
                (Some(index), _) => Some(index),
                (None, Some(index)) => Some(a.count() + index),
                (None, None) => None,
            },
        }
    }

    /// Inputs per row.
    pub const fn inputs(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.inputs,
            Info::Residual(layers) | Info::Nested { layers, .. } => layers.inputs(),
            Info::Then(first, _) | Info::Heads(first, _) => first.inputs(),
            Info::Concat(a, b) => a.inputs() + b.inputs(),
        }
    }

    /// Outputs per row.
    pub const fn outputs(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.outputs,
            Info::Residual(layers) | Info::Nested { layers, .. } => layers.outputs(),
            Info::Then(_, last) => last.outputs(),
            Info::Concat(a, b) | Info::Heads(a, b) => a.outputs() + b.outputs(),
        }
    }

    /// Number of trained parameters.
    pub const fn params(&self) -> usize {
        match self.parts() {
            Parts::None(layer) => layer.params,
            Parts::One(layers) => layers.params(),
            Parts::Two(a, b) => a.params() + b.params(),
        }
    }

    /// Number of saved numbers, trained or not.
    pub const fn stored(&self) -> usize {
        match self.parts() {
            Parts::None(layer) => {
                let (mut stored, mut tensor) = (0, 0);
                while tensor < layer.tensors.len() {
                    stored += layer.tensors[tensor].len();
                    tensor += 1;
                }
                stored
            }
            Parts::One(layers) => layers.stored(),
            Parts::Two(a, b) => a.stored() + b.stored(),
        }
    }

    /// Elements in the flat buffer.
    pub const fn len(&self) -> usize {
        match self.parts() {
            Parts::None(layer) => layer.len,
            Parts::One(layers) => layers.len(),
            Parts::Two(a, b) => a.len() + b.len(),
        }
    }

    /// Whether there are no parameters.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Additions and multiplications in the matrix products for one row.
    pub const fn flops(&self) -> usize {
        match self.parts() {
            Parts::None(layer) => layer.flops,
            Parts::One(layers) => layers.flops(),
            Parts::Two(a, b) => a.flops() + b.flops(),
        }
    }

    /// The same for the layers that see the network's input itself. Nothing needs their dx.
    pub const fn first_flops(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.flops,
            Info::Residual(layers) | Info::Nested { layers, .. } => layers.first_flops(),
            Info::Then(first, second) if first.encoder_len().is_some() => second.first_flops(),
            Info::Then(first, _) => first.first_flops(),
            Info::Concat(a, b) | Info::Heads(a, b) => a.first_flops() + b.first_flops(),
        }
    }

    /// The weight of the first layer, if its weighted sums can be computed separately.
    pub const fn first_weight(&self) -> Option<[usize; 2]> {
        match self {
            Info::Layer(layer) => layer.weight,
            Info::Then(first, second) if first.encoder_len().is_some() => second.first_weight(),
            Info::Then(first, _) => first.first_weight(),
            _ => None,
        }
    }

    /// Offset of the first layer's parameters: after those of the encoder before it.
    pub const fn first_start(&self) -> usize {
        match self {
            Info::Then(first, second) => match first.encoder_len() {
                Some(len) => len + second.first_start(),
                None => first.first_start(),
            },
            _ => 0,
        }
    }

    /// Elements of the flat buffer, if this is only an encoder.
    const fn encoder_len(&self) -> Option<usize> {
        match self {
            Info::Layer(layer) if layer.encodes => Some(layer.len),
            _ => None,
        }
    }

    /// Number of tensors.
    pub const fn tensors(&self) -> usize {
        match self.parts() {
            Parts::None(layer) => layer.tensors.len(),
            Parts::One(layers) => layers.tensors(),
            Parts::Two(a, b) => a.tensors() + b.tensors(),
        }
    }

    /// Whether some numbers are saved with the parameters but not trained.
    pub const fn has_state(&self) -> bool {
        self.state_from(0) < self.len()
    }

    /// Index of the first untrained number at or after `from`, gaps around such numbers included;
    /// [`Info::len`] if there is none.
    pub const fn state_from(&self, from: usize) -> usize {
        self.next(from, false)
    }

    /// Index of the first trained number at or after `from`; [`Info::len`] if there is none.
    pub const fn trained_from(&self, from: usize) -> usize {
        self.next(from, true)
    }

    /// Index of the first number of this kind at or after `from`. The gap after a tensor counts as
    /// part of the tensor.
    const fn next(&self, from: usize, trained: bool) -> usize {
        match self.parts() {
            Parts::None(layer) => {
                let mut tensor = 0;
                while tensor < layer.tensors.len() {
                    let begin = layer.tensors[tensor].offset;
                    tensor += 1;
                    let end = match tensor < layer.tensors.len() {
                        true => layer.tensors[tensor].offset,
                        false => layer.len,
                    };
                    if layer.tensors[tensor - 1].trained == trained && from < end {
                        return if from > begin { from } else { begin };
                    }
                }
                layer.len
            }
            Parts::One(layers) => layers.next(from, trained),
            Parts::Two(a, b) => {
                let len = a.len();
                let found = if from < len { a.next(from, trained) } else { len };
                if found < len { found } else { len + b.next(from.saturating_sub(len), trained) }
            }
        }
    }

    /// The layer at `index`, and the offset of its parameters in the flat buffer.
    ///
    /// # Panics
    ///
    /// If there is no such layer.
    pub const fn layer(&self, index: usize) -> (&LayerInfo, usize) {
        match self.parts() {
            Parts::None(layer) => {
                assert!(index == 0, "the network has no layer with this index");
                (layer, 0)
            }
            Parts::One(layers) => layers.layer(index),
            Parts::Two(a, _) if index < a.count() => a.layer(index),
            Parts::Two(a, b) => {
                let (layer, offset) = b.layer(index - a.count());
                (layer, a.len() + offset)
            }
        }
    }
}
