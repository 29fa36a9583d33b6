//! What every layer of a network answers to one sample.

use crate::head::HeadFunction as _;
use crate::layer::{Inference, Layer};
use crate::network::{Network, Units, encode_rows};
use crate::row::Row;

/// The answers of a network's layers to one sample, in order; what `network!` writes as a struct with a
/// field for each layer is taken from it.
#[derive(Debug)]
pub struct Activations<T> {
    /// One after the other.
    values: Vec<T>,
    /// How many have been taken.
    taken: usize,
}

impl<T: tensor::Float> Activations<T> {
    /// The answers to `sample`, the last one after the head's function: what
    /// [`Network::predict`] gives.
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

    /// The answer of the next layer, which has `W` outputs.
    ///
    /// # Panics
    ///
    /// If it has not.
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
