//! Dropout: while a network trains, a layer's numbers are disturbed at random.
//!
//! | word | y while training |
//! |---|---|
//! | `dropout(0.2)` | x∘m, m 0 with the probability rate, else 1/(1 − rate) |
//! | `gaussian_dropout(0.2)` | x∘m, m normal with mean 1 and variance rate/(1 − rate) |
//! | `alpha_dropout(0.2)` | x or −λα, such that mean and variance stay what `selu` makes of them |
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

/// While the network trains, each of `N` numbers is 0 with the probability whose bits are `RATE`, and
/// else enlarged to make up for it; afterwards they pass unchanged (Srivastava et al. 2014).
///
/// y = x∘m, where m is 0 with probability rate, else 1/(1 − rate).
///
/// What is dropped is a function of the trainer's seed, the number of the step, the layer's place in the
/// network, and of the row's place in the batch: any number of threads drops the same.
pub type Dropout<const N: usize, const RATE: u64> = Dropping<Standard, N, RATE>;

/// While the network trains, each of `N` numbers is multiplied by a normal one with mean 1 and the variance rate/(1 − rate),
/// which is that of [`Dropout`] with the rate whose bits are `RATE`; afterwards they pass unchanged (Srivastava et al. 2014,
/// section 10).
pub type GaussianDropout<const N: usize, const RATE: u64> = Dropping<Gaussian, N, RATE>;

/// While the network trains, each of `N` numbers is replaced by −λα with the probability whose bits are `RATE`, and then all
/// are scaled and shifted so that mean 0 and variance 1 stay; afterwards they pass unchanged (Klambauer et al. 2017). λ and α
/// are those of `selu`, which it belongs behind.
pub type AlphaDropout<const N: usize, const RATE: u64> = Dropping<Alpha, N, RATE>;

/// While the network trains, each row of `N` numbers is 0 with the probability whose bits are `RATE`, and else enlarged to make up for
/// it; afterwards they pass unchanged. Last in a residual it leaves out the whole block for some rows, which then learn by the shorter
/// way around it (stochastic depth, Huang et al. 2016; row by row as `torchvision.ops.StochasticDepth(p, "row")`).
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

/// What [`Dropout`] computes, for rows of any width.
#[cfg(feature = "std")]
pub type DropoutFormula<W> = DroppingFormula<Standard, W>;
/// What [`GaussianDropout`] computes, for rows of any width.
#[cfg(feature = "std")]
pub type GaussianDropoutFormula<W> = DroppingFormula<Gaussian, W>;
/// What [`AlphaDropout`] computes, for rows of any width.
#[cfg(feature = "std")]
pub type AlphaDropoutFormula<W> = DroppingFormula<Alpha, W>;

/// What [`StochasticDepth`] computes, for rows of any width.
#[cfg(feature = "std")]
pub type StochasticDepthFormula<W> = DroppingFormula<WholeRows, W>;

/// A way of dropping: y = x∘m + c, with a random m, and c a function of m.
pub trait DropoutKind: Copy + Debug + Send + Sync + 'static {
    /// The layer's word.
    const WORD: &'static str;

    /// Fills m of whole `rows`, of which the number of the first is given, and the width: m of an element is a function of its row's number and
    /// its place.
    fn fill_mask<T: Float>(random: Random, rate: f64, rows: (u64, usize), mask: &mut [T]);

    /// c, where m is 0 and where it is not.
    fn shifts(rate: f64) -> [f64; 2] {
        let _ = rate;
        [0.0; 2]
    }
}

/// A layer that drops with the rate whose bits are `RATE`.
#[derive(Debug)]
pub struct Dropping<K, const N: usize, const RATE: u64>(PhantomData<fn() -> K>);

impl<K: DropoutKind, const N: usize, const RATE: u64> Dropping<K, N, RATE> {
    /// The share that is dropped.
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
