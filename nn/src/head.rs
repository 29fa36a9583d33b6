//! What a network's last layer means, and with it which losses fit.
//!
//! The head is part of the network's type: one that ends in `softmax` takes class labels and is trained
//! with cross-entropy, one that ends in `sigmoid` takes probabilities and binary cross-entropy, any other
//! takes numbers and the squared error, unless another [`loss`](crate::loss) that fits is chosen.

mod both;
mod linear;
mod sigmoid;
mod softmax;

use core::fmt;

use tensor::{Buffer, Float};

pub use both::Both;
pub use linear::Linear;
pub use sigmoid::Sigmoid;
pub use softmax::Softmax;
pub(crate) use softmax::shifted_exponentials;

use crate::loss::Loss;

/// How logits become outputs, and what they are compared with.
///
/// Logits are `[rows, N]` for a head of `N` units, row by row.
pub trait Head<T: Float>: Sized + 'static {
    /// What one row is compared with.
    type Target: Copy + Send + Sync + 'static;

    /// What it is trained with unless another loss is chosen.
    type Loss: Loss<T, Self> + Default;

    /// Units.
    const UNITS: usize;

    /// The function's name, as the declaration writes it.
    const NAME: &'static str;

    /// What the compiler knows of it.
    const INFO: HeadInfo = HeadInfo::One(Self::NAME);

    /// Turns logits into outputs, in place.
    fn activate(logits: &mut [T]);

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

/// The heads of a network, in a tree of the same form as their type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeadInfo {
    /// One head, by its name.
    One(&'static str),
    /// Two, and so more.
    Both(&'static HeadInfo, &'static HeadInfo),
}

impl HeadInfo {
    /// Where there is no head.
    pub(crate) const NONE: HeadInfo = HeadInfo::One("linear");

    /// What two branches side by side end in: one head each, if there are two.
    pub(crate) const fn of_branches(&self) -> (&HeadInfo, &HeadInfo) {
        match self {
            HeadInfo::One(_) => (&Self::NONE, &Self::NONE),
            HeadInfo::Both(a, b) => (a, b),
        }
    }

    /// How many heads there are.
    pub const fn count(&self) -> usize {
        match self {
            HeadInfo::One(_) => 1,
            HeadInfo::Both(a, b) => a.count() + b.count(),
        }
    }
}

/// The heads' names.
impl fmt::Display for HeadInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadInfo::One(name) => f.write_str(name),
            HeadInfo::Both(a, b) => write!(f, "{a}, {b}"),
        }
    }
}
