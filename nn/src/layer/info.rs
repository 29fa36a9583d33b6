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
    /// Elements in the flat buffer: `params` and gaps.
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
}

impl TensorInfo {
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

    /// Additions and multiplications in the matrix products for one row: 2·inputs·outputs a layer.
    pub const fn flops(&self) -> usize {
        match self {
            Info::Layer(layer) => 2 * layer.inputs * layer.outputs,
            Info::Then(a, b) => a.flops() + b.flops(),
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
