//! Checkpoints: parameters in safetensors files, which Python and other frameworks can read.
//!
//! A file has the length of the header in eight bytes, little-endian; the header, a JSON
//! object with the type, shape and offsets of every tensor and a map of strings; and the elements,
//! also little-endian.

mod elements;
mod fitting;
mod load;
mod options;
mod pytorch;
mod replace;
mod save;
mod source;

use std::any::Any;
use std::path::Path;

use tensor::Float;

pub use fitting::Fitted;
pub(crate) use fitting::load_fitting;
#[cfg(test)]
pub(super) use load::load_bytes;
pub(crate) use load::{Content, Loaded, load, load_all, load_all_bytes};
pub use options::{Layout, LoadOptions};
pub use pytorch::PyTorch;
pub(crate) use pytorch::{load_pytorch, save_pytorch};
pub(crate) use replace::replace;
pub(crate) use save::check_finite;
pub(crate) use save::{json, save, save_all, save_with_texts};

use crate::error::{Error, Result};
use crate::file::FORMAT;
use crate::layer::Inference as _;
use crate::network::{
    Network, check_encoder, class_text, classes, declaration, take_words, tensors, words_text,
};
use crate::parameters::{NamedTensor, Parameters};

/// Saving and loading of networks.
pub trait Checkpoint: Network {
    /// Saves the parameters in a safetensors file that [`Checkpoint::load`], Python and other
    /// frameworks can read: a tensor for each weight and bias, named `hidden.weight` and so on,
    /// `[in, out]`. The metadata include the names of the [classes](Network::class_names) and the
    /// [words](Network::known_words) of the columns.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, a parameter is not finite, or the network has an
    /// [encoder](crate::layer::encoder) that was never adapted. An existing file is then unchanged.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        check_encoder(self)?;
        let parameters = self.parameters().as_slice();
        let tensors: Vec<_> = tensors::<Self>()
            .into_iter()
            .map(|tensor| {
                let values = &parameters[tensor.offset..][..tensor.len()];
                (tensor.name, tensor.shape, values)
            })
            .collect();
        let declaration = declaration::<Self>();
        save_with_texts(path.as_ref(), Self::NAME, declaration.as_str(), &texts(self), &tensors)
    }

    /// Loads the network saved at `path`.
    ///
    /// Smaller float types are widened: F16 and BF16 to `f32`, these and F32 to `f64`.
    /// A file without metadata of this crate must have weights in the layout `[in, out]`. If
    /// one of them is square, its shape does not show the layout; use [`Checkpoint::load_as`].
    ///
    /// No more is read than the network needs, and a header of at most 16 MiB.
    ///
    /// # Errors
    ///
    /// If the file is not a safetensors file, lacks a tensor, has an extra one, or one of another
    /// shape or type, or one with numbers that are not finite, or was saved by a network of another
    /// architecture. The message names the tensor, what was found and what was expected.
    fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, LoadOptions::new())
    }

    /// Loads a file that another program wrote with this layout of weights. With [`Layout::OutIn`],
    /// the layout of PyTorch, two-dimensional weights are transposed.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`]; also if the file's metadata state another layout.
    fn load_as(path: impl AsRef<Path>, layout: Layout) -> Result<Self> {
        Self::load_with(path, LoadOptions::new().layout(layout))
    }

    /// Loads the network at `path` with these options.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load_as`].
    fn load_with(path: impl AsRef<Path>, options: LoadOptions) -> Result<Self> {
        let (path, tensors) = (path.as_ref(), tensors::<Self>());
        let loaded = load(path, declaration::<Self>().as_str(), &tensors, options)?;
        from_loaded(path, &tensors, &loaded)
    }

    /// Loads the fitting tensors of a file that another network saved: those with the same name and
    /// shape. The others are unchanged; the result lists both. For fine-tuning, combine it with
    /// [`Fit::freeze`](crate::Fit::freeze) and [`Fit::rate`](crate::Fit::rate): see the example
    /// `fine_tune`.
    ///
    /// ```
    /// use nn::prelude::*;
    ///
    /// network! {
    ///     struct Ten { trunk: dense(8 -> 4, relu), output: dense(10, softmax) }
    ///     struct Two { trunk: dense(8 -> 4, relu), output: dense(2, softmax) }
    /// }
    ///
    /// let path = std::env::temp_dir().join("nn-fitting.safetensors");
    /// let ten = Ten::init(1);
    /// ten.save(&path)?;
    /// let mut two = Two::init(2);
    /// let fitted = two.load_fitting(&path)?;
    /// assert_eq!(fitted.loaded, ["trunk.weight", "trunk.bias"]);
    /// assert_eq!(fitted.kept, ["output.weight", "output.bias"]);
    /// assert_eq!(two.trunk().weight, ten.trunk().weight);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file is damaged, was not saved by this crate, has a number that is not finite, or has
    /// no fitting tensor. The network is then unchanged.
    fn load_fitting(&mut self, path: impl AsRef<Path>) -> Result<Fitted> {
        let flat = self.parameters_mut().as_mut_slice();
        let (fitted, words) = load_fitting(path.as_ref(), &tensors::<Self>(), flat)?;
        take_words(Self::INFO, self.parameters_mut(), &words);
        Ok(fitted)
    }

    /// Loads the parameters of a PyTorch model: a `state_dict` written by
    /// `safetensors.torch.save_file`, with the names of an `nn.Sequential` of this network's
    /// layers, see [`PyTorch`]. F16 and BF16 are widened.
    ///
    /// The file does not contain activations, their parameters, or an `epsilon` other than 1e-5:
    /// the declaration must state them.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`]. Files of this crate are refused; use [`Checkpoint::load`] for them.
    fn load_pytorch(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_pytorch_with(path, &PyTorch::new())
    }

    /// The same with custom module names.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load_pytorch`]; also if the names do not match the layers one to one.
    fn load_pytorch_with(path: impl AsRef<Path>, options: &PyTorch) -> Result<Self> {
        let path = path.as_ref();
        let loaded = load_pytorch(path, Self::INFO, Self::NAMES, options)?;
        from_loaded(path, &tensors::<Self>(), &loaded)
    }

    /// Saves the parameters for PyTorch's
    /// `model.load_state_dict(safetensors.torch.load_file(path))`: the names are those of an
    /// `nn.Sequential` of this network's layers, see [`PyTorch`], and the weights are `[out, in]`.
    /// The metadata have the names of the [classes](Network::class_names), which PyTorch ignores.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::save`].
    fn save_pytorch(&self, path: impl AsRef<Path>) -> Result<()> {
        self.save_pytorch_with(path, &PyTorch::new())
    }

    /// The same with custom module names.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::save`]; also if the names do not match the layers one to one.
    fn save_pytorch_with(&self, path: impl AsRef<Path>, options: &PyTorch) -> Result<()> {
        let parameters = self.parameters().as_slice();
        save_pytorch(path.as_ref(), Self::INFO, Self::NAMES, parameters, &texts(self), options)
    }
}

/// The metadata texts of a network.
pub(crate) fn texts<N: Network>(network: &N) -> Vec<(&'static str, String)> {
    let words = words_text(N::INFO, network.parameters());
    class_text(network.class_names()).into_iter().chain(words).collect()
}

/// The network with these tensors, loaded from the file at `path`.
fn from_loaded<N: Network>(
    path: &Path,
    tensors: &[NamedTensor],
    loaded: &Loaded<N::Float>,
) -> Result<N> {
    let mut parameters = Parameters::zeroed(N::Layers::LEN);
    loaded.copy_to(path, (N::INFO, tensors), classes::<N>(), &mut parameters)?;
    Ok(N::from_parameters(parameters))
}

impl<N: Network> Checkpoint for N {}

/// The format's name of the type `T`.
fn dtype<T: Float>() -> Result<&'static str> {
    let zero = T::zero();
    let zero: &dyn Any = &zero;
    if zero.is::<f32>() {
        Ok("F32")
    } else if zero.is::<f64>() {
        Ok("F64")
    } else {
        Err(Error::value(
            "float type of a network in a file",
            std::any::type_name::<T>(),
            "f32 or f64",
            "save and load a network of one of these and convert its parameters",
        ))
    }
}

#[cfg(test)]
mod tests;
