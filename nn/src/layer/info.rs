//! What the compiler knows of a network's layers, as constants.

use super::columns::ColumnsInfo;
#[cfg(feature = "std")]
use crate::parameters::NamedTensor;
use crate::parameters::TensorKind;

/// The layers of a network, in a tree of the same form as its type.
#[derive(Debug)]
pub enum Info {
    /// One layer.
    Layer(LayerInfo),
    /// The layers of the first, then those of the second.
    Then(&'static Info, &'static Info),
    /// The layers, and what goes into them added to what comes out.
    Residual(&'static Info),
    /// Side by side, each on its part of the inputs; the outputs one after the other.
    Concat(&'static Info, &'static Info),
    /// Side by side, both on the same inputs; the outputs one after the other.
    Heads(&'static Info, &'static Info),
    /// A network inside the network.
    Nested {
        /// Its name.
        name: &'static str,
        /// Its layers' names.
        names: &'static [&'static str],
        /// Its layers.
        layers: &'static Info,
    },
}

/// What an [`Info`] consists of.
enum Parts<'a> {
    None(&'a LayerInfo),
    One(&'a Info),
    Two(&'a Info, &'a Info),
}

/// One layer.
#[derive(Debug)]
pub struct LayerInfo {
    /// What it is: `dense`, `dropout`.
    pub kind: &'static str,
    /// Inputs per row.
    pub inputs: usize,
    /// Outputs per row.
    pub outputs: usize,
    /// The activation's name; nothing where there is no place for one.
    pub activation: &'static str,
    /// What else distinguishes it, such as a rate; mostly nothing.
    pub option: &'static str,
    /// The columns of a table, of the layer that takes them and of the learned vectors of their words. Elsewhere none.
    pub columns: ColumnsInfo,
    /// Numbers that training changes.
    pub params: usize,
    /// Additions and multiplications in the matrix products for one row.
    pub flops: usize,
    /// Elements in the flat buffer: `params`, gaps, and numbers that are kept but not trained.
    pub len: usize,
    /// The tensors that the parameters consist of, in the order of the flat buffer.
    pub tensors: &'static [TensorInfo],
    /// `[inputs, outputs]` of the weight at the front of the parameters, if the layer's weighted sums can be computed
    /// for themselves, by the rows of that weight.
    pub weight: Option<[usize; 2]>,
    /// Whether it is a layer of the user's, whatever it is called.
    #[doc(hidden)]
    pub is_own: bool,
    /// Whether its activation is one of the user's, whatever it is called.
    #[doc(hidden)]
    pub has_own_activation: bool,
    /// Whether it is an [encoder](super::encoder), which prepares rows for the layers behind it.
    pub encodes: bool,
}

impl LayerInfo {
    /// A layer from `inputs` to `outputs` without an activation and without parameters.
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

    /// The same of a layer that the notation has a word for.
    pub(crate) const fn of_notation(kind: &'static str, inputs: usize, outputs: usize) -> Self {
        LayerInfo { is_own: false, ..LayerInfo::new(kind, inputs, outputs) }
    }
}

/// One tensor of parameters.
#[derive(Debug)]
pub struct TensorInfo {
    /// `weight` or `bias`.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static [usize],
    /// Where it begins in the layer's stretch of the flat buffer.
    pub offset: usize,
    /// What it is for.
    pub kind: TensorKind,
    /// Whether training changes it by its gradient; if not, it is kept, saved and loaded, but no
    /// optimizer sees it.
    pub trained: bool,
}

impl TensorInfo {
    /// A weight that is trained.
    pub const fn new(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, kind: TensorKind::Weight, trained: true }
    }

    /// The same tensor, for this.
    #[must_use]
    pub const fn kind(self, kind: TensorKind) -> Self {
        TensorInfo { kind, ..self }
    }

    /// A tensor that is kept with the parameters but not trained.
    pub const fn kept(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, kind: TensorKind::State, trained: false }
    }

    /// A tensor of an encoder: it is found from the training rows.
    pub const fn found(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, kind: TensorKind::Found, trained: false }
    }

    /// The same of a model, `start` elements further on.
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

    /// Has it no elements?
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

    /// The first layer that takes or gives nothing.
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

    /// Numbers that training changes.
    pub const fn params(&self) -> usize {
        match self.parts() {
            Parts::None(layer) => layer.params,
            Parts::One(layers) => layers.params(),
            Parts::Two(a, b) => a.params() + b.params(),
        }
    }

    /// Numbers that are kept, trained or not.
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

    /// Has it no parameters at all?
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

    /// The same for the layers alone that see the network's input itself, and whose gradient with
    /// respect to it nobody needs.
    pub const fn first_flops(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.flops,
            Info::Residual(layers) | Info::Nested { layers, .. } => layers.first_flops(),
            Info::Then(first, second) if first.encoder_len().is_some() => second.first_flops(),
            Info::Then(first, _) => first.first_flops(),
            Info::Concat(a, b) | Info::Heads(a, b) => a.first_flops() + b.first_flops(),
        }
    }

    /// The weight of the first layer, if its weighted sums can be computed for themselves.
    pub const fn first_weight(&self) -> Option<[usize; 2]> {
        match self {
            Info::Layer(layer) => layer.weight,
            Info::Then(first, second) if first.encoder_len().is_some() => second.first_weight(),
            Info::Then(first, _) => first.first_weight(),
            _ => None,
        }
    }

    /// Where the parameters of the first layer begin: behind those of the encoder in front of it.
    pub const fn first_start(&self) -> usize {
        match self {
            Info::Then(first, second) => match first.encoder_len() {
                Some(len) => len + second.first_start(),
                None => first.first_start(),
            },
            _ => 0,
        }
    }

    /// Elements in the flat buffer of what is nothing but an encoder.
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

    /// Whether some numbers are kept with the parameters but not trained.
    pub const fn has_state(&self) -> bool {
        self.state_from(0) < self.len()
    }

    /// Where the first number at or after `from` stands that is kept but not trained, gaps around such
    /// numbers included; [`Info::len`] if there is none.
    pub const fn state_from(&self, from: usize) -> usize {
        self.next(from, false)
    }

    /// Where the first number at or after `from` stands that is trained; [`Info::len`] if there is none.
    pub const fn trained_from(&self, from: usize) -> usize {
        self.next(from, true)
    }

    /// Where the first number of this kind at or after `from` stands. The gap after a tensor counts as
    /// the tensor.
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

    /// The layer at `index` and where its parameters begin in the flat buffer.
    ///
    /// # Panics
    ///
    /// If there are fewer layers.
    pub const fn layer(&self, index: usize) -> (&LayerInfo, usize) {
        match self.parts() {
            Parts::None(layer) => {
                assert!(index == 0, "a network has no layer of this index");
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
