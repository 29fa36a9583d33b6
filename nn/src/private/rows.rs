//! Rows of several inputs or heads, and the answers of single layers.

use tensor::Float;

#[cfg(feature = "std")]
pub use answers::{Answers, nested, predict_batch};

/// Several inputs one after the other.
pub fn join<T: Float, const N: usize>(parts: impl IntoIterator<Item = impl AsRef<[T]>>) -> [T; N] {
    let mut row = [T::zero(); N];
    let mut rest = &mut row[..];
    for part in parts {
        let part = part.as_ref();
        let (place, after) = rest.split_at_mut(part.len().min(rest.len()));
        place.copy_from_slice(&part[..place.len()]);
        rest = after;
    }
    row
}

/// The `N` numbers of a row that begin at `start`.
pub fn part<T: Float, const N: usize>(row: &[T], start: usize) -> [T; N] {
    row.get(start..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([T::zero(); N])
}

/// The index of a repetition, if there is one.
///
/// # Panics
///
/// If the layer is repeated less often.
#[track_caller]
pub fn repetition(index: usize, count: usize, layer: &str) -> usize {
    assert!(
        index < count,
        "{layer} is repeated {count} times, there is no {index} among 0..{count}"
    );
    index
}

#[cfg(feature = "std")]
mod answers {
    use super::*;
    use crate::head::Head;
    use crate::layer::{Inference, Layer};
    use crate::network::Network;
    use crate::parameters::Parameters;
    use crate::row::Row;

    /// The answers of a network's layers to one sample, one after the other.
    pub struct Answers<'n, T> {
        /// Of the layers that are still to come.
        parameters: &'n [T],
        /// What the next layer takes.
        x: Vec<T>,
    }

    impl<'n, T: Float> Answers<'n, T> {
        /// Before the first layer of `network`.
        pub fn new<N: Network<Float = T>>(network: &'n N, sample: &N::Input) -> Self {
            Self { parameters: network.parameters().as_slice(), x: Row::as_slice(sample).to_vec() }
        }

        /// The answer of the next layer.
        pub fn layer<L: Layer, const O: usize>(&mut self) -> [T; O] {
            let (own, rest) = self.parameters.split_at(L::LEN);
            let outputs = L::predict(own, &self.x);
            self.parameters = rest;
            self.x.clear();
            self.x.extend_from_slice(Row::as_slice(&outputs));
            part(&self.x, 0)
        }

        /// The answers of the next layer, which is repeated.
        pub fn repeated<L: Layer, const O: usize, const COUNT: usize>(
            &mut self,
        ) -> [[T; O]; COUNT] {
            std::array::from_fn(|_| self.layer::<L, O>())
        }

        /// The answer of the last layer, with what the head makes of it.
        pub fn last<L: Layer, H: Head<T>, const O: usize>(&mut self) -> [T; O] {
            let mut row = self.layer::<L, O>();
            H::activate(&mut row);
            row
        }
    }

    /// The network inside `network` whose layers begin at `index`.
    pub fn nested<N: Network, Inner: Network<Float = N::Float>>(
        network: &N,
        index: usize,
    ) -> Inner {
        let (_, offset) = N::INFO.layer(index);
        let mut parameters = Parameters::zeroed(Inner::Layers::LEN);
        let own = &network.parameters().as_slice()[offset..][..Inner::Layers::LEN];
        parameters.as_mut_slice().copy_from_slice(own);
        Inner::from_parameters(parameters)
    }

    /// Answers to samples that are rows, or structs that become rows.
    pub fn predict_batch<N, S, A>(network: &N, samples: &[S]) -> Vec<A>
    where
        N: Network,
        S: Copy + Into<N::Input>,
        A: From<N::Output>,
    {
        let rows: Vec<N::Input> = samples.iter().map(|&sample| sample.into()).collect();
        network.predict_batch(&rows).into_iter().map(A::from).collect()
    }
}
