//! Losses, which training minimizes. Each is a type that fits a head.
//!
//! | the network ends in | losses | the default |
//! |---|---|---|
//! | `softmax` | [`cross_entropy`], with label smoothing and class weights; [`focal`] | [`cross_entropy`] |
//! | `sigmoid` | [`binary_cross_entropy`], with positive weights | [`binary_cross_entropy`] |
//! | anything else | [`mse`], [`mae`], [`huber`] | [`mse`] |
//! | several heads | a pair of losses, their sum | a pair of defaults |
//!
//! Each may be [`weighted`]. A loss that does not fit is a compile error:
//!
//! ```text
//! error[E0277]: this network ends in softmax: train it with `cross_entropy`
//! ```
//!
//! All of them are computed from logits, the values before the head's function, in forms that
//! neither overflow nor take the logarithm of zero.
//!
//! ```
//! use nn::loss::huber;
//! use nn::{Network, Show, data::Dataset, fit, network};
//!
//! network! { pub struct Line(dense(1 -> 1)); }
//!
//! // y = 2x, and one outlier.
//! let data = Dataset::new(vec![[0.0], [1.0], [2.0], [3.0]], vec![[0.0], [2.0], [40.0], [6.0]])?;
//! let mut line = Line::init(1);
//! fit(&mut line, &data)
//!     .loss(huber(0.1))
//!     .epochs(600)
//!     .learning_rate(0.05)
//!     .show(Show::Nothing)
//!     .run()?;
//! assert!((line.predict(&[3.0])[0] - 6.0).abs() < 0.5);
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! Several heads take as many losses, each of which may have a weight:
//!
//! ```
//! use nn::loss::{cross_entropy, mse, weighted};
//! use nn::{Show, data::Class, data::Dataset, fit, network};
//!
//! network! {
//!     pub struct Pose {
//!         trunk: dense(2 -> 8, tanh),
//!         answer: heads { side: dense(8 -> 2, softmax), angle: dense(8 -> 1) },
//!     }
//! }
//!
//! let (left, right) = (Class::<2>::new(0)?, Class::<2>::new(1)?);
//! let data = Dataset::new(vec![[-1.0, 0.5], [1.0, 0.2]], vec![(left, [40.0]), (right, [-10.0])])?;
//! let losses = (cross_entropy(), weighted(0.001, mse()));
//! fit(&mut Pose::init(1), &data).loss(losses).show(Show::Nothing).run()?;
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! A custom loss implements the trait of its head: [`SoftmaxLoss`], [`SigmoidLoss`] or
//! [`LinearLoss`]; for a custom head, [`Loss`] itself.

mod both;
mod boxed;
#[cfg(test)]
mod checks;
mod default;
#[cfg(feature = "dynamic")]
mod flat;
mod flush;
mod row_weights;
mod weighted;
mod weights;

use tensor::Float;

pub use both::BothLoss;
pub(crate) use boxed::{DynLoss, boxed};
pub use default::DefaultLoss;
#[cfg(feature = "dynamic")]
pub use flat::FlatLoss;
#[cfg(feature = "dynamic")]
pub(crate) use flat::class;
pub(crate) use flush::flush_to_zero;
pub(crate) use row_weights::{weigh, weighted_targets};
pub use weighted::{Weighted, weighted};
pub use weights::{Equal, Weights};

use crate::head::{Class, Head, Linear, Sigmoid, Softmax};

macro_rules! losses {
    ($($Head:ident: $($file:ident :: $Loss:ident),+;)+) => {
        $($( mod $file; pub use $file::{$Loss, $file}; )+)+

        /// Each has its line in `flat.rs`, for networks whose widths are known at run time.
        #[cfg(all(test, feature = "dynamic"))]
        const _: fn() = || {
            fn is_flat<L: FlatLoss<f64>>() {}
            $($( is_flat::<$file::$Loss>(); )+)+
        };

        /// Each loss with its examples.
        #[cfg(test)]
        fn all_listed() -> Vec<checks::Listed> {
            vec![$($(
                checks::Listed::new::<$Head<{ checks::UNITS }>>(
                    stringify!($file),
                    $file::examples(),
                )
            ),+),+]
        }
    };
}

// Every loss of one head. To add one: write its file, with a constructor of the file's name, and
// add its line here. The tests in `checks.rs` then say where it must be named. A file without
// `examples()` does not compile.
losses! {
    Softmax: cross_entropy::CrossEntropy, focal::Focal;
    Sigmoid: binary_cross_entropy::BinaryCrossEntropy;
    Linear: mse::Mse, mae::Mae, huber::Huber;
}

/// Some rows of a batch, as a loss reads and writes them.
#[derive(Debug)]
pub struct LossRows<'a, T, Target> {
    /// The network's values before the head's function, `[rows, units]`.
    pub logits: &'a [T],
    /// Targets that the outputs are compared with, `[rows]`.
    pub targets: &'a [Target],
    /// Factor on the gradient, but not on the losses.
    pub scale: T,
    /// Loss of each row, `[rows]`; to be written.
    pub losses: &'a mut [T],
    /// Gradient with respect to the logits, `[rows, units]`; to be written.
    pub gradient: &'a mut [T],
    /// Factor on label smoothing: 1, unless
    /// [`Fit::smoothing_schedule`](crate::Fit::smoothing_schedule) is set.
    pub smoothing: f64,
}

impl<T: Copy, Target> LossRows<'_, T, Target> {
    /// The same rows, borrowed for another loss.
    pub fn reborrow(&mut self) -> LossRows<'_, T, Target> {
        LossRows {
            logits: self.logits,
            targets: self.targets,
            scale: self.scale,
            losses: self.losses,
            gradient: self.gradient,
            smoothing: self.smoothing,
        }
    }
}

/// A loss on the logits of the head `H`: a value and a gradient for each row.
///
/// Every [`SoftmaxLoss`] is one for [`Softmax`], every [`SigmoidLoss`] for [`Sigmoid`], every
/// [`LinearLoss`] for [`Linear`].
pub trait Loss<T: Float, H: Head<T>>: Clone + Send + Sync + 'static {
    /// The loss's name.
    const NAME: &'static str;

    /// Writes the loss of each row, and the gradient of `scale` times their sum with respect to the
    /// logits.
    ///
    /// Rows are independent: a batch may be divided in any way.
    ///
    /// For [`Softmax`] and [`Sigmoid`], gradients below 8e-25 (in `f32`) are flushed to zero,
    /// because subnormals would slow confident networks down.
    fn evaluate(&self, rows: LossRows<'_, T, H::Target>);

    /// Appends to `sums` the numbers that the losses of a batch are divided by instead of the
    /// number of rows: one for each head with class weights, usually none. Each target comes with
    /// the weight of its row.
    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t H::Target, f64)> + Clone,
        sums: &mut Vec<f64>,
    ) where
        H: 't,
    {
        let _ = (targets, sums);
    }

    /// This loss for a batch of `rows` rows. It is the same, unless the loss has added to the
    /// [sums](Loss::weight_sums); it then takes its own sums from the front.
    #[must_use]
    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        let _ = (rows, sums);
        self.clone()
    }

    /// The label smoothing ε, if the loss has some; [`LossRows::smoothing`] multiplies it.
    fn label_smoothing(&self) -> Option<f64> {
        None
    }
}

/// A head that can be trained with the loss `L`.
///
/// For the heads of this crate it follows from [`SoftmaxLoss`], [`SigmoidLoss`], [`LinearLoss`] and
/// [`BothLoss`]; a custom head implements it for the losses that fit.
#[diagnostic::on_unimplemented(
    message = "a network that ends in `{Self}` is not trained with `{L}`",
    label = "this loss does not fit the network's head",
    note = "`nn::loss` lists which losses fit which head"
)]
pub trait TrainedWith<T: Float, L>: Head<T> {
    /// Converts to the loss itself, known to fit.
    fn into_loss(loss: L) -> impl Loss<T, Self>;
}

/// A loss of `N` exclusive classes; as [`Loss`].
#[diagnostic::on_unimplemented(
    message = "this network ends in softmax: train it with `cross_entropy`",
    label = "`{Self}` does not fit a network that ends in softmax",
    note = "`nn::loss` lists which losses fit which head"
)]
pub trait SoftmaxLoss<T: Float, const N: usize>: Clone + Send + Sync + 'static {
    /// The loss's name.
    const NAME: &'static str;

    /// As [`Loss::evaluate`].
    fn evaluate(&self, rows: LossRows<'_, T, Class<N>>);

    /// As [`Loss::weight_sums`].
    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t Class<N>, f64)> + Clone,
        sums: &mut Vec<f64>,
    ) {
        let _ = (targets, sums);
    }

    /// As [`Loss::for_batch`].
    #[must_use]
    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        let _ = (rows, sums);
        self.clone()
    }

    /// As [`Loss::label_smoothing`].
    fn label_smoothing(&self) -> Option<f64> {
        None
    }
}

impl<T: Float, const N: usize, L: SoftmaxLoss<T, N>> TrainedWith<T, L> for Softmax<N> {
    fn into_loss(loss: L) -> impl Loss<T, Self> {
        loss
    }
}

impl<T: Float, const N: usize, L: SoftmaxLoss<T, N>> Loss<T, Softmax<N>> for L {
    const NAME: &'static str = <L as SoftmaxLoss<T, N>>::NAME;

    fn evaluate(&self, mut rows: LossRows<'_, T, Class<N>>) {
        SoftmaxLoss::evaluate(self, rows.reborrow());
        flush_to_zero(rows.gradient);
    }

    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t Class<N>, f64)> + Clone,
        sums: &mut Vec<f64>,
    ) {
        SoftmaxLoss::weight_sums(self, targets, sums);
    }

    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        SoftmaxLoss::for_batch(self, rows, sums)
    }

    fn label_smoothing(&self) -> Option<f64> {
        SoftmaxLoss::label_smoothing(self)
    }
}

/// A loss of `N` independent yes-or-no questions; as [`Loss`].
#[diagnostic::on_unimplemented(
    message = "this network ends in sigmoid: train it with `binary_cross_entropy`",
    label = "`{Self}` does not fit a network that ends in sigmoid",
    note = "`nn::loss` lists which losses fit which head"
)]
pub trait SigmoidLoss<T: Float, const N: usize>: Clone + Send + Sync + 'static {
    /// The loss's name.
    const NAME: &'static str;

    /// As [`Loss::evaluate`].
    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>);
}

impl<T: Float, const N: usize, L: SigmoidLoss<T, N>> TrainedWith<T, L> for Sigmoid<N> {
    fn into_loss(loss: L) -> impl Loss<T, Self> {
        loss
    }
}

impl<T: Float, const N: usize, L: SigmoidLoss<T, N>> Loss<T, Sigmoid<N>> for L {
    const NAME: &'static str = <L as SigmoidLoss<T, N>>::NAME;

    fn evaluate(&self, mut rows: LossRows<'_, T, [T; N]>) {
        SigmoidLoss::evaluate(self, rows.reborrow());
        flush_to_zero(rows.gradient);
    }
}

/// A loss of `N` numbers of any size; as [`Loss`].
#[diagnostic::on_unimplemented(
    message = "this network ends in numbers: train it with `mse`, `mae` or `huber`",
    label = "`{Self}` does not fit a network that ends in neither softmax nor sigmoid",
    note = "`nn::loss` lists which losses fit which head"
)]
pub trait LinearLoss<T: Float, const N: usize>: Clone + Send + Sync + 'static {
    /// The loss's name.
    const NAME: &'static str;

    /// As [`Loss::evaluate`].
    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>);
}

impl<T: Float, const N: usize, L: LinearLoss<T, N>> TrainedWith<T, L> for Linear<N> {
    fn into_loss(loss: L) -> impl Loss<T, Self> {
        loss
    }
}

impl<T: Float, const N: usize, L: LinearLoss<T, N>> Loss<T, Linear<N>> for L {
    const NAME: &'static str = <L as LinearLoss<T, N>>::NAME;

    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>) {
        LinearLoss::evaluate(self, rows);
    }
}

/// The mean loss of a batch's rows: the sum in order, divided by the number of rows. Zero rows have
/// loss 0.
///
/// This is the only place where it is computed, so that every driver rounds it in the same way.
pub(crate) fn mean<T: Float>(losses: &[T]) -> T {
    if losses.is_empty() {
        return T::zero();
    }
    let sum = losses.iter().fold(T::zero(), |sum, &loss| sum + loss);
    sum / T::of(losses.len() as f64)
}

/// The factor on the gradient of each row's loss: one over the number of rows.
pub(crate) fn mean_scale<T: Float>(rows: usize) -> T {
    T::one() / T::of(rows as f64)
}

/// Returns `value`, if it is a number that `allowed` accepts.
///
/// # Panics
///
/// Otherwise, with the name `what` and the range `expected`.
#[track_caller]
fn checked(what: &str, value: f64, expected: &str, allowed: impl Fn(f64) -> bool) -> f64 {
    assert!(value.is_finite() && allowed(value), "{what}: found {value}, expected {expected}");
    value
}
