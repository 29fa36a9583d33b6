//! [`Sequential`]: the type of a network that is declared without a name.

use core::fmt;
use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
use crate::file::Checkpoint;
use crate::head::Head;
use crate::layer::{Info, Layer};
#[cfg(feature = "std")]
use crate::loss::DefaultLoss;
#[cfg(feature = "std")]
use crate::network::Network;
use crate::network::{Architecture, Layered, debug_as, first_part};
use crate::parameters::Parameters;
use crate::text::Message;
#[cfg(feature = "std")]
use crate::{picture::Picture, tape::Record};

/// A network of `Layers` and a `Head`, with `I` inputs and `O` outputs.
/// `network![dense(784 -> 32, relu), dense(10, softmax)]` expands to it. Its layers are called
/// `layer1`, `layer2`, …
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

    /// The widths may be parameters of an alias, which `network!` cannot check where it is written.
    const INFO: &'static Info = {
        if let Some(index) = L::INFO.empty_layer() {
            let layer = L::INFO.name(Self::NAMES, index);
            let message = Message::new()
                .text("a width of layer `")
                .text(layer.as_str())
                .text("` is zero; a layer has 1 unit or more");
            panic!("{}", message.as_str());
        }
        &L::INFO
    };
}

/// A layer is identified by the number in its name: 3 for `layer3`.
impl<L, H, const I: usize, const O: usize, T: Float> Layered for Sequential<L, H, I, O, T> {
    type Layer = usize;

    fn layer(tensor: &str) -> Option<usize> {
        first_part(tensor).0.strip_prefix("layer")?.parse().ok()
    }
}

#[cfg(feature = "std")]
impl<L, H, const I: usize, const O: usize, T> Network for Sequential<L, H, I, O, T>
where
    L: Layer,
    H: Head<T> + DefaultLoss<T>,
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
    /// Numbers per sample.
    pub const INPUTS: usize = <Self as Architecture>::INPUTS;
    /// Numbers per prediction.
    pub const OUTPUTS: usize = <Self as Architecture>::OUTPUTS;
    /// Number of parameters.
    pub const PARAMS: usize = <Self as Architecture>::PARAMS;
    /// Floating-point operations to predict one sample.
    pub const FLOPS: usize = <Self as Architecture>::FLOPS;
    /// Floating-point operations of a training step, per sample.
    pub const STEP_FLOPS: usize = <Self as Architecture>::STEP_FLOPS;
    /// Size of all parameters in bytes.
    pub const BYTES: usize = <Self as Architecture>::BYTES;
    /// A table of the layers.
    pub const SUMMARY: &'static str = <Self as Architecture>::SUMMARY;
}

/// The methods that `network!` writes for a struct, so that no trait needs to be in scope.
#[cfg(feature = "std")]
impl<L: Layer, H: DefaultLoss<f32>, const I: usize, const O: usize> Sequential<L, H, I, O> {
    /// Creates a network with random parameters; the same for the same seed.
    pub fn init(seed: u64) -> Self {
        <Self as Network>::init(seed)
    }

    /// Draws the network, as SVG.
    pub fn svg() -> String {
        <Self as Picture>::svg()
    }

    /// Loads a network that [`save`](Self::save) wrote.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or holds another network.
    pub fn load(path: impl AsRef<std::path::Path>) -> crate::Result<Self> {
        <Self as Checkpoint>::load(path)
    }
}

#[cfg(feature = "std")]
impl<L: Layer, H: DefaultLoss<T>, const I: usize, const O: usize, T: Float>
    Sequential<L, H, I, O, T>
{
    /// Returns the outputs for one sample.
    #[track_caller]
    pub fn predict(&self, sample: &[T; I]) -> [T; O] {
        Network::predict(self, sample)
    }

    /// Returns the last layer's values for one sample, before its softmax or sigmoid.
    #[track_caller]
    pub fn logits(&self, sample: &[T; I]) -> [T; O] {
        Network::logits(self, sample)
    }

    /// Returns the outputs for many samples.
    #[track_caller]
    pub fn predict_batch(&self, samples: &[[T; I]]) -> Vec<[T; O]> {
        Network::predict_batch(self, samples)
    }

    /// [`predict`](Self::predict) as a function on a tape: returns `[rows, outputs]` for x
    /// `[rows, inputs]`. The parameters are constants on the tape.
    ///
    /// # Errors
    ///
    /// If x has another shape.
    pub fn forward<'t>(
        &self,
        tape: &'t autograd::Tape<T>,
        x: autograd::Var<'t, T>,
    ) -> crate::Result<autograd::Var<'t, T>> {
        Record::forward(self, tape, x)
    }

    /// Saves the parameters to a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<std::path::Path>) -> crate::Result<()> {
        Checkpoint::save(self, path)
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
        f.write_str(<Self as Architecture>::SUMMARY)
    }
}

impl<L: Layer, H: Head<T>, const I: usize, const O: usize, T: Float> fmt::Debug
    for Sequential<L, H, I, O, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_as::<Self>("Sequential", f)
    }
}
