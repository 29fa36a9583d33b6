//! Heads: what a network's last layer means. How logits become outputs stands here; what they are trained with
//! in [`head`](crate::head).

use core::fmt;
use core::marker::PhantomData;

use tensor::activation::{self, Activation};
use tensor::{Float, math};

use crate::text::Text;

/// How logits become outputs.
///
/// Logits are `[rows, UNITS]`, row by row.
pub trait Activate<T: Float>: Sized + 'static {
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

/// `N` numbers of any size: the logits as they are.
#[derive(Debug)]
pub struct Linear<const N: usize>;

impl<T: Float, const N: usize> Activate<T> for Linear<N> {
    const UNITS: usize = N;
    const NAME: &'static str = "linear";

    fn activate(_logits: &mut [T]) {}
}

/// `N` independent yes-or-no questions: p = σ(z), against probabilities t in 0..=1.
#[derive(Debug)]
pub struct Sigmoid<const N: usize>;

impl<T: Float, const N: usize> Activate<T> for Sigmoid<N> {
    const UNITS: usize = N;
    const NAME: &'static str = "sigmoid";

    fn activate(logits: &mut [T]) {
        activation::Sigmoid.forward(logits);
    }
}

/// `N` exclusive classes: pᵢ = e^zᵢ / Σⱼ e^zⱼ, against a [`Class`](crate::data::Class).
#[derive(Debug)]
pub struct Softmax<const N: usize>;

/// e^(z − m) for every element, where m is its row's largest; a NaN in a row makes the row NaN.
#[cfg(feature = "std")] // for the loss
pub(crate) fn shifted_exponentials<T: Float, const N: usize>(logits: &[T], output: &mut [T]) {
    for (z, e) in logits.chunks_exact(N).zip(output.chunks_exact_mut(N)) {
        // `>` skips a NaN, which then reaches its own exponential and the row's sum all the same.
        let max = z.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
        for (e, &z) in e.iter_mut().zip(z) {
            *e = z - max;
        }
    }
    Exponential.forward(output);
}

/// eˣ as an activation, for its slice form that is compiled for the best instructions.
#[derive(Clone, Copy, Debug, Default)]
struct Exponential;

impl Activation for Exponential {
    const NAME: &'static str = "exp";

    fn value<T: Float>(&self, x: T) -> T {
        math::exp(x)
    }

    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        y
    }
}

impl<T: Float, const N: usize> Activate<T> for Softmax<N> {
    const UNITS: usize = N;
    const NAME: &'static str = "softmax";

    fn activate(logits: &mut [T]) {
        for row in logits.chunks_exact_mut(N) {
            let max = row.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
            row.iter_mut().for_each(|z| *z = *z - max);
        }
        Exponential.forward(logits);
        for row in logits.chunks_exact_mut(N) {
            let share = T::one() / row.iter().fold(T::zero(), |sum, &e| sum + e);
            row.iter_mut().for_each(|e| *e = *e * share);
        }
    }
}

/// The first logits of a row belong to the head `A`, the others to `B`; nested for more than two.
///
/// The target is the pair of both targets, the loss the sum of both losses. The answer is right if
/// all heads that know right from wrong are right.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<(A, B)>);

impl<T: Float, A: Activate<T>, B: Activate<T>> Activate<T> for Both<A, B> {
    const UNITS: usize = A::UNITS + B::UNITS;
    const NAME: &'static str = "several heads";
    const INFO: HeadInfo = HeadInfo::Both(&A::INFO, &B::INFO);

    fn activate(logits: &mut [T]) {
        for row in logits.chunks_exact_mut(A::UNITS + B::UNITS) {
            let (a, b) = row.split_at_mut(A::UNITS);
            A::activate(a);
            B::activate(b);
        }
    }
}
