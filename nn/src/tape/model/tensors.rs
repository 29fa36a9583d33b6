//! The named tensors of a model, in one flat buffer.

use std::fmt;
use std::sync::Arc;

use tensor::random::Random;
use tensor::{Buffer, Float};

use crate::activation::Identity;
use crate::init::Initializer;
use crate::parameters::{NamedTensor, TensorKind, padded};

/// Separates the random numbers of initial weights from all others with the same seed ("TENS").
const STREAM: u64 = 0x5445_4E53_0000_0000;

/// Tensors with names and initial values, from which a [`TapeModel`](super::TapeModel) is built.
///
/// ```
/// use nn::{Tensors, init};
///
/// let tensors = Tensors::new(7)
///     .weight("hidden.weight", [4, 8], init::HeNormal)
///     .bias("hidden.bias", 8)
///     .values("temperature", &[], &[1.0]);
/// assert_eq!(tensors.get("hidden.bias"), Some(&[0.0; 8][..]));
/// ```
#[derive(Clone)]
pub struct Tensors<T: Float = f32> {
    seed: u64,
    named: Vec<NamedTensor>,
    /// A copy of the list that is shared with every tape.
    shared: Arc<[NamedTensor]>,
    /// With gaps, so that each tensor begins at a cache line.
    flat: Buffer<T>,
}

impl Tensors {
    /// No tensors yet, of type `f32`. `seed` determines the random numbers in them.
    pub fn new(seed: u64) -> Self {
        Self::seeded(seed)
    }
}

impl<T: Float> Tensors<T> {
    /// [`Tensors::new`] for any float type.
    pub fn seeded(seed: u64) -> Self {
        Tensors { seed, named: Vec::new(), shared: Arc::default(), flat: Buffer::zeroed(0) }
    }

    /// Adds a weight `[in, out]`, initialized by an initializer of [`init`](crate::init).
    ///
    /// # Panics
    ///
    /// If there is already a tensor of this name.
    #[must_use]
    #[track_caller]
    pub fn weight<I: Initializer>(self, name: &str, shape: [usize; 2], _: I) -> Self {
        let random = Random::new(self.seed, STREAM ^ self.named.len() as u64);
        self.with(name, &shape, TensorKind::Weight, |values| {
            I::fill::<Identity, T>(values, shape, random);
        })
    }

    /// Adds a bias, `[width]`, initialized with zeros.
    ///
    /// # Panics
    ///
    /// If there is already a tensor of this name.
    #[must_use]
    #[track_caller]
    pub fn bias(self, name: &str, width: usize) -> Self {
        self.with(name, &[width], TensorKind::Bias, |_| {})
    }

    /// Adds a scale, `[width]`, initialized with ones.
    ///
    /// # Panics
    ///
    /// If there is already a tensor of this name.
    #[must_use]
    #[track_caller]
    pub fn scale(self, name: &str, width: usize) -> Self {
        self.with(name, &[width], TensorKind::Scale, |values| values.fill(T::one()))
    }

    /// Adds a tensor of any shape with these initial values, row by row.
    ///
    /// # Panics
    ///
    /// If there is already a tensor of this name, or the number of values does not match the shape.
    #[must_use]
    #[track_caller]
    pub fn values(self, name: &str, shape: &[usize], values: &[T]) -> Self {
        let (found, len) = (values.len(), shape.iter().product::<usize>());
        assert!(
            found == len,
            "tensor `{name}`: found {found} values, expected {len} for {shape:?}"
        );
        self.with(name, shape, TensorKind::Weight, |into| into.copy_from_slice(values))
    }

    #[track_caller]
    fn with(
        mut self,
        name: &str,
        shape: &[usize],
        kind: TensorKind,
        fill: impl FnOnce(&mut [T]),
    ) -> Self {
        let is_new = self.named.iter().all(|tensor| tensor.name != name);
        assert!(is_new, "tensor `{name}`: there is one of this name, give each its own");
        let offset = padded(self.flat.len());
        let tensor = NamedTensor::new(name, shape, offset).kind(kind);
        let mut flat = Buffer::zeroed(offset + tensor.len());
        flat[..self.flat.len()].copy_from_slice(&self.flat);
        fill(&mut flat[tensor.range()]);
        self.flat = flat;
        self.named.push(tensor);
        self.shared = self.named.clone().into();
        self
    }

    /// The values of a tensor, row by row.
    pub fn get(&self, name: &str) -> Option<&[T]> {
        let tensor = self.named.iter().find(|tensor| tensor.name == name)?;
        Some(&self.flat[tensor.range()])
    }

    /// All tensors, in the order of their offsets in [`Tensors::flat`].
    pub fn named(&self) -> &[NamedTensor] {
        &self.named
    }

    pub(super) fn shared(&self) -> Arc<[NamedTensor]> {
        self.shared.clone()
    }

    /// All values; gaps between tensors are zero.
    pub fn flat(&self) -> &[T] {
        &self.flat
    }

    pub(super) fn flat_mut(&mut self) -> &mut [T] {
        &mut self.flat
    }
}

/// Names and shapes.
impl<T: Float> fmt::Debug for Tensors<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shapes = self.named.iter().map(|tensor| (&tensor.name, &tensor.shape));
        f.debug_map().entries(shapes).finish()
    }
}
