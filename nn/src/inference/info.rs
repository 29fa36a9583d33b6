//! What the compiler knows of a network's layers, as constants.

/// The layers of a network, in a tree of the same form as its type.
#[derive(Debug)]
pub enum Info {
    /// One layer.
    Layer(LayerInfo),
    /// The layers of the first, then those of the second.
    Then(&'static Info, &'static Info),
}

/// One layer.
#[derive(Debug)]
pub struct LayerInfo {
    /// What it is: `dense`.
    pub kind: &'static str,
    /// Inputs per row.
    pub inputs: usize,
    /// Outputs per row.
    pub outputs: usize,
    /// The activation's name.
    pub activation: &'static str,
    /// Numbers that training changes.
    pub params: usize,
    /// Additions and multiplications in the matrix products for one row.
    pub flops: usize,
    /// Elements in the flat buffer: `params`, gaps, and numbers that are kept but not trained.
    pub len: usize,
    /// The tensors that the parameters consist of, in the order of the flat buffer.
    pub tensors: &'static [TensorInfo],
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
    /// Whether training changes it by its gradient; if not, it is kept, saved and loaded, but no
    /// optimizer sees it.
    pub trained: bool,
}

impl TensorInfo {
    /// A tensor that is trained.
    pub const fn new(name: &'static str, shape: &'static [usize], offset: usize) -> Self {
        TensorInfo { name, shape, offset, trained: true }
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
    /// Number of layers.
    pub const fn count(&self) -> usize {
        match self {
            Info::Layer(_) => 1,
            Info::Then(a, b) => a.count() + b.count(),
        }
    }

    /// Numbers that training changes.
    pub const fn params(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.params,
            Info::Then(a, b) => a.params() + b.params(),
        }
    }

    /// Elements in the flat buffer.
    pub const fn len(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.len,
            Info::Then(a, b) => a.len() + b.len(),
        }
    }

    /// Has it no parameters at all?
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Additions and multiplications in the matrix products for one row.
    pub const fn flops(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.flops,
            Info::Then(a, b) => a.flops() + b.flops(),
        }
    }

    /// Number of tensors.
    pub const fn tensors(&self) -> usize {
        match self {
            Info::Layer(layer) => layer.tensors.len(),
            Info::Then(a, b) => a.tensors() + b.tensors(),
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
        match self {
            Info::Layer(layer) => {
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
            Info::Then(a, b) => {
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
        match self {
            Info::Layer(layer) => {
                assert!(index == 0, "a network has no layer of this index");
                (layer, 0)
            }
            Info::Then(a, b) if index < a.count() => a.layer(index),
            Info::Then(a, b) => {
                let (layer, offset) = b.layer(index - a.count());
                (layer, a.len() + offset)
            }
        }
    }
}
