//! Networks whose widths are known only at run time, in the notation of
//! [`network!`](crate::network!).
//!
//! | file | |
//! |---|---|
//! | `build` | from the checked notation to layers |
//! | `registry` | names that a text can use beyond the words of the notation |
//! | `part` | the layers, in a tree of the same form as a declared network's type |
//! | `head` | the last layer's output function, and the loss |
//! | `classes` | predicted classes by name |
//! | `loss` | a loss other than the head's default |
//! | `columns` | tables: the columns before the layers, and the target |
//! | `measure` | metrics |
//! | `activation` | one of the activations, chosen at run time |
//! | `plan` | a description of the layers, for tables, files and pictures |
//! | `network` | all of that together |
//! | `driver` | training |
//! | `residuals` | the interface to Levenberg–Marquardt |

mod activation;
mod build;
mod classes;
mod columns;
mod driver;
mod head;
mod loss;
mod measure;
mod network;
mod part;
mod plan;
mod registry;
mod residuals;

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tensor::product::{TILE_ROWS, rows_per_thread};
use tensor::threads::Threads;
use tensor::{Buffer, Float};

#[cfg(feature = "table")]
pub use columns::LeftOut;
pub use driver::DynamicWorkspace;
pub use loss::DynamicLoss;
pub use registry::Registry;

use crate::data::Source;
use crate::error::{Error, Result, quoted};
use crate::file::{
    LoadOptions, Loaded, PyTorch, load, load_all, load_pytorch, save_pytorch, save_with_texts,
};
use crate::layer::{Pass, Workspace};
use crate::metric::Metrics;
use crate::model::Model;
use crate::network::{Described, Units, WORTH_A_THREAD};
use crate::parameters::Parameters;
use crate::picture::picture;
use columns::Target;
use network::Network;

/// A network that is read at run time: from a command line, a file, a search.
///
/// It has the notation, the checks, the formulas, the bits and the files of a declared network.
/// Where the compiler reports an error in a declaration, [`Dynamic::parse`] returns an
/// [`Error::Notation`]. Row widths, which the type of a declared network fixes, are checked once,
/// before the rows are used. [`fit`](crate::fit) and [`Trainer`](crate::Trainer) train it.
///
/// Rows are numbers one after the other: the [`flat`](crate::data::Dataset::flat) form of a
/// [`Dataset`](crate::data::Dataset) of arrays or classes, or a
/// [`FlatDataset`](crate::data::FlatDataset), whose widths are also known only at run time.
///
/// ```
/// use nn::data::{Class, Dataset};
/// use nn::{Dynamic, Show, fit};
///
/// let hidden = 8; // from the command line, say
/// let mut xor: Dynamic =
///     Dynamic::parse_with("dense(2 -> hidden, tanh), dense(2, softmax)", &[("hidden", hidden)])?
///         .init(1);
///
/// let inputs = vec![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let data = Dataset::new(inputs, Class::<2>::from_labels(&[0, 1, 1, 0])?)?;
/// fit(&mut xor, &data.flat())
///     .epochs(200)
///     .batch_size(4)
///     .learning_rate(0.05)
///     .show(Show::Nothing)
///     .run()?;
/// assert!(xor.predict(&[1.0, 0.0])?[1] > 0.9);
///
/// let mistake = Dynamic::<f32>::parse("dense(2 -> 8, tanh), dense(7 -> 2, softmax)").unwrap_err();
/// assert!(
///     mistake
///         .to_string()
///         .starts_with("layer `layer2` takes 7 inputs but layer `layer1` gives 8 outputs")
/// );
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone)]
pub struct Dynamic<T: Float = f32> {
    network: Arc<Network<T>>,
    parameters: Parameters<T>,
    /// A text set by the user, which is saved in files.
    about: String,
}

impl<T: Float> Dynamic<T> {
    /// The network that a text declares, initialized with seed 0.
    ///
    /// # Errors
    ///
    /// If anything in the text is wrong. The error lists all mistakes, each with its line and
    /// characters.
    pub fn parse(text: &str) -> Result<Self> {
        Registry::new().parse(text)
    }

    /// The same with names for some widths.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::parse`].
    pub fn parse_with(text: &str, widths: &[(&str, usize)]) -> Result<Self> {
        let mut registry = Registry::new();
        for &(name, width) in widths {
            registry.number(name, width as f64);
        }
        registry.parse(text)
    }

    /// The network that a file declares, initialized with seed 0.
    ///
    /// # Errors
    ///
    /// If the file cannot be read; as [`Dynamic::parse`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Registry::new().read(path)
    }

    fn of(network: Network<T>) -> Self {
        let parameters = Parameters::zeroed(network.part.len);
        Dynamic { network: Arc::new(network), parameters, about: String::new() }.init(0)
    }

    /// The network for tables that a file contains, complete with its columns, vocabulary, layers
    /// and parameters.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is damaged, or contains a network that was not made for tables.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let wrong = |what: &str, found: String, expected: &str| {
            Error::file(
                path,
                what,
                found,
                expected,
                "give a file that a network for tables has saved",
            )
        };
        let (mut texts, _) = load_all::<T>(path, &["notation", "target", "about"])?;
        let Some(notation) = texts.remove("notation") else {
            return Err(wrong(
                "metadata",
                "no `notation`".to_owned(),
                "a network with columns of a table",
            ));
        };
        let mut network = Self::parse(&notation)?.load(path)?;
        if let Some(line) = texts.remove("target") {
            let Some(target) = Target::parse(&line) else {
                return Err(wrong(
                    "target",
                    quoted(&line),
                    "the name of a column, and what it holds",
                ));
            };
            network = network.with_target(target)?;
        }
        network.about = texts.remove("about").unwrap_or_default();
        Ok(network)
    }

    /// The same network with this target.
    fn with_target(&self, target: Target) -> Result<Self> {
        let mut network = Network::clone(&self.network);
        target.check(&network.head)?;
        let names = target.class_names()?;
        if let Some(front) = &mut network.front {
            front.target = Some(target);
        }
        let mut predicting = Dynamic { network: Arc::new(network), ..self.clone() };
        if let Some(names) = names {
            predicting.parameters.name_classes(names);
        }
        Ok(predicting)
    }

    /// The columns of a table as the network uses them, as a text; `None` if it was not made for
    /// tables.
    pub fn columns(&self) -> Option<String> {
        Some(self.network.front.as_ref()?.to_string())
    }

    /// The text that [`Dynamic::set_about`] has set, which is saved in the network's files; empty
    /// at first.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Sets a text that is saved with the network, such as the origin of the data.
    pub fn set_about(&mut self, about: impl Into<String>) {
        self.about = about.into();
    }

    /// Mean and standard deviation of the target.
    fn units(&self) -> Option<Units<T>> {
        Some(Units::at(self.parameters(), self.network.place_of_units()?))
    }

    /// The same network with the initial weights of this seed: those of a declared network with the
    /// same layers.
    #[must_use]
    pub fn init(mut self, seed: u64) -> Self {
        let asked = self.units();
        // Zeros first, since layers do not write the gaps. Class names are not weights, and are
        // unchanged.
        self.parameters.as_mut_slice().fill(T::zero());
        let parameters = self.parameters.as_mut_slice();
        self.network.part.init(parameters, seed, &mut 0);
        if let (Some(place), Some(units)) = (self.network.place_of_units(), asked) {
            // The requested target options are not weights, and are written again.
            units.ask_again(parameters, place);
        }
        self
    }

    /// The same network, which predicts the logarithm of its target and outputs the target itself:
    /// see [`Tabular::log_target`](crate::Tabular::log_target).
    ///
    /// # Errors
    ///
    /// If the network does not begin with columns of a table, or does not end in one number.
    pub fn log_target(mut self) -> Result<Self> {
        let place = self.place_of_target()?;
        Units::ask_for_log(self.parameters.as_mut_slice(), place);
        Ok(self)
    }

    /// The same network with outputs clamped between the least and the largest target of the
    /// training rows.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::log_target`].
    pub fn clamp_target(mut self) -> Result<Self> {
        let place = self.place_of_target()?;
        Units::ask_for_clamp(self.parameters.as_mut_slice(), place);
        Ok(self)
    }

    fn place_of_target(&self) -> Result<usize> {
        self.network.place_of_units().ok_or_else(|| {
            Error::value(
                format!("network {} whose target has units", quoted(&self.network.name)),
                self.declaration(),
                "columns of a table first, and one number at the end",
                "begin it with `columns { … }` and end it with `dense(1)`",
            )
        })
    }

    /// Inputs per row.
    pub fn inputs(&self) -> usize {
        self.network.part.inputs
    }

    /// Outputs per row.
    pub fn outputs(&self) -> usize {
        self.network.part.outputs
    }

    /// Numbers per target: 1, the class, for a softmax; otherwise one per output.
    pub fn targets(&self) -> usize {
        self.network.head.targets()
    }

    /// The number of trained parameters.
    pub fn params(&self) -> usize {
        self.network.info.params()
    }

    /// Multiplications and additions in the matrix products of one prediction.
    pub fn flops(&self) -> usize {
        self.network.info.flops()
    }

    /// All parameters, gaps between tensors included.
    pub fn parameters(&self) -> &[T] {
        self.parameters.as_slice()
    }

    /// A table of the layers with their sizes.
    pub fn summary(&self) -> String {
        self.network.summary()
    }

    /// The layers as a declaration writes them, with all widths.
    pub fn declaration(&self) -> String {
        self.network.declaration()
    }

    /// A diagram of the network as an SVG document: see [`Picture::svg`](crate::Picture::svg).
    pub fn svg(&self) -> String {
        let Network { name, names, info, head_info, .. } = &*self.network;
        picture(name, names, info, head_info)
    }

    /// The outputs for some rows, `[rows, outputs]`, computed by all threads of the process.
    ///
    /// # Errors
    ///
    /// If the number of inputs is not a multiple of the row width.
    pub fn predict(&self, inputs: &[T]) -> Result<Vec<T>> {
        self.predict_by(inputs, &Threads::all())
    }

    /// [`Dynamic::predict`] on the given threads.
    ///
    /// # Errors
    ///
    /// If the number of inputs is not a multiple of the row width.
    pub fn predict_by(&self, inputs: &[T], threads: &Threads) -> Result<Vec<T>> {
        let width = self.inputs();
        if !inputs.len().is_multiple_of(width) {
            return Err(Error::value(
                format!("inputs of {}", self.network.name),
                format!("{} numbers", inputs.len()),
                format!("{width} for each row"),
                "give whole rows, one after the other",
            ));
        }
        self.check_adapted()?;
        let mut outputs = self.logits_by(inputs, threads);
        self.network.head.activate(&mut outputs);
        if let Some(units) = self.units() {
            units.own(&mut outputs);
        }
        Ok(outputs)
    }

    /// The last layer's values for some rows, before the head's function.
    fn logits_by(&self, inputs: &[T], threads: &Threads) -> Vec<T> {
        let (inputs_width, outputs_width) = (self.inputs(), self.outputs());
        let rows = inputs.len() / inputs_width;
        let worth = WORTH_A_THREAD.div_ceil(self.flops().max(1)).next_multiple_of(TILE_ROWS);
        let part = rows_per_thread(rows, threads).max(worth);
        let mut outputs = vec![T::zero(); rows * outputs_width];
        let parts =
            inputs.chunks(part * inputs_width).zip(outputs.chunks_mut(part * outputs_width));
        threads.for_each(parts, |(inputs, outputs)| {
            let mut outputs = &mut outputs[..];
            self.for_portions(inputs, |_, workspaces| {
                let logits = self.network.part.outputs(workspaces);
                if let Some(into) = outputs.split_off_mut(..logits.len()) {
                    into.copy_from_slice(logits);
                }
            });
        });
        outputs
    }

    /// Encodes raw rows, if there is an encoder.
    fn encoded(&self, raw: &[T]) -> Vec<T> {
        let mut encoded = vec![T::zero(); raw.len()];
        self.network.part.encode(self.parameters(), raw, &mut encoded);
        encoded
    }

    /// Calls `see` with encoded rows and their workspaces, some dozen rows at a time.
    fn for_portions(&self, inputs: &[T], mut see: impl FnMut(&[T], &[Workspace<'_, T>])) {
        const PORTION: usize = 64;
        let (network, width) = (&*self.network, self.inputs());
        let rows = PORTION.min(inputs.len() / width);
        let mut memory = Buffer::stale(network.workspace_len(rows));
        for inputs in inputs.chunks(PORTION * width) {
            let (rows, mut memory) = (inputs.len() / width, &mut memory[..]);
            let sizes = network.sizes.iter();
            let workspaces =
                sizes.map(|&(outputs, extra)| Workspace::take(&mut memory, rows, outputs, extra));
            let mut workspaces: Vec<Workspace<'_, T>> = workspaces.collect();
            let encoded = if network.part.encodes { self.encoded(inputs) } else { Vec::new() };
            let x = if network.part.encodes { &encoded } else { inputs };
            network.part.forward(self.parameters(), x, &mut workspaces, Pass::Evaluation);
            see(x, &workspaces);
        }
    }

    /// Rejects an input that is not exactly one row.
    fn check_row(&self, input: &[T]) -> Result<()> {
        if input.len() == self.inputs() {
            return Ok(());
        }
        Err(Error::value(
            format!("input of {}", self.network.name),
            format!("{} numbers", input.len()),
            format!("{}, which are one row", self.inputs()),
            "give one row",
        ))
    }

    /// The output of every layer for one row, by name. A repeated layer is listed once per
    /// repetition.
    ///
    /// # Errors
    ///
    /// If the input is not one row.
    pub fn activations(&self, input: &[T]) -> Result<Vec<(String, Vec<T>)>> {
        self.check_row(input)?;
        self.check_adapted()?;
        let mut answers = Vec::new();
        self.for_portions(input, |x, workspaces| {
            self.network.part.trace(x, workspaces, &mut |y| answers.push(y.to_vec()));
        });
        if let Some(last) = answers.last_mut() {
            self.network.head.activate(last);
            if let Some(units) = self.units() {
                units.own(last);
            }
        }
        let names = self.network.steps.iter().flat_map(|(name, count)| vec![name.clone(); *count]);
        Ok(names.zip(answers).collect())
    }

    /// Loss and accuracy on `data`.
    ///
    /// # Errors
    ///
    /// If there are no rows, they have other widths, or one is not allowed.
    pub fn evaluate(&self, data: &dyn Source<T, T>) -> Result<Metrics> {
        self.validate(data, &mut DynamicLoss::default(), &Threads::all())
    }

    /// Writes the parameters to a safetensors file, in the format that a declared network with
    /// these layers writes and reads.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or a parameter is not a finite number.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.check_adapted()?;
        let tensors = self.network.tensors.iter().map(|tensor| {
            (tensor.name.clone(), tensor.shape.clone(), &self.parameters()[tensor.range()])
        });
        let tensors: Vec<_> = tensors.collect();
        let (name, declaration) = (&self.network.name, self.declaration());
        save_with_texts(path.as_ref(), name, &declaration, &self.texts(), &tensors)
    }

    /// The same network with the parameters of a file, which a declared network may have written.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`](crate::Checkpoint::load).
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Self> {
        let (architecture, expected) = (self.declaration(), &self.network.tensors);
        let path = path.as_ref();
        let file = load::<T>(path, &architecture, expected, LoadOptions::new())?;
        self.with_loaded(path, &file)
    }

    /// The same network with the content of the file at `path`.
    fn with_loaded(&self, path: &Path, file: &Loaded<T>) -> Result<Self> {
        let (mut loaded, network) = (self.clone(), &self.network);
        let of = (network.info, &network.tensors[..]);
        file.copy_to(path, of, self.classes(), &mut loaded.parameters)?;
        Ok(loaded)
    }

    /// The same network with the values of these tensors, in their order.
    #[cfg(feature = "onnx")]
    pub(crate) fn with(&self, values: &[Vec<T>]) -> Self {
        let mut loaded = self.clone();
        for (tensor, values) in self.network.tensors.iter().zip(values) {
            loaded.parameters.as_mut_slice()[tensor.range()].copy_from_slice(values);
        }
        loaded
    }

    /// The same network with the parameters of a PyTorch model: see
    /// [`Checkpoint::load_pytorch`](crate::Checkpoint::load_pytorch).
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load_pytorch`](crate::Checkpoint::load_pytorch).
    pub fn load_pytorch(&self, path: impl AsRef<Path>) -> Result<Self> {
        self.load_pytorch_with(path, &PyTorch::new())
    }

    /// The same with custom names.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::load_pytorch`]. If there is not one name for each layer.
    pub fn load_pytorch_with(&self, path: impl AsRef<Path>, options: &PyTorch) -> Result<Self> {
        let Network { info, names, .. } = &*self.network;
        let path = path.as_ref();
        self.with_loaded(path, &load_pytorch(path, info, names, options)?)
    }

    /// Writes the parameters in PyTorch's format: see
    /// [`Checkpoint::save_pytorch`](crate::Checkpoint::save_pytorch).
    ///
    /// # Errors
    ///
    /// As [`Dynamic::save`].
    pub fn save_pytorch(&self, path: impl AsRef<Path>) -> Result<()> {
        self.save_pytorch_with(path, &PyTorch::new())
    }

    /// The same with custom names.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::save`]. If there is not one name for each layer.
    pub fn save_pytorch_with(&self, path: impl AsRef<Path>, options: &PyTorch) -> Result<()> {
        let Network { info, names, .. } = &*self.network;
        save_pytorch(path.as_ref(), info, names, self.parameters(), &self.texts(), options)
    }
}

impl<T: Float> Dynamic<T> {
    /// The parts of the network, for export to other formats.
    pub(crate) fn described(&self) -> Described<'_, T> {
        let Network { name, info, names, head_info: heads, .. } = &*self.network;
        let (declaration, parameters) = (self.declaration(), self.parameters());
        let (words, units) = (self.parameters.words(), self.network.place_of_units());
        Described { name, declaration, info, names, heads, parameters, words, units }
    }
}

impl<T: Float> Registry<T> {
    /// The network that a text declares, initialized with seed 0, with the registered names.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::parse`]. If the text uses a name that is not registered.
    pub fn parse(&self, text: &str) -> Result<Dynamic<T>> {
        Ok(Dynamic::of(build::network(text, None, self)?))
    }

    /// The same for a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read; as [`Registry::parse`].
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Dynamic<T>> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
        let file = path.display().to_string();
        Ok(Dynamic::of(build::network(&text, Some(&file), self)?))
    }
}

/// As for a declared network: `Digits { layers: 2, parameters: 101770 }`.
impl<T: Float> fmt::Debug for Dynamic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(&self.network.name)
            .field("layers", &self.network.info.count())
            .field("parameters", &self.params())
            .finish()
    }
}
