//! Reads and writes Keras weights; feature `npy`.

use std::io::Write as _;
use std::path::Path;

use tensor::{Float, Tensor};

use crate::data::npy::{Npy, npz, read_npz};
use crate::error::{Error, Result, quoted};
use crate::file::{check_finite, replace};
use crate::network::{Network, tensors};
use crate::parameters::{NamedTensor, Parameters, TensorKind};

/// Loading a network's parameters from a Keras model, and saving them for one.
pub trait Keras: Network {
    /// The network with the weights that `numpy.savez("weights.npz", *model.get_weights())` wrote
    /// in Python: the arrays of the layers in their order, `arr_0`, `arr_1` and so on.
    ///
    /// | in the declaration | layer of Keras | arrays |
    /// |---|---|---|
    /// | `dense(3 -> 4, relu)` | `Dense(4, "relu")` | kernel `[3, 4]`, bias |
    /// | `dense(3 -> 4, bias = false)` | `Dense(4, use_bias=False)` | kernel |
    /// | `batch_norm(momentum = 0.01, epsilon = 1e-3)` | `BatchNormalization()` | gamma, beta, moving mean, moving variance |
    /// | `layer_norm(epsilon = 1e-3)` | `LayerNormalization()` | gamma, beta |
    /// | `rms_norm` | `RMSNormalization(epsilon=1e-5)` | scale |
    /// | `prelu` | `PReLU()` | alpha |
    /// | `dropout(0.2)` | `Dropout(0.2)` | none |
    ///
    /// The file does not contain activations and options: the declaration does, and must match the
    /// model. (Keras's own `.weights.h5` is HDF5, which is not supported.) Weights have the same
    /// layout as here, so that a square one of Keras's is never taken transposed. A file of PyTorch
    /// weights has another layout and does not fit.
    ///
    /// ```no_run
    /// use nn::keras::Keras as _;
    /// use nn::prelude::*;
    ///
    /// network! { struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
    ///
    /// let digits = Digits::load_keras("weights.npz")?;
    /// # let _: Digits = digits;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged, its arrays do not match the network's tensors,
    /// numbers are not finite, or numbers have 64 bits for a network of `f32`. If the network
    /// begins with an encoder, which Keras does not have.
    fn load_keras(path: impl AsRef<Path>) -> Result<Self> {
        let mut parameters = Parameters::zeroed(Self::INFO.len());
        load(path.as_ref(), Self::NAME, &tensors::<Self>(), parameters.as_mut_slice())?;
        Ok(Self::from_parameters(parameters))
    }

    /// Writes the weights as [`load_keras`](Keras::load_keras) reads them, for a Keras model of the
    /// same layers:
    ///
    /// ```python
    /// arrays = numpy.load("weights.npz")
    /// model.set_weights([arrays[f"arr_{at}"] for at in range(len(arrays))])
    /// ```
    ///
    /// ```
    /// use nn::keras::Keras as _;
    /// use nn::prelude::*;
    ///
    /// network! { struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
    ///
    /// let digits = Digits::<f32>::init(1);
    /// let path = std::env::temp_dir().join("nn-doc-keras.npz");
    /// digits.save_keras(&path)?;
    /// assert_eq!(Digits::load_keras(&path)?.parameters(), digits.parameters());
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be written, a number is not finite, or the network begins with an
    /// encoder, which Keras does not have.
    fn save_keras(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let tensors = tensors::<Self>();
        no_encoder(Self::NAME, &tensors, "saved for")?;
        let flat = self.parameters().as_slice();
        let mut arrays = Vec::with_capacity(tensors.len());
        for (at, tensor) in tensors.iter().enumerate() {
            let numbers = &flat[tensor.range()];
            check_finite(&tensor.name, numbers)?;
            arrays.push((
                format!("arr_{at}"),
                Tensor::from_vec(numbers.to_vec(), &tensor.shape[..])?,
            ));
        }
        npz(arrays.iter().map(|(name, array)| (name, array)))
            .and_then(|bytes| replace(path, |file| file.write_all(&bytes)))
            .map_err(|error| Error::io("write", path, error))
    }
}

impl<N: Network> Keras for N {}

/// Rejects encoders, which Keras has no layer for.
fn no_encoder(name: &str, tensors: &[NamedTensor], to_be: &str) -> Result<()> {
    match tensors.iter().find(|tensor| tensor.kind == TensorKind::Found) {
        None => Ok(()),
        Some(found) => Err(Error::value(
            format!("network {name}, to be {to_be} Keras"),
            format!("tensor {} of an encoder", quoted(&found.name)),
            "layers that Keras has",
            "take the network without its encoder, and prepare rows the same way on both sides",
        )),
    }
}

/// Copies the arrays of a file to the tensors of a network.
fn load<T: Float>(path: &Path, name: &str, tensors: &[NamedTensor], flat: &mut [T]) -> Result<()> {
    no_encoder(name, tensors, "loaded from")?;
    let mut arrays = read_npz(path)?;
    // A zip archive may list them in any order.
    arrays.sort_by_key(|(name, _)| number(name));
    for (at, (array, _)) in arrays.iter().enumerate() {
        if number(array) != Some(at) {
            return Err(Error::file(
                path,
                "names of the arrays",
                quoted(array),
                format!("`arr_{at}`"),
                "write the file by `numpy.savez(\"weights.npz\", *model.get_weights())`",
            ));
        }
    }
    if arrays.len() != tensors.len() {
        return Err(Error::file(
            path,
            "arrays",
            arrays.len().to_string(),
            format!("{}, one for each tensor of {name}", tensors.len()),
            "declare the layers that the model has, with their norms and without biases that it \
             does not have",
        ));
    }
    for (tensor, (array, numbers)) in tensors.iter().zip(&arrays) {
        flat[tensor.range()].copy_from_slice(&taken(path, array, tensor, numbers)?);
    }
    Ok(())
}

/// The number 7 of the name `arr_7`.
fn number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("arr_")?;
    digits.parse().ok().filter(|number: &usize| number.to_string() == digits)
}

/// The numbers of an array, for a tensor.
fn taken<T: Float>(
    path: &Path,
    array: &str,
    tensor: &NamedTensor,
    numbers: &Npy,
) -> Result<Vec<T>> {
    let (shape, expected) = (numbers.shape(), &tensor.shape[..]);
    let what = |of: &str| format!("{of} of array {}, for {}", quoted(array), quoted(&tensor.name));
    if shape != expected {
        let advice = match shape.iter().rev().eq(expected) {
            true => "this is transposed, as in PyTorch: load its file by `load_pytorch`",
            false => "declare the layers in the order and with the widths of the model",
        };
        let (found, expected) = (format!("{shape:?}"), format!("{expected:?}"));
        return Err(Error::file(path, what("shape"), found, expected, advice));
    }
    let is_single = size_of::<T>() == size_of::<f32>();
    if !(numbers.kind() == "f4" || (numbers.kind() == "f8" && !is_single)) {
        return Err(Error::file(
            path,
            what("element type"),
            quoted(numbers.kind()),
            if is_single { "`f4`" } else { "`f4` or `f8`" },
            "write the arrays by `array.astype(\"float32\")`, or load them into a network of `f64`",
        ));
    }
    let values = numbers.tensor::<T>()?.to_vec();
    check_finite(&tensor.name, &values)?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_counted_as_numpy_counts_them() {
        assert_eq!(number("arr_0"), Some(0));
        assert_eq!(number("arr_12"), Some(12));
        for name in ["arr_", "arr_01", "arr_-1", "arr_+1", "kernel", "arr_99999999999999999999"] {
            assert_eq!(number(name), None, "{name}");
        }
    }
}
