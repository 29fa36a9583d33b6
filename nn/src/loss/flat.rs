//! Losses for networks whose widths are known at run time.

use std::fmt::Debug;

use tensor::Float;

use super::binary_cross_entropy::binary_cross_entropy_rows;
use super::mse::mse_rows;
use super::{BinaryCrossEntropy, CrossEntropy, Focal, Huber, LossRows, Mae, Mse, flush_to_zero};

/// A loss of a `Dynamic` network. Targets are numbers one after another, or the index of a class.
/// The bits are those of a declared network.
///
/// It is implemented by the losses of this crate without weights: [`CrossEntropy`] with or without
/// label smoothing, [`Focal`], [`BinaryCrossEntropy`], [`Mse`], [`Mae`] and [`Huber`]. Each may be
/// [`Weighted`](super::Weighted). Several heads take pairs such as `(cross_entropy(), mse())`;
/// three heads take `(first, (second, third))`.
pub trait FlatLoss<T: Float>: Debug + Send + Sync + 'static {
    /// The head that the network must end in: `softmax`, `sigmoid`, or `linear` for anything else.
    fn head(&self) -> &'static str;

    /// As [`Loss::label_smoothing`](super::Loss::label_smoothing).
    fn label_smoothing(&self) -> Option<f64> {
        None
    }

    /// As [`Loss::evaluate`](super::Loss::evaluate), for rows of `units` units.
    fn evaluate(&self, units: usize, rows: LossRows<'_, T, T>);

    /// The losses of a network's two heads, if this is a pair; each is then evaluated separately.
    fn pair(&self) -> Option<[&dyn FlatLoss<T>; 2]> {
        None
    }
}

impl<T: Float, K: FlatLoss<T>, L: FlatLoss<T>> FlatLoss<T> for (K, L) {
    fn head(&self) -> &'static str {
        "several heads"
    }

    /// # Panics
    ///
    /// Always, because only the network knows the number of units of each head.
    fn evaluate(&self, _units: usize, _rows: LossRows<'_, T, T>) {
        panic!("{self:?}: a pair of losses is evaluated head by head");
    }

    fn pair(&self) -> Option<[&dyn FlatLoss<T>; 2]> {
        Some([&self.0, &self.1])
    }
}

/// Implements [`FlatLoss`] for losses of a head, with the same formula as in declared networks.
macro_rules! flat {
    ($(
        $Loss:ty, $head:literal: |$loss:ident, $units:ident, $rows:ident| $evaluate:expr
        $(, smoothing |$smooth:ident| $epsilon:expr)?;
    )+) => {$(
        impl<T: Float> FlatLoss<T> for $Loss {
            fn head(&self) -> &'static str {
                $head
            }

            $(
                fn label_smoothing(&self) -> Option<f64> {
                    let $smooth = self;
                    $epsilon
                }
            )?

            fn evaluate(&self, $units: usize, mut $rows: LossRows<'_, T, T>) {
                let $loss = self;
                {
                    let $rows = $rows.reborrow();
                    $evaluate
                }
                if $head != "linear" {
                    flush_to_zero($rows.gradient);
                }
            }
        }
    )+};
}

flat! {
    CrossEntropy, "softmax": |loss, units, rows| loss.of_classes(units, rows, class),
        smoothing |loss| loss.epsilon();
    Focal, "softmax": |loss, units, rows| loss.of_classes(units, |_| 1.0, rows, class);
    BinaryCrossEntropy, "sigmoid":
        |_loss, units, rows| binary_cross_entropy_rows(units, None, rows);
    Mse, "linear": |_loss, units, rows| mse_rows(units, rows);
    Mae, "linear": |loss, units, rows| loss.of_units(units, rows);
    Huber, "linear": |loss, units, rows| loss.of_units(units, rows);
}

/// The class index in a target.
pub(crate) fn class<T: Float>(target: &T) -> usize {
    target.as_f64() as usize
}
