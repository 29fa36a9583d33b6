//! The type that a declaration without a name stands for.

use core::fmt;
use core::marker::PhantomData;

use tensor::Float;

use crate::architecture::{Architecture, declaration};
use crate::head::Head;
use crate::layer::Layer;
#[cfg(feature = "std")]
use crate::network::Network;
use crate::parameters::Parameters;

/// A network made of `Layers` and a `Head`, with `I` inputs and `O` outputs: what
/// `network![dense(784 -> 32, relu), dense(10, softmax)]` expands to. Its layers are called `layer1`,
/// `layer2`, …
///
/// ```
/// use nn::{Network, network};
///
/// type Small = network![dense(784 -> 32, relu), dense(10, softmax)];
/// let small = Small::init(1);
/// assert_eq!(Small::PARAMS, 25_450);
/// # let _ = small;
/// ```
pub struct Sequential<Layers, Head, const I: usize, const O: usize, T: Float = f32> {
    parameters: Parameters<T>,
    kind: PhantomData<fn() -> (Layers, Head)>,
}

impl<L, H, const I: usize, const O: usize, T> Architecture for Sequential<L, H, I, O, T>
where
    L: Layer,
    H: Head<T>,
    T: Float,
{
    type Float = T;
    type Layers = L;
    type Head = H;
    type Input = [T; I];
    type Output = [T; O];
    #[cfg(feature = "std")]
    type Target = H::Target;

    const NAME: &'static str = "network";
    const NAMES: &'static [&'static str] = &[];
}

#[cfg(feature = "std")]
impl<L, H, const I: usize, const O: usize, T> Network for Sequential<L, H, I, O, T>
where
    L: Layer,
    H: Head<T>,
    T: Float,
{
    fn from_parameters(parameters: Parameters<T>) -> Self {
        Self { parameters, kind: PhantomData }
    }

    fn parameters(&self) -> &Parameters<T> {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters<T> {
        &mut self.parameters
    }
}

impl<L: Layer, H: Head<f32>, const I: usize, const O: usize> Sequential<L, H, I, O> {
    /// The numbers in one sample.
    pub const INPUTS: usize = <Self as Architecture>::INPUTS;
    /// The numbers in one answer.
    pub const OUTPUTS: usize = <Self as Architecture>::OUTPUTS;
    /// The number of parameters.
    pub const PARAMS: usize = <Self as Architecture>::PARAMS;
    /// Floating point operations to predict one sample.
    pub const FLOPS: usize = <Self as Architecture>::FLOPS;
    /// Floating point operations to train with one sample.
    pub const STEP_FLOPS: usize = <Self as Architecture>::STEP_FLOPS;
    /// Bytes of all parameters.
    pub const BYTES: usize = <Self as Architecture>::BYTES;
    /// The layers as a table.
    pub const SUMMARY: &'static str = <Self as Architecture>::SUMMARY;
}

impl<L, H, const I: usize, const O: usize, T: Float> Clone for Sequential<L, H, I, O, T> {
    fn clone(&self) -> Self {
        Self { parameters: self.parameters.clone(), kind: PhantomData }
    }
}

impl<L: Layer, H: Head<T>, const I: usize, const O: usize, T: Float> fmt::Display
    for Sequential<L, H, I, O, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(<Self as Architecture>::SUMMARY)
    }
}

impl<L: Layer, H: Head<T>, const I: usize, const O: usize, T: Float> fmt::Debug
    for Sequential<L, H, I, O, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sequential({})", declaration::<Self>().as_str())
    }
}
