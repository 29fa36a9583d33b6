//! The interface between Levenberg–Marquardt and a model.

use std::fmt;

use tensor::Float;
use tensor::threads::Threads;

use crate::error::{Error, Result};
use crate::head::Head;
use crate::layer::{Inference as _, Layer as _};
use crate::loss::{DynLoss, LossRows, Mse, TrainedWith, boxed, mse};
use crate::model::{Batch, LossOf, Model, NetworkWorkspace, Run};
use crate::network::Network;

/// The number of elements of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by whoever implements `LeastSquares`")]
pub struct RowWidths {
    /// Elements of the inputs: 1 if they are rows such as `[f32; 3]`, 3 if they are numbers.
    pub inputs: usize,
    /// Elements of the targets, likewise.
    pub targets: usize,
    /// Outputs per row.
    pub outputs: usize,
}

/// A model trained by least squares: its loss is the mean square of the residuals, outputs minus
/// targets. [`levenberg_marquardt`](super::levenberg_marquardt) solves it.
///
/// A declared network implements this trait if its head is trained with [`mse`](crate::loss::mse).
/// `Dynamic` implements it too, and its head is checked at run time.
///
/// ```
/// use nn::data::Dataset;
/// use nn::model::{Batch, Model, Run};
/// use nn::solve::{self, LeastSquares, RowWidths};
/// use nn::{NamedTensor, Result, Threads};
///
/// /// y = a·e^(b·x)
/// struct Growth([f64; 2]);
///
/// impl Model for Growth {
///     type Float = f64;
///     type Input = f64;
///     type Target = f64;
///     type Loss = ();
///     type Workspace = [f64; 2];
///
///     fn tensors(&self) -> Vec<NamedTensor> {
///         vec![NamedTensor::new("a", &[], 0), NamedTensor::new("b", &[], 1)]
///     }
///     fn flat(&self) -> &[f64] {
///         &self.0
///     }
///     fn flat_mut(&mut self) -> &mut [f64] {
///         &mut self.0
///     }
///     fn outputs(&self, inputs: &[f64], _: &Threads) -> Vec<f64> {
///         inputs.iter().map(|x| self.0[0] * (self.0[1] * x).exp()).collect()
///     }
/// #   fn differentiate(
/// #       &self, b: Batch<'_, Self>, _: &mut (), _: &mut [f64; 2], _: &Run<'_>,
/// #   ) -> Result<f64> {
/// #       let outputs = self.outputs(b.inputs, &Threads::new(1));
/// #       Ok(outputs.iter().zip(b.targets).map(|(y, t)| (y - t).powi(2)).sum())
/// #   }
/// #   fn gradient(&self, _: Batch<'_, Self>, _: &mut [f64; 2], _: &mut [f64]) {}
///     // ... `differentiate` and `gradient`, for `fit`
/// }
///
/// impl LeastSquares for Growth {
///     fn widths(&self) -> Result<RowWidths> {
///         Ok(RowWidths { inputs: 1, targets: 1, outputs: 1 })
///     }
///     fn residuals(
///         &self,
///         inputs: &[f64],
///         targets: &[f64],
///         residuals: &mut [f64],
///         threads: &Threads,
///     ) {
///         let outputs = self.outputs(inputs, threads);
///         residuals.iter_mut().zip(outputs).zip(targets).for_each(|((r, y), t)| *r = y - t);
///     }
///     fn jacobian(&self, inputs: &[f64], _: &[f64], jacobian: &mut [f64]) -> Result<()> {
///         for (row, x) in jacobian.chunks_mut(2).zip(inputs) {
///             let e = (self.0[1] * x).exp();
///             row.copy_from_slice(&[e, self.0[0] * x * e]);
///         }
///         Ok(())
///     }
/// }
///
/// let data = Dataset::new(vec![0.0, 1.0, 2.0, 3.0], vec![2.0, 3.0, 4.5, 6.75])?; // 2·1.5^x
/// let mut growth = Growth([1.0, 0.0]);
/// solve::levenberg_marquardt(&mut growth, &data).run()?;
/// assert!((growth.0[0] - 2.0).abs() < 1e-9 && (growth.0[1] - 1.5_f64.ln()).abs() < 1e-9);
/// # Ok::<(), nn::Error>(())
/// ```
pub trait LeastSquares: Model {
    /// The widths of a row.
    ///
    /// # Errors
    ///
    /// If the loss of this model is not the mean of the squared residuals.
    fn widths(&self) -> Result<RowWidths>;

    /// Outputs minus targets, `[rows, outputs]`.
    fn residuals(
        &self,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        residuals: &mut [Self::Float],
        threads: &Threads,
    );

    /// The derivative of each residual with respect to each of the flat parameters,
    /// `[rows, outputs, parameters]`, on the calling thread.
    ///
    /// # Errors
    ///
    /// If inputs and targets do not fit.
    fn jacobian(
        &self,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        jacobian: &mut [Self::Float],
    ) -> Result<()>;
}

/// Rejects a loss with a penalty next to the squares.
pub(crate) fn refuse_penalty(is_there: bool) -> Result<()> {
    if !is_there {
        return Ok(());
    }
    Err(Error::value(
        "loss for levenberg_marquardt",
        "the squared error and a penalty on weights (`l2`)",
        "the squared error alone",
        "declare the layers without `l2`, or use `lbfgs`",
    ))
}

/// A "loss" of one row whose gradient is that of one output.
pub(crate) fn one_output<T: Float, Target>(output: usize, rows: LossRows<'_, T, Target>) {
    rows.losses.fill(T::zero());
    rows.gradient.fill(T::zero());
    rows.gradient[output] = T::one();
}

/// The loss that computes [`one_output`].
struct OneOutput(usize);

impl<T: Float, H: Head<T>> DynLoss<T, H> for OneOutput {
    fn weight_sums(&self, _: &[H::Target], _: &[f64], _: &mut Vec<f64>) {}

    fn begin_part(&mut self, _: usize, _: &[f64]) {}

    fn begin_batch(&mut self, _: &[H::Target], _: &[f64]) {}

    fn label_smoothing(&self) -> Option<f64> {
        None
    }

    fn evaluate(&self, rows: LossRows<'_, T, H::Target>) {
        one_output(self.0, rows);
    }
}

impl fmt::Debug for OneOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "output {}", self.0)
    }
}

impl<N: Network> LeastSquares for N
where
    N::Head: TrainedWith<N::Float, Mse>,
{
    fn widths(&self) -> Result<RowWidths> {
        refuse_penalty(N::Layers::penalty(self.flat()).is_some())?;
        Ok(RowWidths { inputs: 1, targets: 1, outputs: N::Layers::OUTPUTS })
    }

    fn residuals(
        &self,
        inputs: &[N::Input],
        targets: &[N::Target],
        residuals: &mut [N::Float],
        threads: &Threads,
    ) {
        let logits = self.outputs(inputs, threads);
        let loss = boxed(N::Head::into_loss(mse()));
        let mut losses = vec![N::Float::of(0.0); targets.len()];
        // The gradient 2(z − t)/N with the factor N/2, which is exact.
        let scale = N::Float::of(N::Layers::OUTPUTS as f64 / 2.0);
        let (logits, losses) = (&logits[..], &mut losses[..]);
        loss.evaluate(LossRows {
            logits,
            targets,
            scale,
            losses,
            gradient: residuals,
            smoothing: 1.0,
        });
    }

    fn jacobian(
        &self,
        inputs: &[N::Input],
        targets: &[N::Target],
        jacobian: &mut [N::Float],
    ) -> Result<()> {
        let (len, outputs) = (self.flat().len(), N::Layers::OUTPUTS);
        let one = Threads::new(1);
        let run = Run::new(&one);
        let mut workspace = NetworkWorkspace::default();
        for output in 0..outputs {
            let mut loss = LossOf(Box::new(OneOutput(output)));
            let rows = inputs.iter().zip(targets).zip(jacobian.chunks_exact_mut(outputs * len));
            for ((input, target), gradients) in rows {
                let inputs = std::slice::from_ref(input);
                let targets = std::slice::from_ref(target);
                let batch = Batch { inputs, targets, weights: &[] };
                self.differentiate(batch, &mut loss, &mut workspace, &run)?;
                self.gradient(batch, &mut workspace, &mut gradients[output * len..][..len]);
            }
        }
        Ok(())
    }
}
