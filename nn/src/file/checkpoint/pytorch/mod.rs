//! PyTorch's parameter files: the names and layout of their tensors.
//!
//! Such a file is a `state_dict` in the safetensors format, written by
//! `safetensors.torch.save_file`. It does not contain activations, options and widths; the
//! declaration states them.

mod names;
mod numbering;

use std::path::Path;

use tensor::Float;

use super::load::{File, Loaded, Origin, read_all};
use super::save::{Counter, VERSION, metadata, save_with};
use super::source::Source;
use super::{Layout, LoadOptions, dtype};
use crate::error::{Error, Result, quoted};
use crate::layer::Info;
use crate::words::CLASS_NAMES;
use names::Twins;

/// Options for PyTorch's parameter files: the module names of a network's layers, and rounding.
///
/// ```
/// use nn::PyTorch;
/// use nn::prelude::*;
///
/// network! { struct Digits { hidden: dense(784 -> 128, relu), output: dense(10, softmax) } }
///
/// let path = std::env::temp_dir().join("nn-doc-digits-pytorch.safetensors");
/// let options = PyTorch::new().modules([("hidden", "fc1"), ("output", "classifier.head")]);
/// Digits::init(1).save_pytorch_with(&path, &options)?; // `fc1.weight`, `[128, 784]`, and so on
/// let digits = Digits::load_pytorch_with(&path, &options)?;
/// # assert_eq!(digits.parameters(), <Digits>::init(1).parameters());
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), nn::Error>(())
/// ```
///
/// # The names of `nn.Sequential`
///
/// Without [`modules`](PyTorch::modules), the network is an `nn.Sequential` with these modules in
/// the order of its layers:
///
/// | in the declaration | modules | tensors of module `0` |
/// |---|---|---|
/// | `dense(3 -> 4)` | `nn.Linear(3, 4)` | `0.weight` `[4, 3]`, `0.bias` |
/// | `dense(3 -> 4, relu)`, any activation but `linear` and `identity` | `nn.Linear(3, 4)`, `nn.ReLU()` | the same |
/// | `dense(3 -> 4, bias = false)` | `nn.Linear(3, 4, bias=False)` | `0.weight` |
/// | `dropout(0.2)` | `nn.Dropout(0.2)` | none |
/// | `layer_norm` | `nn.LayerNorm(n)` | `0.weight`, `0.bias` |
/// | `batch_norm` | `nn.BatchNorm1d(n)` | `0.weight`, `0.bias`, `0.running_mean`, `0.running_var`, `0.num_batches_tracked` |
/// | `rms_norm` | `nn.RMSNorm(n, eps=1e-5)` | `0.weight` |
/// | `prelu` | `nn.PReLU(n)` | `0.weight` |
/// | `layer_scale` | one module | `0.weight` |
/// | `input(4)` | `nn.Identity()` | none |
/// | a network's path | `nn.Sequential(…)` | `0.0.weight` … |
/// | `residual(…)` | one module with its layers as items, such as [`Residual`](#modules-that-pytorch-lacks) | `0.0.weight` … |
/// | `concat(…)`, `heads(…)` | one module with an `nn.Sequential` for each branch | `0.0.0.weight`, `0.1.0.weight` … |
/// | a custom layer | one module | its tensors by their own names, two-dimensional weights transposed |
///
/// The last layer's `softmax` or `sigmoid` has no tensor and is not counted. A repeated layer is
/// counted as often as it is repeated. `num_batches_tracked` is optional and ignored when loading;
/// it is saved as 0.
///
/// # Modules that PyTorch lacks
///
/// ```python
/// class Residual(nn.Sequential):
///     def forward(self, x):
///         return x + super().forward(x)
///
/// # Concat([nn.Sequential(…), nn.Sequential(nn.Identity())], [784, 4])
/// class Concat(nn.ModuleList):
///     def __init__(self, branches, widths):
///         super().__init__(branches)
///         self.widths = widths
///     def forward(self, x):
///         parts = x.split(self.widths, -1)
///         return torch.cat([branch(part) for branch, part in zip(self, parts)], -1)
///
/// # Heads([nn.Sequential(…), nn.Sequential(…)])
/// class Heads(nn.ModuleList):
///     def forward(self, x):
///         return torch.cat([branch(x) for branch in self], -1)
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PyTorch {
    modules: Option<Vec<(String, String)>>,
    narrow: bool,
}

impl PyTorch {
    /// The names of `nn.Sequential`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the PyTorch module of each layer with parameters. Layers are named as in
    /// [`summary`](crate::Architecture::SUMMARY); a module is named without the tensor and the dot
    /// before it.
    pub fn modules<L: Into<String>, M: Into<String>>(
        self,
        modules: impl IntoIterator<Item = (L, M)>,
    ) -> Self {
        let modules = modules.into_iter().map(|(layer, module)| (layer.into(), module.into()));
        PyTorch { modules: Some(modules.collect()), ..self }
    }

    /// Allows F64 to be rounded to the nearest `f32` for a network of `f32`. A number too large for
    /// `f32` is an error.
    pub fn narrow(self) -> Self {
        PyTorch { narrow: true, ..self }
    }
}

/// The PyTorch file at `path`, tensor by tensor in the order of the flat buffer, with the names of
/// classes that [`save_pytorch`] wrote.
pub(crate) fn load_pytorch<T: Float>(
    path: &Path,
    info: &Info,
    names: &[&str],
    options: &PyTorch,
) -> Result<Loaded<T>> {
    dtype::<T>()?;
    let twins = Twins::of(info, names, options.modules.as_deref())?;
    let (source, header) = Source::open(path)?;
    let keys = ["architecture", CLASS_NAMES, "format", VERSION];
    let mut file = File::parse(path, &header, source.data, &keys)?;
    file.refuse_ours()?;
    for name in &twins.counters {
        file.drop_counter(name)?;
    }
    file.check_names(&twins.theirs, Origin::PyTorch)?;
    let of_pytorch = LoadOptions { layout: Some(Layout::OutIn), narrow: options.narrow };
    let elements =
        twins.theirs.iter().map(|tensor| file.elements::<T>(tensor, Origin::PyTorch, of_pytorch));
    let elements: Vec<_> = elements.collect::<Result<_>>()?;
    let tensors = read_all(path, source, file.length, &elements)?;
    let ours = file.texts.contains_key(VERSION);
    Ok(file.loaded(tensors, ours))
}

/// Saves these parameters for PyTorch, with texts of the model, each under its key.
pub(crate) fn save_pytorch<T: Float>(
    path: &Path,
    info: &Info,
    names: &[&str],
    parameters: &[T],
    texts: &[(&str, String)],
    options: &PyTorch,
) -> Result<()> {
    let twins = Twins::of(info, names, options.modules.as_deref())?;
    let tensors = twins.theirs.iter().map(|tensor| {
        let values = &parameters[tensor.range()];
        match tensor.is_matrix() {
            false => (tensor.name.clone(), tensor.shape.clone(), values.to_vec()),
            true => {
                let [rows, columns] = [tensor.shape[0], tensor.shape[1]];
                let turned = (0..columns).flat_map(|j| (0..rows).map(move |i| i * columns + j));
                let turned = turned.map(|at| values[at]).collect();
                (tensor.name.clone(), vec![columns, rows], turned)
            }
        }
    });
    let tensors: Vec<(String, Vec<usize>, Vec<T>)> = tensors.collect();
    let tensors: Vec<_> = tensors
        .iter()
        .map(|(name, shape, values)| (name.clone(), shape.clone(), &values[..]))
        .collect();
    let counters: Vec<Counter> = twins.counters.into_iter().map(Counter).collect();
    // PyTorch's own tools write and recognize the format, and ignore other metadata.
    save_with(path, &metadata(&[("format", "pt")], texts), &tensors, &counters)
}

impl File<'_> {
    /// Refuses files of this crate, whose tensors have the network's own names and layout.
    fn refuse_ours(&self) -> Result<()> {
        let format = self.texts.get("format").filter(|format| format.starts_with("nn-"));
        let Some(found) = format.or(self.texts.get("architecture")) else { return Ok(()) };
        let field = if format.is_some() { "format" } else { "architecture" };
        Err(Error::file(
            self.path,
            field,
            quoted(found),
            "a file of PyTorch's parameters, without metadata of this crate",
            "the file was written by `save`: load it with `load`",
        ))
    }

    /// Removes PyTorch's counter of batches, if present.
    fn drop_counter(&mut self, name: &str) -> Result<()> {
        let Some(entry) = self.tensors.remove(name) else { return Ok(()) };
        let (found, shape) = (entry.dtype.text(), entry.shape());
        if found == "I64" && shape.is_empty() {
            return Ok(());
        }
        Err(Error::file(
            self.path,
            format!("tensor {}", quoted(name)),
            format!("{found} {shape:?}"),
            "I64 [], the number of batches that a batch norm of PyTorch has counted",
            "write the file without this tensor, it is not needed",
        ))
    }
}
