//! The outputs of all layers of a network for one sample.

use crate::head::HeadFunction as _;
use crate::layer::{Inference, Layer};
use crate::network::{Network, Units, encode_rows};
use crate::row::Row;

/// The outputs of a network's layers for one sample, in order. `network!` builds a struct with a
/// field for each layer from them.
#[derive(Debug)]
pub struct Activations<T> {
    /// The outputs in sequence.
    values: Vec<T>,
    /// The number of values already taken.
    taken: usize,
}

impl<T: tensor::Float> Activations<T> {
    /// Computes the outputs for `sample`. The last one includes the head's function, as in
    /// [`Network::predict`].
    pub fn of<N: Network<Float = T>>(network: &N, sample: &N::Input) -> Self {
        let mut values = Vec::new();
        let parameters = network.parameters().as_slice();
        let mut encoded = N::Input::zeroed_rows(1);
        encoded.copy_from_slice(std::slice::from_ref(sample));
        if const { N::Layers::ENCODES } {
            encode_rows::<N>(parameters, &mut encoded);
        }
        N::Layers::trace(parameters, Row::flatten(&encoded), &mut |y| values.extend_from_slice(y));
        let logits = values.len() - N::Layers::OUTPUTS;
        N::Head::activate(&mut values[logits..]);
        if let Some(units) = Units::of::<N>(parameters) {
            units.own(&mut values[logits..]);
        }
        Activations { values, taken: 0 }
    }

    /// Returns the output of the next layer, which has `W` outputs.
    ///
    /// # Panics
    ///
    /// If fewer than `W` values are left.
    #[track_caller]
    pub fn layer<const W: usize>(&mut self) -> [T; W] {
        match self.values[self.taken..].first_chunk() {
            Some(&answer) => {
                self.taken += W;
                answer
            }
            None => panic!("activations: no layer with {W} outputs is left"),
        }
    }
}
