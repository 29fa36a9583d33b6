//! The mean loss of a batch as one operation.
//!
//! y = Σ rows of L(z, target) / rows
//!
//! dz = dy · dL/dz / rows, which is computed along with the loss
//!
//! shapes: z `[rows, units]`, y `[]`

use autograd::{Call, Op};
use tensor::{Buffer, Float, Tensor};

use crate::head::Head;
use crate::loss::{self, LossRows, mean, mean_scale, weighted_targets};

/// The loss `L` of the head `H` against the targets it holds.
pub(crate) struct Loss<L, H: Head<T>, T: Float> {
    loss: L,
    targets: Vec<H::Target>,
    /// dL/dz, from forward to backward.
    gradient: Buffer<T>,
}

impl<L: loss::Loss<T, H>, H: Head<T>, T: Float> Loss<L, H, T> {
    pub(crate) fn new(loss: &L, targets: &[H::Target]) -> Self {
        let mut sums = Vec::new();
        loss.weight_sums(weighted_targets(targets, &[]), &mut sums);
        let loss = loss.for_batch(targets.len(), &mut &sums[..]);
        Loss { loss, targets: targets.to_vec(), gradient: Buffer::zeroed(0) }
    }
}

impl<L: loss::Loss<T, H>, H: Head<T>, T: Float> Op<T, 1> for Loss<L, H, T> {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn forward(&mut self, [logits]: [&Tensor<T>; 1]) -> autograd::Result<Tensor<T>> {
        let rows = self.targets.len();
        if logits.shape() != [rows, H::UNITS] || rows == 0 {
            return Err(autograd::Error::invalid(
                L::NAME,
                format!(
                    "logits {:?} for {rows} targets: expected [{rows}, {}] and at least one row",
                    logits.shape(),
                    H::UNITS
                ),
            ));
        }
        let logits = logits.contiguous();
        let (mut losses, mut gradient) = (Buffer::stale(rows), Buffer::stale(rows * H::UNITS));
        let scale = mean_scale(rows);
        self.loss.evaluate(LossRows {
            logits: logits.values(),
            targets: &self.targets,
            scale,
            losses: &mut losses,
            gradient: &mut gradient,
            smoothing: 1.0,
        });
        self.gradient = gradient;
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
    use crate::head::Class;
    use crate::head::{Both, Linear, Sigmoid, Softmax};
    use crate::loss::{binary_cross_entropy, cross_entropy, huber, mae, mse, weighted};

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        let classes = Class::<4>::from_labels(&[0, 3, 3]).expect("labels below 4");
        let plain = cross_entropy();
        gradcheck(|| Loss::<_, Softmax<4>, f64>::new(&plain, &classes), [[3, 4]])?;
        let special = special_classes();
        gradcheck(|| Loss::<_, Softmax<4>, f64>::new(&special, &classes), [[3, 4]])?;

        let answers = [[0.0, 1.0], [0.3, 0.6]];
        let plain = binary_cross_entropy();
        gradcheck(|| Loss::<_, Sigmoid<2>, f64>::new(&plain, &answers), [[2, 2]])?;
        let special = binary_cross_entropy().positive_weights([3.0, 0.5]);
        gradcheck(|| Loss::<_, Sigmoid<2>, f64>::new(&special, &answers), [[2, 2]])?;

        let numbers = [[7.0, -7.0, 0.5]];
        gradcheck(|| Loss::<_, Linear<3>, f64>::new(&mse(), &numbers), [[1, 3]])?;
        gradcheck(|| Loss::<_, Linear<3>, f64>::new(&mae(), &[[9.0, -9.0, 9.0]]), [[1, 3]])?;
        gradcheck(|| Loss::<_, Linear<3>, f64>::new(&huber(0.1), &[[9.0, -9.0, 9.0]]), [[1, 3]])?;
        gradcheck(|| Loss::<_, Linear<3>, f64>::new(&weighted(0.2, mse()), &numbers), [[1, 3]])?;

        type Three = Both<Softmax<4>, Both<Linear<1>, Sigmoid<2>>>;
        let targets: Vec<_> =
            (0..20).map(|row| (classes[row % 3], ([row as f64 / 9.0], answers[row % 2]))).collect();
        let losses = (special_classes(), (huber(3.0), binary_cross_entropy()));
        gradcheck(|| Loss::<_, Three, f64>::new(&losses, &targets), [[20, 7]])
    }

    fn special_classes() -> crate::loss::CrossEntropy<[f64; 4]> {
        cross_entropy().label_smoothing(0.1).class_weights([1.0, 2.0, 3.0, 0.5])
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let mut loss = Loss::<_, Linear<3>, f32>::new(&mse(), &[[0.0; 3]]);
        let error = loss.forward([&Tensor::zeros([2, 3])]).unwrap_err().to_string();
        assert!(error.contains("logits [2, 3] for 1 targets: expected [1, 3]"), "{error}");
    }
}
