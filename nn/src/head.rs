//! What a network's last layer means, and with it which losses fit.
//!
//! The head is part of the network's type: one that ends in `softmax` takes class labels and is trained
//! with cross-entropy, one that ends in `sigmoid` takes probabilities and binary cross-entropy, any other
//! takes numbers and the squared error, unless another [`loss`](crate::loss) that fits is chosen.

mod both;
mod linear;
mod sigmoid;
mod softmax;

use tensor::{Buffer, Float};

pub(crate) use crate::inference::shifted_exponentials;
pub use crate::inference::{Activate, Both, HeadInfo, Linear, Sigmoid, Softmax};
use crate::loss::Loss;

/// What outputs are compared with.
///
/// Logits are `[rows, N]` for a head of `N` units, row by row.
pub trait Head<T: Float>: Activate<T> {
    /// What one row is compared with.
    type Target: Copy + Send + Sync + 'static;

    /// What it is trained with unless another loss is chosen.
    type Loss: Loss<T, Self> + Default;

    /// Turns the gradient with respect to the outputs into the one with respect to the logits, in place.
    fn backward(gradient: &mut [T], outputs: &[T]);

    /// Which targets there can be: for the error about one that [`Head::refuses`].
    const ALLOWED: &'static str = "numbers";

    /// What is wrong with a target, or nothing. [`fit`](crate::fit) asks before it begins.
    fn refuses(target: &Self::Target) -> Option<String> {
        let _ = target;
        None
    }

    /// Is the answer of one row right? `None` where right and wrong are not defined.
    fn is_right(logits: &[T], target: &Self::Target) -> Option<bool>;

    /// The default loss of one row and whether it is right, head by head.
    fn by_head(logits: &[T], target: &Self::Target, see: &mut impl FnMut(T, Option<bool>)) {
        let (mut loss, mut unused) = ([T::zero()], Buffer::stale(Self::UNITS));
        let one = std::slice::from_ref(target);
        Self::Loss::default().rows(logits, one, T::one(), &mut loss, &mut unused);
        see(loss[0], Self::is_right(logits, target));
    }

    /// A target made from `random` in 0..1, for checks of a network without data.
    fn example_target(random: impl FnMut() -> f64) -> Self::Target;
}
