//! Models written by hand on the tape, and trained like every other model.

mod row;
mod tensors;
mod variables;

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use autograd::{Tape, Var};
use tensor::threads::Threads;
use tensor::{Float, Tensor};

pub use row::TapeRow;
pub use tensors::Tensors;
pub use variables::Variables;

use crate::data::{Fingerprint, Source, check_weights, portions, weights_of};
use crate::error::{Error, InvalidRows, Result};
use crate::file::{LoadOptions, load, save};
use crate::layer::Pass;
use crate::metric::{Metrics, check_not_empty};
use crate::model::{Batch, Model, Run};
use crate::parameters::NamedTensor;

/// A function with parameters on the tape, and the loss of its outputs: the computation of a
/// [`TapeModel`].
///
/// A pair of closures implements it, and [`TapeModel::new`] takes them. A custom type can also have
/// settings.
pub trait TapeFunction<T: Float>: Send + Sync {
    /// The outputs for inputs `[rows, inputs]`, of any shape.
    ///
    /// # Errors
    ///
    /// Those of the operations.
    fn outputs<'t>(
        &self,
        variables: &Variables<'t, T>,
        inputs: Var<'t, T>,
    ) -> autograd::Result<Var<'t, T>>;

    /// The mean loss of the rows, a scalar, for the outputs and targets `[rows, targets]`.
    ///
    /// # Errors
    ///
    /// Those of the operations.
    fn loss<'t>(&self, outputs: Var<'t, T>, targets: Var<'t, T>) -> autograd::Result<Var<'t, T>>;
}

impl<T: Float, F, L> TapeFunction<T> for (F, L)
where
    F: for<'t> Fn(&Variables<'t, T>, Var<'t, T>) -> autograd::Result<Var<'t, T>> + Send + Sync,
    L: for<'t> Fn(Var<'t, T>, Var<'t, T>) -> autograd::Result<Var<'t, T>> + Send + Sync,
{
    fn outputs<'t>(
        &self,
        variables: &Variables<'t, T>,
        inputs: Var<'t, T>,
    ) -> autograd::Result<Var<'t, T>> {
        self.0(variables, inputs)
    }

    fn loss<'t>(&self, outputs: Var<'t, T>, targets: Var<'t, T>) -> autograd::Result<Var<'t, T>> {
        self.1(outputs, targets)
    }
}

impl<T: Float, F: TapeFunction<T> + ?Sized> TapeFunction<T> for Box<F> {
    fn outputs<'t>(
        &self,
        variables: &Variables<'t, T>,
        inputs: Var<'t, T>,
    ) -> autograd::Result<Var<'t, T>> {
        (**self).outputs(variables, inputs)
    }

    fn loss<'t>(&self, outputs: Var<'t, T>, targets: Var<'t, T>) -> autograd::Result<Var<'t, T>> {
        (**self).loss(outputs, targets)
    }
}

/// A model written on the tape with any operations, custom ones included.
///
/// It has named [`Tensors`], a function from them and a batch of inputs to outputs, and a loss.
/// [`fit`](crate::fit) and [`Trainer`](crate::Trainer) train it as they train a declared network.
/// `X` and `Y` are the rows of the data: arrays of numbers, or a [`Class`](crate::data::Class),
/// which is one-hot on the tape.
///
/// ```
/// use nn::data::Dataset;
/// use nn::{Show, TapeModel, Tensors, fit, init};
///
/// let data: Dataset<[f32; 1], [f32; 1]> =
///     (0..64).map(|i| i as f32 / 32.0).map(|x| ([x], [x.sin()])).collect();
///
/// let tensors = Tensors::new(1)
///     .weight("hidden.weight", [1, 16], init::GlorotNormal)
///     .bias("hidden.bias", 16)
///     .weight("output.weight", [16, 1], init::GlorotNormal)
///     .bias("output.bias", 1);
/// let mut model = TapeModel::new(
///     tensors,
///     |p, x| {
///         let hidden = x.matmul(p["hidden.weight"])?.add(p["hidden.bias"])?.tanh()?;
///         hidden.matmul(p["output.weight"])?.add(p["output.bias"])
///     },
///     |outputs, targets| outputs.mse(targets),
/// );
/// let report =
///     fit(&mut model, &data).epochs(200).learning_rate(0.01).show(Show::Nothing).run()?;
/// assert!(report.last().loss < 1e-2);
/// let sine = model.predict(&[[1.0]])?;
/// assert!((sine.to_vec()[0] - 1.0_f32.sin()).abs() < 0.1);
/// # Ok::<(), nn::Error>(())
/// ```
///
/// If the loss does not depend on one of the tensors, training returns an error that names it.
pub struct TapeModel<F, X, Y, T: Float = f32> {
    name: String,
    tensors: Tensors<T>,
    function: F,
    rows: PhantomData<fn(X, Y)>,
}

impl<T: Float, X: TapeRow<T>, Y: TapeRow<T>, F, L> TapeModel<(F, L), X, Y, T>
where
    F: for<'t> Fn(&Variables<'t, T>, Var<'t, T>) -> autograd::Result<Var<'t, T>> + Send + Sync,
    L: for<'t> Fn(Var<'t, T>, Var<'t, T>) -> autograd::Result<Var<'t, T>> + Send + Sync,
{
    /// A model of these tensors. `outputs` computes the outputs from them and the inputs
    /// `[rows, inputs]`. `loss` computes the loss from outputs and targets `[rows, targets]`: the
    /// mean over the rows, or one number for each row, `[rows]` or `[rows, 1]`, which is then
    /// averaged. Rows with [weights](crate::data::WeightedRows) need one number for each row.
    pub fn new(tensors: Tensors<T>, outputs: F, loss: L) -> Self {
        Self::of(tensors, (outputs, loss))
    }
}

impl<T: Float, X: TapeRow<T>, Y: TapeRow<T>, F: TapeFunction<T>> TapeModel<F, X, Y, T> {
    /// A model of these tensors and a function of a custom type.
    pub fn of(tensors: Tensors<T>, function: F) -> Self {
        TapeModel { name: "TapeModel".into(), tensors, function, rows: PhantomData }
    }

    /// The same with a name, for messages and files.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The tensors.
    pub fn tensors(&self) -> &Tensors<T> {
        &self.tensors
    }

    /// The function.
    pub fn function(&self) -> &F {
        &self.function
    }

    /// The outputs for some inputs, as the function returns them.
    ///
    /// # Errors
    ///
    /// Those of the function's operations.
    pub fn predict(&self, inputs: &[X]) -> Result<Tensor<T>> {
        let tape = Tape::no_grad();
        let variables = Variables::on(&tape, &self.tensors, Pass::Evaluation)?;
        let inputs = tape.constant(rows(inputs)?);
        Ok(self.function.outputs(&variables, inputs)?.value())
    }

    /// Writes the tensors to a safetensors file that [`TapeModel::load`] and Python can read.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or a number is not finite. An existing file is then
    /// unchanged.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let named = self.tensors.named().iter();
        let parts: Vec<_> = named
            .map(|tensor| {
                (tensor.name.clone(), tensor.shape.clone(), &self.tensors.flat()[tensor.range()])
            })
            .collect();
        save(path.as_ref(), &self.name, &self.architecture(), &parts)
    }

    /// Replaces all tensors with those of a file that [`TapeModel::save`] wrote.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is damaged, or has other tensors; the model is then unchanged.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let (architecture, options) = (self.architecture(), LoadOptions::new());
        let loaded = load::<T>(path.as_ref(), &architecture, self.tensors.named(), options)?;
        let ranges: Vec<_> = self.tensors.named().iter().map(NamedTensor::range).collect();
        for (range, values) in ranges.into_iter().zip(loaded.tensors) {
            self.tensors.flat_mut()[range].copy_from_slice(&values);
        }
        Ok(())
    }

    /// Records the outputs for inputs `[rows, inputs]` on a tape; also returns the tensors there by
    /// name.
    #[cfg(feature = "onnx")]
    #[allow(clippy::type_complexity)] // a variable, and variables with names
    pub(crate) fn recorded<'t>(
        &self,
        tape: &'t Tape<T>,
        inputs: Var<'t, T>,
    ) -> Result<(Var<'t, T>, Vec<(String, Var<'t, T>)>)> {
        let variables = Variables::on(tape, &self.tensors, Pass::Evaluation)?;
        let names = self.tensors.named().iter().map(|tensor| tensor.name.clone());
        let named = names.zip(variables.all().iter().copied()).collect();
        Ok((self.function.outputs(&variables, inputs)?, named))
    }

    /// Records outputs and loss of a batch on a tape.
    fn record<'t>(
        &self,
        tape: &'t Tape<T>,
        variables: &Variables<'t, T>,
        inputs: &[X],
        targets: &[Y],
        weights: &[f64],
    ) -> Result<(Var<'t, T>, Var<'t, T>)> {
        if inputs.len() != targets.len() || inputs.is_empty() {
            return Err(Error::value(
                "batch",
                format!("{} inputs and {} targets", inputs.len(), targets.len()),
                "at least one row, and as many targets as inputs",
                "pass one target for each input",
            ));
        }
        let inputs = tape.constant(rows(inputs)?);
        let outputs = self.function.outputs(variables, inputs)?;
        let loss = self.function.loss(outputs, tape.constant(rows(targets)?))?;
        let (shape, count) = (loss.shape(), targets.len());
        let refused = |expected: String, advice: &str| {
            let found = format!("a tensor of shape {:?}", &shape[..]);
            Err(Error::value(format!("loss of {}", self.name), found, expected, advice))
        };
        let is_by_row = shape.first() == Some(&count) && shape.iter().product::<usize>() == count;
        match shape.iter().product::<usize>() {
            _ if is_by_row && weights.is_empty() => Ok((outputs, loss.mean()?)),
            _ if is_by_row => {
                let weights = weights.iter().map(|&weight| T::of(weight)).collect();
                let weights = tape.constant(Tensor::from_vec(weights, shape)?);
                Ok((outputs, loss.mul(weights)?.mean()?))
            }
            1 if weights.is_empty() => Ok((outputs, loss)),
            1 => refused(
                format!("{count} numbers, one for each row, since the rows have weights"),
                "leave out the mean over the rows, such as `.mean()`, at the end of the loss",
            ),
            _ => refused(
                format!("one number, or [{count}]: one for each row"),
                "end the loss with `.mean()`",
            ),
        }
    }
}

/// Adds the numbers of a row to the fingerprint; `memory` is a buffer.
fn add_row<T: Float, R: TapeRow<T>>(fingerprint: &mut Fingerprint, row: &R, memory: &mut Vec<T>) {
    memory.clear();
    memory.resize(R::WIDTH, T::zero());
    R::write(std::slice::from_ref(row), memory);
    memory.iter().for_each(|number| fingerprint.add(number.as_f64().to_bits()));
}

/// Rows as a matrix `[rows, width]`.
fn rows<T: Float, R: TapeRow<T>>(rows: &[R]) -> Result<Tensor<T>> {
    let mut values = vec![T::zero(); rows.len() * R::WIDTH];
    R::write(rows, &mut values);
    Ok(Tensor::from_vec(values, [rows.len(), R::WIDTH])?)
}

impl<T: Float, X: TapeRow<T>, Y: TapeRow<T>, F: TapeFunction<T>> Model for TapeModel<F, X, Y, T> {
    type Float = T;
    type Input = X;
    type Target = Y;
    type Loss = ();
    /// The gradient.
    type Workspace = Vec<T>;

    fn tensors(&self) -> Vec<NamedTensor> {
        self.tensors.named().to_vec()
    }

    fn flat(&self) -> &[T] {
        self.tensors.flat()
    }

    fn flat_mut(&mut self) -> &mut [T] {
        self.tensors.flat_mut()
    }

    /// # Panics
    ///
    /// If [`TapeModel::predict`] returns an error.
    #[track_caller]
    fn outputs(&self, inputs: &[X], _: &Threads) -> Vec<T> {
        match self.predict(inputs) {
            Ok(outputs) => outputs.to_vec(),
            Err(error) => panic!("{error}"),
        }
    }

    fn weighs_rows(&self) -> bool {
        true
    }

    /// The dropout rate that the function requests for two rows of zeros.
    fn dropout_rate(&self) -> Option<f64> {
        let tape = Tape::no_grad();
        let pass = Pass::Training { seed: 0, step: 0, first_row: 0, layer: 0, dropout: 1.0 };
        let variables = Variables::on(&tape, &self.tensors, pass).ok()?;
        // An error of the function also occurs in the first step, and is reported there.
        let _outputs =
            self.function.outputs(&variables, tape.constant(Tensor::zeros([2, X::WIDTH])));
        variables.dropout_rate()
    }

    fn differentiate(
        &self,
        Batch { inputs, targets, weights }: Batch<'_, Self>,
        (): &mut (),
        workspace: &mut Vec<T>,
        run: &Run<'_>,
    ) -> Result<T> {
        let tape = Tape::new();
        let Run { seed, step, first_row, dropout, .. } = *run;
        let pass = Pass::Training { seed, step, first_row, layer: 0, dropout };
        let variables = Variables::on(&tape, &self.tensors, pass)?;
        let (_, loss) = self.record(&tape, &variables, inputs, targets, weights)?;
        let gradients = loss.backward()?;
        workspace.clear();
        workspace.resize(self.tensors.flat().len(), T::zero());
        for (tensor, &variable) in self.tensors.named().iter().zip(variables.all()) {
            let Some(gradient) = gradients.get(variable) else {
                return Err(Error::value(
                    format!("gradient of tensor `{}` of {}", tensor.name, self.name),
                    "none",
                    "one for every tensor",
                    "the loss does not depend on it: use it, or leave it out of the tensors",
                ));
            };
            workspace[tensor.range()].copy_from_slice(&gradient.to_vec());
        }
        Ok(loss.value().to_vec()[0])
    }

    fn gradient(&self, _: Batch<'_, Self>, found: &mut Vec<T>, gradient: &mut [T]) {
        gradient.copy_from_slice(found);
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn check_rows(&self, which: &str, data: &dyn Source<X, Y>, threads: &Threads) -> Result<()> {
        check_not_empty(which, data.len())?;
        let (mut inputs, mut targets) = (InvalidRows::none(), InvalidRows::none());
        portions(data, threads, |start, x, t| {
            inputs.look(start, x, TapeRow::refuses);
            targets.look(start, t, TapeRow::refuses);
            Ok(())
        })?;
        for (noun, wrong) in [("input", inputs), ("target", targets)] {
            if let Some(wrong) = wrong.any() {
                let (noun, name) = (format!("{which}{noun}"), &self.name);
                let advice = format!("{name} takes numbers: fill the gaps or leave these rows out");
                let (what, found) = (wrong.what(&noun), wrong.found(&noun));
                return Err(Error::value(what, found, "finite numbers", advice));
            }
        }
        Ok(())
    }

    fn fingerprint(&self, data: &dyn Source<X, Y>) -> Option<u64> {
        let mut fingerprint = Fingerprint::new();
        let mut memory = Vec::new();
        let read = portions(data, &Threads::new(1), |_, inputs, targets| {
            for (x, y) in inputs.iter().zip(targets) {
                add_row::<T, X>(&mut fingerprint, x, &mut memory);
                add_row::<T, Y>(&mut fingerprint, y, &mut memory);
            }
            Ok(())
        });
        read.is_ok().then(|| fingerprint.value())
    }

    /// Mean loss, and for classes the fraction of rows whose largest output is the target's.
    fn validate(&self, data: &dyn Source<X, Y>, (): &mut (), threads: &Threads) -> Result<Metrics> {
        /// Rows per task: enough to be worth a thread, regardless of the number of threads.
        const PORTION: usize = 256;
        check_weights("", data)?;
        self.check_rows("", data, threads)?;
        let (mut loss, mut right) = (0.0, Some(0.0));
        let mut weights = Vec::new();
        weights_of(data, 0..data.len(), &mut weights);
        portions(data, threads, |start, inputs, targets| {
            let mut judged = vec![Ok((T::zero(), Some(0.0))); inputs.len().div_ceil(PORTION)];
            let rows = inputs.chunks(PORTION).zip(targets.chunks(PORTION)).enumerate();
            threads.for_each(rows.zip(&mut judged), |((part, (inputs, targets)), judged)| {
                let start = start + part * PORTION;
                let weights = weights.get(start..start + targets.len()).unwrap_or_default();
                *judged = self.judge(inputs, targets, weights);
            });
            for (judged, targets) in judged.into_iter().zip(targets.chunks(PORTION)) {
                let (mean, count) = judged?;
                loss += mean.as_f64() * targets.len() as f64;
                right = right.zip(count).map(|(all, count): (f64, f64)| all + count);
            }
            Ok(())
        })?;
        let count = data.len() as f64;
        let accuracy = right.map(|right| right / count);
        Metrics { loss: loss / count, accuracy }.finite()
    }
}

impl<T: Float, X: TapeRow<T>, Y: TapeRow<T>, F: TapeFunction<T>> TapeModel<F, X, Y, T> {
    /// Mean loss of some rows, and the weight of those predicted correctly, where correctness is
    /// defined.
    fn judge(&self, inputs: &[X], targets: &[Y], weights: &[f64]) -> Result<(T, Option<f64>)> {
        let tape = Tape::no_grad();
        let variables = Variables::on(&tape, &self.tensors, Pass::Evaluation)?;
        let (outputs, loss) = self.record(&tape, &variables, inputs, targets, weights)?;
        let outputs = outputs.value().to_vec();
        let width = outputs.len() / targets.len();
        let right: Option<Vec<bool>> = match width {
            0 => None,
            _ => targets.iter().zip(outputs.chunks(width)).map(|(t, y)| t.is_right(y)).collect(),
        };
        let weight = |row: usize| weights.get(row).copied().unwrap_or(1.0);
        let right = right.map(|rows| {
            rows.into_iter().enumerate().filter(|row| row.1).map(|row| weight(row.0)).sum()
        });
        Ok((loss.value().to_vec()[0], right))
    }
}

/// Shows the name and the tensors, not the numbers.
impl<F, X, Y, T: Float> fmt::Debug for TapeModel<F, X, Y, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapeModel")
            .field("name", &self.name)
            .field("tensors", &self.tensors)
            .finish_non_exhaustive()
    }
}

impl<F: Clone, X, Y, T: Float> Clone for TapeModel<F, X, Y, T> {
    fn clone(&self) -> Self {
        TapeModel {
            name: self.name.clone(),
            tensors: self.tensors.clone(),
            function: self.function.clone(),
            rows: PhantomData,
        }
    }
}
