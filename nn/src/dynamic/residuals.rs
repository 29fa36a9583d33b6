//! Networks that are read at run time as least squares.

use tensor::Float;
use tensor::threads::Threads;

use super::head::{Head, Kind};
use super::{Dynamic, DynamicWorkspace};
use crate::error::{Error, Result};
use crate::loss::{FlatLoss as _, LossRows, mse};
use crate::model::{Batch, Model, Run};
use crate::solve::{LeastSquares, RowWidths, one_output, refuse_penalty};

impl<T: Float> LeastSquares for Dynamic<T> {
    fn widths(&self) -> Result<RowWidths> {
        let network = &*self.network;
        refuse_penalty(network.part.penalty(self.flat()).is_some())?;
        match network.head {
            Head::One(Kind::Linear, outputs) => {
                Ok(RowWidths { inputs: network.part.inputs, targets: outputs, outputs })
            }
            _ => Err(Error::value(
                format!("last layer of {} for levenberg_marquardt", network.name),
                network.head_info.to_string(),
                "one whose outputs are numbers, trained with the squared error",
                "leave its softmax or sigmoid out, or use `lbfgs`",
            )),
        }
    }

    fn residuals(&self, inputs: &[T], targets: &[T], residuals: &mut [T], threads: &Threads) {
        let (logits, units) = (Model::outputs(self, inputs, threads), self.network.head.units());
        let mut losses = vec![T::zero(); targets.len() / units];
        // The gradient 2(z − t)/N with the factor N/2, which is exact.
        let scale = T::of(units as f64 / 2.0);
        let (logits, losses) = (&logits[..], &mut losses[..]);
        mse().evaluate(
            units,
            LossRows { logits, targets, scale, losses, gradient: residuals, smoothing: 1.0 },
        );
    }

    fn jacobian(&self, inputs: &[T], targets: &[T], jacobian: &mut [T]) -> Result<()> {
        let network = &*self.network;
        let (len, outputs) = (self.flat().len(), network.head.units());
        let one = Threads::new(1);
        let run = Run::new(&one);
        let mut workspace = DynamicWorkspace::default();
        let rows = inputs.chunks_exact(network.part.inputs).zip(targets.chunks_exact(outputs));
        for ((x, t), gradients) in rows.zip(jacobian.chunks_exact_mut(outputs * len)) {
            for (output, gradient) in gradients.chunks_exact_mut(len).enumerate() {
                let batch = Batch { inputs: x, targets: t, weights: &[] };
                self.differentiate_by(batch, &mut workspace, &run, |rows| {
                    one_output(output, rows)
                })?;
                self.gradient(batch, &mut workspace, gradient);
            }
        }
        Ok(())
    }
}
