//! Heads: the function after the last layer, and the kind of target.
//!
//! | head | outputs | target | default loss |
//! |---|---|---|---|
//! | [`Softmax`] | probabilities of exclusive classes | class label | cross-entropy |
//! | [`Sigmoid`] | probabilities of independent events | probabilities | binary cross-entropy |
//! | [`Linear`], any other | numbers | numbers | squared error |
//!
//! The head is part of the network's type. Another [`loss`](crate::loss) that fits the head can be
//! chosen.

mod both;
#[cfg(feature = "std")]
mod class;
#[cfg(feature = "std")]
mod class_label;
mod linear;
#[cfg(feature = "std")]
mod observation;
mod sigmoid;
mod softmax;

use core::fmt;

use tensor::Float;

pub use both::Both;
#[cfg(feature = "std")]
pub use class::{Class, Label};
#[cfg(feature = "std")]
pub(crate) use class::{range, wrong_labels};
#[cfg(feature = "std")]
#[cfg(feature = "dynamic")]
pub(crate) use class_label::largest;
#[cfg(feature = "std")]
pub use class_label::{ClassLabel, Classes};
pub use linear::Linear;
#[cfg(feature = "std")]
pub use observation::{Decision, Observation, Target, TargetKind};
pub use sigmoid::Sigmoid;
#[cfg(feature = "std")]
pub(crate) use sigmoid::are_on_the_side;
pub use softmax::Softmax;
#[cfg(feature = "std")]
pub(crate) use softmax::{is_largest, shifted_exponentials, softmax};

use crate::text::Text;

/// A head without the standard library: inference only.
#[cfg(not(feature = "std"))]
pub use HeadFunction as Head;

/// The function of a head, from logits to outputs.
///
/// Shape: logits `[rows, UNITS]`, row by row.
pub trait HeadFunction<T: Float>: Sized + 'static {
    /// Number of units.
    const UNITS: usize;

    /// The function's name, as the declaration writes it.
    const NAME: &'static str;

    /// The head as a compile-time constant.
    const INFO: HeadInfo = HeadInfo::One(Self::NAME);

    /// Turns logits into outputs, in place.
    fn activate(logits: &mut [T]);
}

/// The heads of a network, as a tree of the same form as their type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeadInfo {
    /// A single head, by its name.
    One(&'static str),
    /// Two heads; nested for more.
    Both(&'static HeadInfo, &'static HeadInfo),
}

impl HeadInfo {
    /// No head.
    pub(crate) const NONE: HeadInfo = HeadInfo::One("linear");

    /// The heads of two parallel branches.
    pub(crate) const fn of_branches(&self) -> (&HeadInfo, &HeadInfo) {
        match self {
            HeadInfo::One(_) => (&Self::NONE, &Self::NONE),
            HeadInfo::Both(a, b) => (a, b),
        }
    }

    /// Appends the names of the heads, separated by commas.
    pub(crate) const fn push_names<const CAPACITY: usize>(&self, to: &mut Text<CAPACITY>) {
        match self {
            HeadInfo::One(name) => to.push(name),
            HeadInfo::Both(a, b) => {
                a.push_names(to);
                to.push(", ");
                b.push_names(to);
            }
        }
    }

    /// Number of heads.
    pub const fn count(&self) -> usize {
        match self {
            HeadInfo::One(_) => 1,
            HeadInfo::Both(a, b) => a.count() + b.count(),
        }
    }
}

/// Writes the names of the heads.
impl fmt::Display for HeadInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadInfo::One(name) => f.write_str(name),
            HeadInfo::Both(a, b) => write!(f, "{a}, {b}"),
        }
    }
}

/// A head that can be trained: the kind of target, and the gradient of the logits.
///
/// Shape: logits `[rows, N]` for a head of `N` units, row by row.
#[cfg(feature = "std")] // without it there is no training
pub trait Head<T: Float>: HeadFunction<T> {
    /// The target of one row.
    type Target: Copy + Send + Sync + 'static;

    /// Turns the gradient of the outputs into that of the logits, in place.
    fn backward(gradient: &mut [T], outputs: &[T]);

    /// The valid targets, for the error about one that [`Head::refuses`].
    const ALLOWED: &'static str = "numbers";

    /// Returns what is wrong with a target, or `None`. [`fit`](crate::fit) checks all targets
    /// before it begins.
    fn refuses(target: &Self::Target) -> Option<String> {
        let _ = target;
        None
    }

    /// Whether the prediction for one row is right; `None` where right and wrong are not defined.
    fn is_right(logits: &[T], target: &Self::Target) -> Option<bool>;

    /// Passes the numbers of a target to `see`, and returns whether it did. A resumed training
    /// recognizes its data by them.
    fn see_numbers(target: &Self::Target, see: &mut dyn FnMut(f64)) -> bool {
        let _ = (target, see);
        false
    }

    /// Returns a target of numbers with `change` applied to each; any other target unchanged.
    fn map_numbers(target: &Self::Target, change: impl Fn(T) -> T) -> Self::Target {
        let _ = change;
        *target
    }

    /// The kind of target for metrics. [`Head::see_numbers`] gives its numbers: the index of the
    /// class, or one number per unit.
    const KIND: TargetKind = TargetKind::Other;

    /// Writes the prediction for one row to `into`. `head` is the index of the head to use, counted
    /// from 0; a single head ignores it.
    fn observation(
        head: usize,
        logits: &[T],
        outputs: &[T],
        target: &Self::Target,
        into: &mut Observation,
    ) {
        let _ = head;
        into.write::<T, Self>(logits, outputs, target);
    }

    /// Creates a target from random numbers in 0..1, for checks of a network without data.
    fn example_target(random: impl FnMut() -> f64) -> Self::Target;
}
