//! Dropout: random noise on the activations, in training only.
//!
//! | word | y in training |
//! |---|---|
//! | `dropout(0.2)` | x∘m, m 0 with the probability rate, else 1/(1 − rate) |
//! | `gaussian_dropout(0.2)` | x∘m, m normal with mean 1 and variance rate/(1 − rate) |
//! | `alpha_dropout(0.2)` | x or −λα, scaled and shifted such that the mean and variance of a `selu` layer are preserved |
//! | `stochastic_depth(0.2)` | x∘m, m for a whole row: 0 with the probability rate, else 1/(1 − rate) |

mod alpha;
mod by_row;
mod gaussian;
mod standard;
#[cfg(feature = "std")]
mod train;

use core::fmt::Debug;
use core::marker::PhantomData;

use tensor::Float;
use tensor::decimal::Written;
use tensor::random::Random;

pub use alpha::Alpha;
pub use by_row::WholeRows;
pub use gaussian::Gaussian;
pub use standard::Standard;
#[cfg(feature = "std")]
pub use train::DroppingFormula;
#[cfg(feature = "std")]
pub(crate) use train::largest_dropout_rate;

use crate::layer::option::checked;
use crate::layer::{Inference, Info, LayerInfo};

/// Dropout of `N` numbers: in training each is 0 with the probability whose bits are `RATE`, and
/// else scaled up to preserve the mean. In evaluation it does nothing (Srivastava et al. 2014).
///
/// y = x∘m, where m is 0 with probability rate, else 1/(1 − rate).
///
/// The mask is a function of the trainer's seed, the number of the step, the layer's index in the
/// network, and the row's index in the batch. It does not depend on the number of threads.
pub type Dropout<const N: usize, const RATE: u64> = Dropping<Standard, N, RATE>;

/// Gaussian dropout of `N` numbers: in training each is multiplied by a normal number with mean 1
/// and variance rate/(1 − rate), the variance of [`Dropout`] with the rate whose bits are `RATE`.
/// In evaluation it does nothing (Srivastava et al. 2014, section 10).
pub type GaussianDropout<const N: usize, const RATE: u64> = Dropping<Gaussian, N, RATE>;

/// Alpha dropout of `N` numbers: in training each is replaced by −λα with the probability whose
/// bits are `RATE`, then all are scaled and shifted to preserve mean 0 and variance 1. In
/// evaluation it does nothing (Klambauer et al. 2017). λ and α are those of `selu`; use it after
/// that activation.
pub type AlphaDropout<const N: usize, const RATE: u64> = Dropping<Alpha, N, RATE>;

/// Stochastic depth: in training each row of `N` numbers is 0 with the probability whose bits are
/// `RATE`, and else scaled up to preserve the mean. In evaluation it does nothing.
///
/// As the last layer of a residual it skips the whole block for some rows (stochastic depth, Huang
/// et al. 2016; per row as `torchvision.ops.StochasticDepth(p, "row")`).
///
/// ```
/// use nn::network;
///
/// network! {
///     struct Deep {
///         first: dense(8 -> 32, relu),
///         blocks: residual(layer_norm, dense(32, relu), dense(32), stochastic_depth(0.1)) * 4,
///         last: dense(3, softmax),
///     }
/// }
/// assert_eq!(Deep::init(1).predict(&[0.5; 8]).len(), 3);
/// ```
pub type StochasticDepth<const N: usize, const RATE: u64> = Dropping<WholeRows, N, RATE>;

/// The formula of [`Dropout`], for rows of any width.
#[cfg(feature = "std")]
pub type DropoutFormula<W> = DroppingFormula<Standard, W>;
/// The formula of [`GaussianDropout`], for rows of any width.
#[cfg(feature = "std")]
pub type GaussianDropoutFormula<W> = DroppingFormula<Gaussian, W>;
/// The formula of [`AlphaDropout`], for rows of any width.
#[cfg(feature = "std")]
pub type AlphaDropoutFormula<W> = DroppingFormula<Alpha, W>;

/// The formula of [`StochasticDepth`], for rows of any width.
#[cfg(feature = "std")]
pub type StochasticDepthFormula<W> = DroppingFormula<WholeRows, W>;

/// A kind of dropout: y = x∘m + c, with a random mask m, and c a function of m.
pub trait DropoutKind: Copy + Debug + Send + Sync + 'static {
    /// The layer's word.
    const WORD: &'static str;

    /// Fills the mask m of whole rows. `rows` is the number of the first row, and the width. Each
    /// element of m is a function of its row's number and its column.
    fn fill_mask<T: Float>(random: Random, rate: f64, rows: (u64, usize), mask: &mut [T]);

    /// c, where m is 0 and where it is not.
    fn shifts(rate: f64) -> [f64; 2] {
        let _ = rate;
        [0.0; 2]
    }
}

/// A dropout layer with the rate whose bits are `RATE`.
#[derive(Debug)]
pub struct Dropping<K, const N: usize, const RATE: u64>(PhantomData<fn() -> K>);

impl<K: DropoutKind, const N: usize, const RATE: u64> Dropping<K, N, RATE> {
    /// The dropout rate.
    pub(crate) const SHARE: f64 = checked(K::WORD, "rate", RATE);
}

impl<K: DropoutKind, const N: usize, const RATE: u64> Inference for Dropping<K, N, RATE> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = 0;
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::SHARE) }.as_str(),
        ..LayerInfo::of_notation(K::WORD, N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(_parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        y.copy_from_slice(x);
        y
    }
}
