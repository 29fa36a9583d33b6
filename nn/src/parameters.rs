//! All weights and biases of a network in one buffer.

#[cfg(feature = "std")]
use tensor::Buffer;
use tensor::Float;
#[cfg(feature = "std")]
use tensor::simd::vectorize;

/// The parameters of a network, one after the other in the order of the layers.
///
/// Each weight matrix and each bias begins at a multiple of 16 elements, so that vector
/// instructions read whole cache lines; the gaps hold zeros and stay zero. One buffer means that an
/// optimizer is one pass, a norm one sum, a copy one copy.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T: Float = f32>(Buffer<T>);

/// The parameters of a network. Without the standard library there is no memory for them, and so none of
/// these: [`Weights`](crate::Weights) are part of the program.
#[cfg(not(feature = "std"))]
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T: Float = f32>(core::convert::Infallible, core::marker::PhantomData<T>);

#[cfg(feature = "std")]
impl<T: Float> Parameters<T> {
    /// `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        Parameters(Buffer::zeroed(len))
    }

    /// All elements, gaps included.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// All elements, gaps included, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }
}

/// One tensor of the flat parameters of a model.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedTensor {
    /// As files name it: `hidden.weight`.
    pub name: String,
    /// Its shape; a single number has none.
    pub shape: Vec<usize>,
    /// Where it begins in the flat parameters.
    pub offset: usize,
    /// Whether training changes it by its gradient.
    pub trained: bool,
}

#[cfg(feature = "std")]
impl NamedTensor {
    /// A tensor that is trained.
    pub fn new(name: impl Into<String>, shape: &[usize], offset: usize) -> Self {
        NamedTensor { name: name.into(), shape: shape.to_vec(), offset, trained: true }
    }

    /// The same tensor, kept with the parameters but not trained.
    #[must_use]
    pub fn kept(self) -> Self {
        NamedTensor { trained: false, ..self }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Has it no elements?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// `len` rounded up to where the next tensor begins.
pub(crate) const fn padded(len: usize) -> usize {
    len.next_multiple_of(16)
}

/// p ← fma(g, −rate, p)
#[cfg(feature = "std")]
pub(crate) fn descend<T: Float>(parameters: &mut [T], gradient: &[T], rate: T) {
    vectorize(|| {
        for (p, &g) in parameters.iter_mut().zip(gradient) {
            *p = g.mul_add(-rate, *p);
        }
    });
}

/// The `N` numbers from `at` on.
#[cfg(feature = "std")]
pub(crate) fn array<T, const N: usize>(parameters: &[T], at: usize) -> &[T; N] {
    match parameters[at..].first_chunk() {
        Some(array) => array,
        None => panic!("norm of {N}: the parameters end early"),
    }
}
