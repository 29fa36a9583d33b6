//! Parameters on disk, in the safetensors format that Python and the other frameworks read.
//!
//! A file is: the length of the header in eight bytes, least significant first; the header, a JSON
//! object with the type, the shape and the place of every tensor and a map of texts; the elements,
//! also least significant byte first.

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
pub(crate) use load::{Content, load, load_all, load_all_bytes};
#[cfg(test)]
pub(super) use load::{Loaded, load_bytes};
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

/// A network that is written to a file and read from one.
pub trait Checkpoint: Network {
    /// Writes the parameters to a safetensors file that [`Checkpoint::load`], Python and the other
    /// frameworks can read: a tensor for each weight and bias, named `hidden.weight` and so on, `[in, out]`. The names of the
    /// [classes](Network::class_names) and the [words](Network::known_words) of its columns are among its metadata.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, a parameter is not a finite number, or an [encoder](crate::layer::encoder) stands in
    /// front that was never adapted. A file that was there before stays as it was.
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

    /// The network saved at `path`, or an error and no network.
    ///
    /// Numbers of fewer bits become the network's: F16 and BF16 in a network of `f32`, these and F32 in one of `f64`.
    /// A file whose metadata do not say that this crate saved it must have weights that are `[in, out]`; if
    /// one of them is square, its shape does not say so, and [`Checkpoint::load_as`] does.
    ///
    /// No more is read than the network needs, and a header of at most 16 MiB.
    ///
    /// # Errors
    ///
    /// If the file is no safetensors file, lacks a tensor, has one too many, or one of another shape or
    /// type, or one with numbers that are not finite, or was saved by a network of another architecture. The
    /// message names the tensor, what was found and what was expected.
    fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, LoadOptions::new())
    }

    /// The network in a file that another program wrote, whose weights have this layout: with [`Layout::OutIn`], as
    /// PyTorch has it, two-dimensional weights are transposed.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`]; also if the file's metadata say another layout.
    fn load_as(path: impl AsRef<Path>, layout: Layout) -> Result<Self> {
        Self::load_with(path, LoadOptions::new().layout(layout))
    }

    /// The network at `path`, read as the options say.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load_as`].
    fn load_with(path: impl AsRef<Path>, options: LoadOptions) -> Result<Self> {
        let (path, tensors) = (path.as_ref(), tensors::<Self>());
        let loaded = load(path, declaration::<Self>().as_str(), &tensors, options)?;
        let mut parameters = arranged(&tensors, &loaded.tensors, Self::Layers::LEN);
        if let Some(names) = loaded.class_names(path, classes::<Self>())? {
            parameters.name_classes(names);
        }
        parameters.set_words(loaded.words(path, Self::INFO, parameters.as_slice())?);
        Ok(Self::from_parameters(parameters))
    }

    /// Takes what fits from a file that another network saved: every tensor that has the same name and shape there. The rest
    /// stays as it is, and the answer says which is which. For fine-tuning, together with [`Fit::freeze`](crate::Fit::freeze)
    /// and [`Fit::rate`](crate::Fit::rate): see the example `fine_tune`.
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
    /// If the file is damaged, was not saved by this crate, has a number that is not finite, or nothing of it fits; the network
    /// is then as it was.
    fn load_fitting(&mut self, path: impl AsRef<Path>) -> Result<Fitted> {
        let flat = self.parameters_mut().as_mut_slice();
        let (fitted, words) = load_fitting(path.as_ref(), &tensors::<Self>(), flat)?;
        take_words(Self::INFO, self.parameters_mut(), &words);
        Ok(fitted)
    }

    /// The network with the parameters of a PyTorch model: a `state_dict` that `safetensors.torch.save_file` wrote, with
    /// the names of an `nn.Sequential` that has this network's layers: see [`PyTorch`]. F16 and BF16 are widened.
    ///
    /// What the file does not have is the declaration's to say: activations and their numbers, and an `epsilon` other
    /// than 1e-5.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`], which a file of this crate is for.
    fn load_pytorch(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_pytorch_with(path, &PyTorch::new())
    }

    /// The same with names of your own.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load_pytorch`]; if the names are not one for each layer.
    fn load_pytorch_with(path: impl AsRef<Path>, options: &PyTorch) -> Result<Self> {
        let loaded = load_pytorch(path.as_ref(), Self::INFO, Self::NAMES, options)?;
        Ok(Self::from_parameters(arranged(&tensors::<Self>(), &loaded, Self::Layers::LEN)))
    }

    /// Writes the parameters as PyTorch has them, for
    /// `model.load_state_dict(safetensors.torch.load_file(path))`: the names are those of an `nn.Sequential` with this
    /// network's layers, see [`PyTorch`], and the weights are `[out, in]`.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::save`].
    fn save_pytorch(&self, path: impl AsRef<Path>) -> Result<()> {
        self.save_pytorch_with(path, &PyTorch::new())
    }

    /// The same with names of your own.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::save`]; if the names are not one for each layer.
    fn save_pytorch_with(&self, path: impl AsRef<Path>, options: &PyTorch) -> Result<()> {
        let parameters = self.parameters().as_slice();
        save_pytorch(path.as_ref(), Self::INFO, Self::NAMES, parameters, options)
    }
}

/// The texts of a network that a file has.
pub(crate) fn texts<N: Network>(network: &N) -> Vec<(&'static str, String)> {
    let words = words_text(N::INFO, network.parameters());
    class_text(network.class_names()).into_iter().chain(words).collect()
}

/// The tensors of a file in a flat buffer of this length.
fn arranged<T: Float>(tensors: &[NamedTensor], values: &[Vec<T>], len: usize) -> Parameters<T> {
    let mut parameters = Parameters::zeroed(len);
    for (tensor, values) in tensors.iter().zip(values) {
        parameters.as_mut_slice()[tensor.range()].copy_from_slice(values);
    }
    parameters
}

impl<N: Network> Checkpoint for N {}

/// What the file calls the type `T`.
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
