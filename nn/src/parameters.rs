//! Parameters of a network in one buffer, and the names and roles of its tensors.

#[cfg(feature = "std")]
use tensor::Buffer;
use tensor::Float;
#[cfg(feature = "std")]
use tensor::simd::{Inline, vectorize, vectorize_inline};

#[cfg(feature = "std")]
use crate::labels::Labels;
#[cfg(feature = "std")]
use crate::words::Words;

/// The parameters of a network in one buffer, in the order of the layers.
///
/// Each weight matrix and each bias begins at a multiple of 16 elements, so that vector
/// instructions read whole cache lines. The gaps are always zero. With one buffer, an optimizer is
/// one pass, a norm one sum, and a copy one copy. The names of the network's classes and the words
/// of its columns are stored next to it, if they are known.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T: Float = f32> {
    values: Buffer<T>,
    class_names: Option<Labels>,
    words: Words,
}

/// The parameters of a network. Without the standard library this type has no values, since there
/// is no allocator. [`Weights`](crate::Weights) are part of the program instead.
#[cfg(not(feature = "std"))]
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T: Float = f32>(core::convert::Infallible, core::marker::PhantomData<T>);

#[cfg(feature = "std")]
impl<T: Float> Parameters<T> {
    /// Returns `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        Parameters { values: Buffer::zeroed(len), class_names: None, words: Words::default() }
    }

    /// All elements, gaps included.
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// All elements, gaps included, mutable.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The names of the network's classes.
    pub(crate) fn class_names(&self) -> Option<&Labels> {
        self.class_names.as_ref()
    }

    /// Sets the names of the classes. The caller has checked their number.
    pub(crate) fn name_classes(&mut self, names: Labels) {
        self.class_names = Some(names);
    }

    /// Words of the network's columns. Some may be unknown to the network by now.
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Replaces the words.
    pub(crate) fn set_words(&mut self, words: Words) {
        self.words = words;
    }
}

/// A tensor of a model's flat parameters.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedTensor {
    /// Its name in files: `hidden.weight`.
    pub name: String,
    /// Its shape; empty for a scalar.
    pub shape: Vec<usize>,
    /// Its offset in the flat parameters.
    pub offset: usize,
    /// Its role.
    pub kind: TensorKind,
    /// Whether it is trained by its gradient.
    pub trained: bool,
    /// Factor on the learning rate; 1 unless [set](crate::Groups).
    pub rate: f64,
    /// Factor on the weight decay; 1 unless set.
    pub decay: f64,
}

/// The role of a parameter tensor. Optimizers treat some roles differently; for example, weight
/// decay spares biases and scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TensorKind {
    /// A factor on the inputs, usually a matrix.
    Weight,
    /// A summand.
    Bias,
    /// A factor on each feature, such as a norm's scale.
    Scale,
    /// State that is saved but not trained by a gradient, such as running means.
    State,
    /// Computed from the training rows before the first step and then constant: the statistics of
    /// an encoder.
    Found,
}

#[cfg(feature = "std")]
impl NamedTensor {
    /// Creates a trained weight.
    pub fn new(name: impl Into<String>, shape: &[usize], offset: usize) -> Self {
        let (name, shape) = (name.into(), shape.to_vec());
        let kind = TensorKind::Weight;
        NamedTensor { name, shape, offset, kind, trained: true, rate: 1.0, decay: 1.0 }
    }

    /// Returns the same tensor with another role.
    #[must_use]
    pub fn kind(self, kind: TensorKind) -> Self {
        NamedTensor { kind, ..self }
    }

    /// Returns the same tensor as untrained state.
    #[must_use]
    pub fn kept(self) -> Self {
        NamedTensor { kind: TensorKind::State, trained: false, ..self }
    }

    /// Returns the same tensor as computed from the training rows.
    #[must_use]
    pub fn found(self) -> Self {
        NamedTensor { kind: TensorKind::Found, trained: false, ..self }
    }

    /// The range of its elements in the flat parameters.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is a matrix `[in, out]`, which other libraries store as `[out, in]`.
    pub(crate) fn is_matrix(&self) -> bool {
        self.kind == TensorKind::Weight && self.shape.len() == 2
    }
}

/// Rounds `len` up to where the next tensor begins.
pub(crate) const fn padded(len: usize) -> usize {
    len.next_multiple_of(16)
}

/// Whether all `values` are finite.
#[cfg(feature = "std")]
pub(crate) fn all_finite<T: Float>(values: &[T]) -> bool {
    vectorize_inline(AllFinite(values))
}

#[cfg(feature = "std")]
struct AllFinite<'a, T>(&'a [T]);

#[cfg(feature = "std")]
impl<T: Float> Inline for AllFinite<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        /// Numbers that are checked together: several vectors on every CPU.
        const LANES: usize = 64;
        /// How many of these share one comparison, which costs more than the arithmetic before it.
        const DEPTH: usize = 8;
        let (rows, rest) = self.0.as_chunks::<LANES>();
        let (blocks, rows) = rows.as_chunks::<DEPTH>();
        let mut wrong = false;
        for block in blocks {
            // x·0 is 0 for a finite x and NaN otherwise; a NaN stays in the sum. No rounding
            // matters, so this is not `mul_add`, which without FMA is a function call.
            let mut sums = [T::zero(); LANES];
            for row in block {
                for lane in 0..LANES {
                    sums[lane] = sums[lane] + row[lane] * T::zero();
                }
            }
            let mut any = false;
            for sum in sums {
                any |= sum != T::zero();
            }
            wrong |= any;
        }
        for row in rows {
            let mut any = false;
            for x in row {
                any |= !x.is_finite();
            }
            wrong |= any;
        }
        for x in rest {
            wrong |= !x.is_finite();
        }
        !wrong
    }
}

/// Computes p ← fma(g, −rate, p). Returns whether all p are finite.
#[cfg(feature = "std")]
pub(crate) fn descend<T: Float>(parameters: &mut [T], gradient: &[T], rate: T) -> bool {
    vectorize(|| {
        let mut wrong = false;
        for (p, &g) in parameters.iter_mut().zip(gradient) {
            *p = g.mul_add(-rate, *p);
            wrong |= !p.is_finite();
        }
        !wrong
    })
}

/// Replaces each x of `to` by f(x, y), with y the element of `from` at the same index.
///
/// The loop is inside the function that is compiled for each instruction set. A closure that
/// contained the loop might not be, and then a fused multiply-add is a call. `f` should own its
/// captures (`move`). What is behind a reference is loaded again for each element, since the loop
/// might write to it; if the load depends on the element (`if`), by a gather. for each number,
/// since it might be what the loop writes, and where that depends on the number (`if`) by
/// gathering.
#[cfg(feature = "std")]
pub(crate) fn combine<T: Float>(to: &mut [T], from: &[T], f: impl Fn(T, T) -> T + Copy) {
    vectorize_inline(Combine { to, from, f });
}

#[cfg(feature = "std")]
struct Combine<'a, T, F> {
    to: &'a mut [T],
    from: &'a [T],
    f: F,
}

#[cfg(feature = "std")]
impl<T: Float, F: Fn(T, T) -> T + Copy> Inline for Combine<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Combine { to, from, f } = self;
        for (x, &y) in to.iter_mut().zip(from) {
            *x = f(*x, y);
        }
    }
}

/// Returns the `N` numbers from index `at` on.
#[cfg(feature = "std")]
pub(crate) fn array<T, const N: usize>(parameters: &[T], at: usize) -> &[T; N] {
    match parameters[at..].first_chunk() {
        Some(array) => array,
        None => panic!("norm of {N}: too few parameters"),
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn one_number_that_is_not_finite_is_found_wherever_it_stands() {
        for len in [0, 1, 15, 63, 64, 130, 511, 512, 1100] {
            let mut values: Vec<f32> = (0..len).map(|i| (i as f32 - 40.0) * 3e35).collect();
            assert!(all_finite(&values), "{len}");
            for at in 0..len {
                for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    let before = std::mem::replace(&mut values[at], wrong);
                    assert!(!all_finite(&values), "{wrong} at {at} of {len}");
                    values[at] = before;
                }
            }
        }
    }
}
