//! Dropout: while a network trains, a random share of a layer's numbers is set to 0.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

#[cfg(feature = "std")]
pub use train::DropoutFormula;

use crate::layer::option::checked;
use crate::layer::{Inference, Info, LayerInfo};

/// While the network trains, each of `N` numbers is 0 with the probability whose bits are `RATE`, and
/// else enlarged to make up for it; afterwards they pass unchanged (Srivastava et al. 2014).
///
/// y = x∘m, where m is 0 with probability rate, else 1/(1 − rate).
///
/// What is dropped is a function of the trainer's seed, the number of the step, the layer's place in the
/// network, and of the row's place in the batch: any number of threads drops the same.
#[derive(Debug)]
pub struct Dropout<const N: usize, const RATE: u64>;

impl<const N: usize, const RATE: u64> Dropout<N, RATE> {
    /// The share that is dropped.
    pub(crate) const SHARE: f64 = checked("dropout", "rate", RATE);
}

impl<const N: usize, const RATE: u64> Inference for Dropout<N, RATE> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = 0;
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::SHARE) }.as_str(),
        ..LayerInfo::new("dropout", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(_parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        y.copy_from_slice(x);
        y
    }
}
