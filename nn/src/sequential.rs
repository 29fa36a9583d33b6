//! The type that a declaration without a name stands for.

use std::fmt;
use std::marker::PhantomData;

use tensor::Float;

use crate::head::Head;
use crate::layer::Layer;
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

impl<L, H, const I: usize, const O: usize, T> Network for Sequential<L, H, I, O, T>
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
    type Target = H::Target;

    const NAME: &'static str = "network";
    const NAMES: &'static [&'static str] = &[];

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

impl<L, H, const I: usize, const O: usize, T: Float> Clone for Sequential<L, H, I, O, T> {
    fn clone(&self) -> Self {
        Self { parameters: self.parameters.clone(), kind: PhantomData }
    }
}

impl<L: Layer, H: Head<T>, const I: usize, const O: usize, T: Float> fmt::Display
    for Sequential<L, H, I, O, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::SUMMARY)
    }
}

impl<L: Layer, H: Head<T>, const I: usize, const O: usize, T: Float> fmt::Debug
    for Sequential<L, H, I, O, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sequential({})", crate::network::architecture::<Self>())
    }
}
