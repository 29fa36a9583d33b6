//! What a network's last layer means, and with it the loss that fits.
//!
//! The head is part of the network's type: one that ends in `softmax` takes class labels and is trained
//! with cross-entropy, one that ends in `sigmoid` takes probabilities and binary cross-entropy, any other
//! takes numbers and the squared error. Training works on the values before the head's function, the
//! logits, in forms that neither overflow nor take the logarithm of zero.

mod linear;
mod sigmoid;
mod softmax;

use tensor::Float;

pub use linear::Linear;
pub use sigmoid::Sigmoid;
pub use softmax::Softmax;

/// How logits become outputs, and how far they are from a target.
///
/// Logits are `[rows, N]` for a head of `N` units, row by row.
pub trait Head<T: Float>: 'static {
    /// What one row is compared with.
    type Target: Copy + Send + Sync + 'static;

    /// Units.
    const UNITS: usize;

    /// The function's name, as the declaration writes it.
    const NAME: &'static str;

    /// The loss's name.
    const LOSS: &'static str;

    /// Turns logits into outputs, in place.
    fn activate(logits: &mut [T]);

    /// The loss of each row, and the gradient of `scale` times their sum with respect to the logits.
    ///
    /// `logits` and `gradient` are `[rows, N]`, `losses` and `targets` `[rows]`.
    fn loss(logits: &[T], targets: &[Self::Target], scale: T, losses: &mut [T], gradient: &mut [T]);

    /// Is the answer of one row right? `None` where right and wrong are not defined.
    fn is_right(logits: &[T], target: &Self::Target) -> Option<bool>;

    /// A target made from `random` in 0..1, for checks of a network without data.
    fn example_target(random: impl FnMut() -> f64) -> Self::Target;
}

/// The mean of the losses of a batch's rows: their sum in order, over their number.
///
/// The one place where it is computed, so that every driver rounds it alike. Zero rows have loss 0.
pub(crate) fn mean<T: Float>(losses: &[T]) -> T {
    if losses.is_empty() {
        return T::zero();
    }
    let sum = losses.iter().fold(T::zero(), |sum, &loss| sum + loss);
    sum / T::of(losses.len() as f64)
}

/// The gradient of each row's loss is divided by the number of rows.
pub(crate) fn mean_scale<T: Float>(rows: usize) -> T {
    T::one() / T::of(rows as f64)
}

/// Central differences against [`Head::loss`]'s gradient, for the tests of the heads.
#[cfg(test)]
fn check_gradient<H: Head<f64>>(logits: &[f64], targets: &[H::Target]) {
    let rows = targets.len();
    let scale = 0.37;
    let total = |logits: &[f64]| {
        let (mut losses, mut gradient) = (vec![0.0; rows], vec![0.0; logits.len()]);
        H::loss(logits, targets, scale, &mut losses, &mut gradient);
        (losses.iter().sum::<f64>() * scale, gradient)
    };
    let (_, gradient) = total(logits);
    for i in 0..logits.len() {
        let mut shifted = logits.to_vec();
        let h = 1e-6 * logits[i].abs().max(1.0);
        shifted[i] = logits[i] + h;
        let above = total(&shifted).0;
        shifted[i] = logits[i] - h;
        let slope = (above - total(&shifted).0) / (2.0 * h);
        assert!((slope - gradient[i]).abs() < 1e-7, "{i}: {} against {slope}", gradient[i]);
    }
}
