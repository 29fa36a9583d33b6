//! The state of a trainer, as a value and as a file.

use std::path::Path;

use tensor::Float;

use super::memory::Memory;
use super::model::Model;
use super::trainer::Trainer;
use crate::error::{Error, Result, quoted};
use crate::file::{load_all, save_all};
use crate::optim::Optimizer;

/// The state of a [`Trainer`], apart from the model and the trainer's own settings.
/// [`Trainer::state`] returns it, [`Trainer::restore`] sets it; a training then continues with the
/// same bits.
///
/// ```
/// use nn::{Adam, Network, Trainer, network};
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// let (x, t) = ([[0.0], [1.0]], [[1.0], [3.0]]);
/// let mut line = Line::init(1);
/// let mut trainer = Trainer::new(Adam::new(0.1));
/// trainer.step(&mut line, &x, &t)?;
///
/// let (mut again, state) = (line.clone(), trainer.state());
/// let mut resumed = Trainer::new(Adam::new(0.1));
/// resumed.restore(&again, &state)?;
/// trainer.step(&mut line, &x, &t)?;
/// resumed.step(&mut again, &x, &t)?;
/// assert_eq!(line.parameters(), again.parameters());
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrainerState<T> {
    /// The optimizer's name.
    pub optimizer: String,
    /// Number of steps taken.
    pub steps: u64,
    /// Seed of random choices.
    pub seed: u64,
    /// The factor on the learning rate.
    pub rate: f64,
    /// The optimizer's state; empty before the first step.
    pub memory: Vec<NamedBuffer<T>>,
}

/// A named buffer of numbers of any shape.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedBuffer<T> {
    /// Name of the tensor and of the stored value: `hidden.weight.mean`.
    pub name: String,
    /// Usually the tensor's shape.
    pub shape: Vec<usize>,
    /// The numbers, row by row.
    pub values: Vec<T>,
}

/// Keys of the file's metadata.
const KEYS: [&str; 5] = ["format", "optimizer", "steps", "seed", "rate"];
/// Value of `format`.
const FORMAT: &str = "nn-trainer-1";

impl<T: Float> TrainerState<T> {
    /// Writes the state to a safetensors file: one tensor per buffer, and the numbers as metadata.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or a number is not finite. An existing file is then
    /// unchanged.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let [steps, seed] = [self.steps, self.seed].map(|number| number.to_string());
        let rate = self.rate.to_string(); // enough digits to restore the same number
        let values = [FORMAT, &self.optimizer, &steps, &seed, &rate];
        let texts: Vec<(&str, &str)> = KEYS.into_iter().zip(values).collect();
        let buffers = self.memory.iter();
        let tensors: Vec<_> = buffers
            .map(|buffer| (buffer.name.clone(), buffer.shape.clone(), &buffer.values[..]))
            .collect();
        save_all(path.as_ref(), &texts, &tensors)
    }

    /// Reads a state that [`TrainerState::save`] wrote.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is damaged, or does not contain a trainer's state.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (texts, tensors) = load_all(path, &KEYS)?;
        let wrong = |key: &str, found: Option<&String>, expected: &str| {
            let found = found.map_or_else(|| "none".to_owned(), |text| quoted(text));
            let advice = "take a file that `TrainerState::save` wrote";
            Error::file(path, format!("{key} in the metadata"), found, expected, advice)
        };
        let format = texts.get("format");
        if format.is_none_or(|format| format != FORMAT) {
            return Err(wrong("format", format, FORMAT));
        }
        let text = |key: &str| texts.get(key).ok_or_else(|| wrong(key, None, "a text"));
        let whole = |key: &str| {
            let text = text(key)?;
            text.parse().map_err(|_| wrong(key, Some(text), "an integer from 0"))
        };
        let rate = text("rate")?;
        Ok(TrainerState {
            optimizer: text("optimizer")?.clone(),
            steps: whole("steps")?,
            seed: whole("seed")?,
            rate: rate.parse().map_err(|_| wrong("rate", Some(rate), "a number"))?,
            memory: tensors
                .into_iter()
                .map(|(name, shape, values)| NamedBuffer { name, shape, values })
                .collect(),
        })
    }
}

impl<M: Model, O: Optimizer<M::Float>> Trainer<M, O> {
    /// The state needed to resume, besides the model: the step, the seed, the optimizer's state.
    pub fn state(&self) -> TrainerState<M::Float> {
        let buffers = self.memory.iter().flat_map(|memory| memory.named(O::MEMORY));
        let memory = buffers.map(|(name, tensor, slot)| {
            let values = slot[tensor.range()].to_vec();
            NamedBuffer { name, shape: tensor.shape.clone(), values }
        });
        TrainerState {
            optimizer: O::NAME.to_owned(),
            steps: self.steps,
            seed: self.seed,
            rate: self.rate,
            memory: memory.collect(),
        }
    }

    /// Resumes from `state` with the next step of `model`.
    ///
    /// # Errors
    ///
    /// If the state is of another optimizer or another model; the trainer is then unchanged.
    pub fn restore(&mut self, model: &M, state: &TrainerState<M::Float>) -> Result<()> {
        let refuse = |what: &str, found: String, expected: String| {
            let advice = "take the state of a trainer with the same optimizer and the same model";
            Err(Error::value(format!("{what} of the trainer's state"), found, expected, advice))
        };
        if state.optimizer != O::NAME {
            return refuse("optimizer", state.optimizer.clone(), O::NAME.to_owned());
        }
        let mut memory = Memory::of::<M, O>(model, &self.groups)?;
        let mut buffers = state.memory.iter();
        for (remembered, index) in O::MEMORY.iter().zip(0..).filter(|_| state.steps > 0) {
            let Memory { tensors, slots, .. } = &mut memory;
            for tensor in tensors.iter().filter(|tensor| tensor.trained) {
                let expected = format!("{}.{remembered} {:?}", tensor.name, tensor.shape);
                let Some(buffer) = buffers.next() else {
                    return refuse("memory", "its end".into(), expected);
                };
                let found = format!("{} {:?}", buffer.name, buffer.shape);
                let into = &mut slots[index][tensor.range()];
                if found != expected || buffer.values.len() != into.len() {
                    let found = format!("{found} of {} numbers", buffer.values.len());
                    return refuse("memory", found, expected);
                }
                into.copy_from_slice(&buffer.values);
            }
        }
        if let Some(buffer) = buffers.next() {
            return refuse("memory", buffer.name.clone(), "nothing more".into());
        }
        if let Some((name, found)) = memory.first_wrong(O::MEMORY) {
            return refuse(&name, found, "a finite number".into());
        }
        self.memory = Some(memory);
        self.is_broken = false;
        (self.steps, self.seed, self.rate) = (state.steps, state.seed, state.rate);
        Ok(())
    }
}
