//! All weights and biases of a network in one buffer.

#[cfg(feature = "std")]
use tensor::Buffer;
use tensor::Float;
#[cfg(feature = "std")]
use tensor::simd::{Inline, vectorize, vectorize_inline};

#[cfg(feature = "std")]
use crate::labels::Labels;
#[cfg(feature = "std")]
use crate::words::Words;

/// The parameters of a network, one after the other in the order of the layers.
///
/// Each weight matrix and each bias begins at a multiple of 16 elements, so that vector
/// instructions read whole cache lines; the gaps hold zeros and stay zero. One buffer means that an
/// optimizer is one pass, a norm one sum, a copy one copy. Beside them are the names of the network's classes and the words of its
/// columns, if it knows some.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T: Float = f32> {
    values: Buffer<T>,
    class_names: Option<Labels>,
    words: Words,
}

/// The parameters of a network. Without the standard library there is no memory for them, and so none of
/// these: [`Weights`](crate::Weights) are part of the program.
#[cfg(not(feature = "std"))]
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T: Float = f32>(core::convert::Infallible, core::marker::PhantomData<T>);

#[cfg(feature = "std")]
impl<T: Float> Parameters<T> {
    /// `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        Parameters { values: Buffer::zeroed(len), class_names: None, words: Words::default() }
    }

    /// All elements, gaps included.
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// All elements, gaps included, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The names of the network's classes.
    pub(crate) fn class_names(&self) -> Option<&Labels> {
        self.class_names.as_ref()
    }

    /// Names the network's classes, whose number the caller has compared.
    pub(crate) fn name_classes(&mut self, names: Labels) {
        self.class_names = Some(names);
    }

    /// Words of the network's columns, of which some may have no place any more.
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Replaces them.
    pub(crate) fn set_words(&mut self, words: Words) {
        self.words = words;
    }
}

/// One tensor of the flat parameters of a model.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedTensor {
    /// As files name it: `hidden.weight`.
    pub name: String,
    /// Its shape; a single number has none.
    pub shape: Vec<usize>,
    /// Where it begins in the flat parameters.
    pub offset: usize,
    /// What it is for.
    pub kind: TensorKind,
    /// Whether training changes it by its gradient.
    pub trained: bool,
    /// A factor on the learning rate, 1 unless something else is [asked for](crate::Groups).
    pub rate: f64,
    /// A factor on the weight decay, likewise.
    pub decay: f64,
}

/// What a tensor of parameters is for, for rules that treat some of them differently: decay spares biases and scales,
/// for example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TensorKind {
    /// Multiplies what goes in: a matrix, mostly.
    Weight,
    /// Is added.
    Bias,
    /// Multiplies each feature by itself, as a norm's scale.
    Scale,
    /// Is kept but not trained by a gradient, as running means.
    State,
    /// Is found from the training rows before the first step, and then stays: what an encoder knows.
    Found,
}

#[cfg(feature = "std")]
impl NamedTensor {
    /// A weight that is trained.
    pub fn new(name: impl Into<String>, shape: &[usize], offset: usize) -> Self {
        let (name, shape) = (name.into(), shape.to_vec());
        let kind = TensorKind::Weight;
        NamedTensor { name, shape, offset, kind, trained: true, rate: 1.0, decay: 1.0 }
    }

    /// The same tensor, for this.
    #[must_use]
    pub fn kind(self, kind: TensorKind) -> Self {
        NamedTensor { kind, ..self }
    }

    /// The same tensor, kept with the parameters but not trained.
    #[must_use]
    pub fn kept(self) -> Self {
        NamedTensor { kind: TensorKind::State, trained: false, ..self }
    }

    /// The same tensor, found from the training rows.
    #[must_use]
    pub fn found(self) -> Self {
        NamedTensor { kind: TensorKind::Found, trained: false, ..self }
    }

    /// Its elements in the flat parameters.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Has it no elements?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is `[in, out]`, where others have `[out, in]`.
    pub(crate) fn is_matrix(&self) -> bool {
        self.kind == TensorKind::Weight && self.shape.len() == 2
    }
}

/// `len` rounded up to where the next tensor begins.
pub(crate) const fn padded(len: usize) -> usize {
    len.next_multiple_of(16)
}

/// Whether there is no infinity and no NaN among `values`.
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
        /// Numbers that are looked at together: several vectors on every CPU.
        const LANES: usize = 64;
        /// How many of them share a comparison, which costs more than what leads to it.
        const DEPTH: usize = 8;
        let (rows, rest) = self.0.as_chunks::<LANES>();
        let (blocks, rows) = rows.as_chunks::<DEPTH>();
        let mut wrong = false;
        for block in blocks {
            // x·0 is 0, or NaN, which stays.
            let mut sums = [T::zero(); LANES];
            for row in block {
                for lane in 0..LANES {
                    sums[lane] = row[lane].mul_add(T::zero(), sums[lane]);
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

/// p ← fma(g, −rate, p); whether all p are finite then.
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

/// Each x of `to` becomes f(x, y), with the y of `from` at its place.
///
/// The loop is part of the function that is compiled for each instruction set, which a closure that holds it need not be:
/// then a fused multiply-add is a call. What `f` takes from outside it should own (`move`): what is behind a pointer is read anew
/// for each number, since it might be what the loop writes, and where that depends on the number (`if`) by gathering.
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

/// The `N` numbers from `at` on.
#[cfg(feature = "std")]
pub(crate) fn array<T, const N: usize>(parameters: &[T], at: usize) -> &[T; N] {
    match parameters[at..].first_chunk() {
        Some(array) => array,
        None => panic!("norm of {N}: the parameters end early"),
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
