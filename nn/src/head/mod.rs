//! What a network's last layer means: how its values become outputs, and what outputs are compared with.
//!
//! The head is part of the network's type: one that ends in `softmax` takes class labels and is trained
//! with cross-entropy, one that ends in `sigmoid` takes probabilities and binary cross-entropy, any other
//! takes numbers and the squared error, unless another [`loss`](crate::loss) that fits is chosen.

#[cfg(feature = "std")]
mod answer;
mod both;
#[cfg(feature = "std")]
mod class;
#[cfg(feature = "std")]
mod class_label;
mod linear;
mod sigmoid;
mod softmax;

use core::fmt;

use tensor::Float;

#[cfg(feature = "std")]
pub use answer::{Answer, Decision, Target, TargetKind};
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
pub use sigmoid::Sigmoid;
#[cfg(feature = "std")]
pub(crate) use sigmoid::are_on_the_side;
pub use softmax::Softmax;
#[cfg(feature = "std")]
pub(crate) use softmax::{is_largest, shifted_exponentials, softmax};

use crate::text::Text;

/// A head, as far as it turns logits into outputs: without the standard library nothing is trained.
#[cfg(not(feature = "std"))]
pub use HeadFunction as Head;

/// How logits become outputs.
///
/// Logits are `[rows, UNITS]`, row by row.
pub trait HeadFunction<T: Float>: Sized + 'static {
    /// Units.
    const UNITS: usize;

    /// The function's name, as the declaration writes it.
    const NAME: &'static str;

    /// What the compiler knows of it.
    const INFO: HeadInfo = HeadInfo::One(Self::NAME);

    /// Turns logits into outputs, in place.
    fn activate(logits: &mut [T]);
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

    /// Appends the heads' names, one after the other.
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

/// What outputs are compared with.
///
/// Logits are `[rows, N]` for a head of `N` units, row by row.
#[cfg(feature = "std")] // without it nothing is trained
pub trait Head<T: Float>: HeadFunction<T> {
    /// What one row is compared with.
    type Target: Copy + Send + Sync + 'static;

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

    /// Gives the numbers that a target consists of to `see`, by which data are known again where a training goes on;
    /// whether it has done so.
    fn see_numbers(target: &Self::Target, see: &mut dyn FnMut(f64)) -> bool {
        let _ = (target, see);
        false
    }

    /// A target of numbers with each of them changed; any other as it is.
    fn map_numbers(target: &Self::Target, change: impl Fn(T) -> T) -> Self::Target {
        let _ = change;
        *target
    }

    /// What a target is to a metric, whose numbers [`Head::see_numbers`] gives: the number of the class, or one for each
    /// unit.
    const KIND: TargetKind = TargetKind::Other;

    /// Writes the answer to one row of the head with this number, counted from 0: of a single head, its own.
    fn answer(head: usize, logits: &[T], outputs: &[T], target: &Self::Target, into: &mut Answer) {
        let _ = head;
        into.write::<T, Self>(logits, outputs, target);
    }

    /// A target made from `random` in 0..1, for checks of a network without data.
    fn example_target(random: impl FnMut() -> f64) -> Self::Target;
}
