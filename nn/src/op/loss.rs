//! The mean loss of a batch as one operation.
//!
//! y = Σ rows of L(z, target) / rows
//!
//! dz = dy · dL/dz / rows, which the head computes along with the loss
//!
//! shapes: z `[rows, units]`, y `[]`

use autograd::{Call, Op};
use tensor::{Buffer, Float, Tensor};

use crate::head::{Head, mean, mean_scale};

/// The loss of head `H` against the targets it holds.
pub(crate) struct Loss<H: Head<T>, T: Float> {
    targets: Vec<H::Target>,
    /// dL/dz, from forward to backward.
    gradient: Buffer<T>,
}

impl<H: Head<T>, T: Float> Loss<H, T> {
    pub(crate) fn new(targets: &[H::Target]) -> Self {
        Loss { targets: targets.to_vec(), gradient: Buffer::zeroed(0) }
    }
}

impl<H: Head<T>, T: Float> Op<T, 1> for Loss<H, T> {
    fn name(&self) -> &'static str {
        H::LOSS
    }

    fn forward(&mut self, [logits]: [&Tensor<T>; 1]) -> autograd::Result<Tensor<T>> {
        let rows = self.targets.len();
        if logits.shape() != [rows, H::UNITS] || rows == 0 {
            return Err(autograd::Error::invalid(
                H::LOSS,
                format!(
                    "logits {:?} for {rows} targets: expected [{rows}, {}] and at least one row",
                    logits.shape(),
                    H::UNITS
                ),
            ));
        }
        let logits = logits.contiguous();
        let mut losses = Buffer::stale(rows);
        self.gradient = Buffer::stale(rows * H::UNITS);
        H::loss(logits.values(), &self.targets, mean_scale(rows), &mut losses, &mut self.gradient);
        Ok(Tensor::scalar(mean(&losses)))
    }

    fn backward(
        &self,
        call: &Call<'_, T, 1>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 1]> {
        let dy = dy.item()?;
        Ok([call.wanted(0, || {
            let gradient = self.gradient.iter().map(|&slope| slope * dy).collect();
            Ok(Tensor::from_vec(gradient, call.inputs[0].shape())?)
        })?])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;

    use super::*;
    use crate::data::Class;
    use crate::head::{Linear, Sigmoid, Softmax};

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        let classes = Class::<4>::from_labels(&[0, 3, 3]).expect("labels below 4");
        gradcheck(|| Loss::<Softmax<4>, f64>::new(&classes), [[3, 4]])?;
        gradcheck(|| Loss::<Sigmoid<2>, f64>::new(&[[0.0, 1.0], [0.3, 0.6]]), [[2, 2]])?;
        gradcheck(|| Loss::<Linear<3>, f64>::new(&[[1.0, -1.0, 0.5]]), [[1, 3]])
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let mut loss = Loss::<Linear<3>, f32>::new(&[[0.0; 3]]);
        let error = loss.forward([&Tensor::zeros([2, 3])]).unwrap_err().to_string();
        assert!(error.contains("logits [2, 3] for 1 targets: expected [1, 3]"), "{error}");
    }
}
