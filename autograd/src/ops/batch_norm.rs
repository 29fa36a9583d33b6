//! Batch norm: mean 0 and standard deviation 1 for each channel, then a gain and a shift for each
//! channel.
//!
//! y  = n∘g + s, n = (x − m)/√(v + ε), with m and v
//!      in training the mean and biased variance of each channel in the batch,
//!      in inference given ones
//! dx = (h − mean h − n ∘ mean (h∘n))/√(v + ε) in training, h/√(v + ε) in inference, h = dy∘g
//! dg = Σ dy∘n
//! ds = Σ dy
//!
//! shapes: x `[batch, channels, …]`, y as x; g, s, m, v `[channels]`; means and Σ over all axes but
//! that of the channels

use tensor::{Float, Tensor};

use super::standardize::Moments;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// Mean and variance of each channel: those of a batch, or those for inference.
#[derive(Clone, Debug)]
pub struct BatchStatistics<T: Float> {
    /// The means. `[channels]`
    pub mean: Tensor<T>,
    /// The biased variances: means of (x − mean)². `[channels]`
    ///
    /// (PyTorch stores this times n/(n − 1) for inference, n being the number of elements of each
    /// channel.)
    pub variance: Tensor<T>,
}

impl<T: Float> BatchStatistics<T> {
    /// Computes the statistics of x, `[batch, channels, …]`.
    ///
    /// # Errors
    ///
    /// If x has fewer than two axes, or fewer than two elements for each channel.
    pub fn of(x: &Tensor<T>) -> Result<Self> {
        let channels = channels("batch_norm", x)?;
        let Moments { mean, variance, .. } = Moments::plain("batch_norm", x, &all_but_channels(x))?;
        if x.len() == channels {
            return Err(Error::invalid(
                "batch_norm",
                format!(
                    "{:?} has one element for each channel, so its variance is 0; train with \
                    larger batches",
                    x.shape()
                ),
            ));
        }
        Ok(BatchStatistics {
            mean: mean.reshape([channels])?,
            variance: variance.reshape([channels])?,
        })
    }
}

/// y = n∘g + s, where n is x with mean 0 and variance 1 for each channel; dg = Σ dy∘n, ds = Σ dy.
///
/// PyTorch's `batch_norm`, in training and in inference. The channels are axis 1.
#[derive(Clone, Debug)]
pub struct BatchNorm<T: Float> {
    eps: T,
    /// Computed from x if `None`.
    statistics: Option<BatchStatistics<T>>,
    /// Whether the statistics are constants, through which no gradients flow.
    constant: bool,
    /// The moments that x was standardized by, saved by forward for backward.
    moments: Option<Moments<T>>,
}

impl<T: Float> BatchNorm<T> {
    /// For training: standardizes by the statistics of the batch, through which gradients flow.
    /// `eps` is added to the variance.
    pub fn training(eps: T) -> Self {
        BatchNorm { eps, statistics: None, constant: false, moments: None }
    }

    /// As `training`, with the statistics of the batch already computed.
    pub(crate) fn training_by(statistics: BatchStatistics<T>, eps: T) -> Self {
        BatchNorm { eps, statistics: Some(statistics), constant: false, moments: None }
    }

    /// For inference: standardizes by these statistics, which are constants. `eps` is added to the
    /// variance.
    pub fn inference(statistics: BatchStatistics<T>, eps: T) -> Self {
        BatchNorm { eps, statistics: Some(statistics), constant: true, moments: None }
    }
}

fn channels<T: Float>(op: &'static str, x: &Tensor<T>) -> Result<usize> {
    match *x.shape() {
        [_, channels, ..] => Ok(channels),
        _ => Err(Error::invalid(op, format!("{:?}: expected [batch, channels, …]", x.shape()))),
    }
}

fn all_but_channels<T: Float>(x: &Tensor<T>) -> Vec<usize> {
    (0..x.rank()).filter(|&axis| axis != 1).collect()
}

/// Reshapes one number for each channel so that it broadcasts to x.
fn for_channels<T: Float>(of_channels: &Tensor<T>, x: &Tensor<T>) -> Result<Tensor<T>> {
    let shape: Vec<usize> =
        (1..x.rank()).map(|axis| if axis == 1 { x.shape()[1] } else { 1 }).collect();
    Ok(of_channels.reshape(&shape[..])?)
}

impl<T: Float> Op<T, 3> for BatchNorm<T> {
    fn name(&self) -> &'static str {
        "batch_norm"
    }

    fn forward(&mut self, [x, g, s]: [&Tensor<T>; 3]) -> Result<Tensor<T>> {
        let channels = channels("batch_norm", x)?;
        let refuse = |what: &str, found: &[usize]| {
            let rule = format!(
                "inputs {:?}, {what} {found:?}: expected one element for each channel, \
                 [{channels}]",
                x.shape()
            );
            Err(Error::invalid("batch_norm", rule))
        };
        let BatchStatistics { mean, variance } = match &self.statistics {
            Some(known) => known,
            None => self.statistics.insert(BatchStatistics::of(x)?),
        };
        for (what, of_channels) in
            [("gain", g), ("shift", s), ("mean", mean), ("variance", variance)]
        {
            if of_channels.shape() != [channels] {
                return refuse(what, of_channels.shape());
            }
        }
        let moments = self.moments.insert(Moments {
            mean: for_channels(mean, x)?,
            variance: for_channels(variance, x)?,
            unit: None,
        });
        let n = moments.standardized(x, self.eps)?;
        let y = n.zip(&for_channels(g, x)?, |n, g| n * g)?;
        Ok(y.zip(&for_channels(s, x)?, |y, s| y + s)?)
    }

    fn backward(&self, call: &Call<'_, T, 3>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 3]> {
        let Some(moments) = &self.moments else { unreachable!("forward comes before backward") };
        let [x, g, _] = call.inputs;
        let axes = all_but_channels(x);
        let n = moments.standardized(x, self.eps)?;
        Ok([
            call.wanted(0, || {
                let h = dy.zip(&for_channels(g, x)?, |dy, g| dy * g)?;
                if self.constant {
                    return Ok(h.zip(&moments.rate(self.eps)?, |h, rate| h * rate)?);
                }
                moments.gradient(&axes, self.eps, &n, &h)
            })?,
            call.wanted(1, || Ok(dy.zip(&n, |dy, n| dy * n)?.sum_axes(&axes, false)?))?,
            call.wanted(2, || Ok(dy.sum_axes(&axes, false)?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// Returns self, `[batch, channels, …]`, [standardized](Var::standardize) for each channel by
    /// the statistics of the batch, then times `gain` plus `shift`; and these statistics.
    ///
    /// # Errors
    ///
    /// If `gain` and `shift` do not have one element for each channel, or the batch has fewer than
    /// two elements for each channel.
    pub fn batch_norm(self, gain: Self, shift: Self, eps: T) -> Result<(Self, BatchStatistics<T>)> {
        let statistics = BatchStatistics::of(&self.value())?;
        let op = BatchNorm::training_by(statistics.clone(), eps);
        Ok((self.tape().apply(op, [self, gain, shift])?, statistics))
    }

    /// As [`batch_norm`](Var::batch_norm), with given statistics as constants: for inference.
    ///
    /// # Errors
    ///
    /// If `gain`, `shift` or the statistics do not have one element for each channel.
    pub fn batch_norm_by(
        self,
        statistics: BatchStatistics<T>,
        gain: Self,
        shift: Self,
        eps: T,
    ) -> Result<Self> {
        self.tape().apply(BatchNorm::inference(statistics, eps), [self, gain, shift])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn training<T: Float>() -> BatchNorm<T> {
        BatchNorm::training(T::of(1e-5))
    }
    fn inference<T: Float>() -> BatchNorm<T> {
        let [mean, variance] = [[0.5, -1.0], [2.0, 0.3]].map(|xs| Tensor::from(xs.map(T::of)));
        BatchNorm::inference(BatchStatistics { mean, variance }, T::of(1e-5))
    }
    vec![
        grad_case!(training(), [normal([5, 2]), normal([2]), normal([2])]).named("training"),
        grad_case!(training(), [normal([2, 3, 2, 2]), normal([3]), normal([3])])
            .named("training, images"),
        grad_case!(inference(), [normal([3, 2]), normal([2]), normal([2])]).named("inference"),
        grad_case!(inference(), [normal([2, 2, 3]), normal([2]), normal([2])])
            .named("inference, sequences"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("batch_norm", |given| {
        let y = given.x(0).batch_norm(given.x(1), given.x(2), given.number("epsilon"));
        y.map(|(y, _)| y)
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_batch_of_two_becomes_plus_and_minus_the_gain() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 5.0], [3.0, 1.0]]));
        let [g, s] = [[2.0, 3.0], [10.0, 20.0]].map(|x| tape.parameter(Tensor::from(x)));
        let (y, statistics) = x.batch_norm(g, s, 0.0).unwrap();
        assert_eq!(y.value(), Tensor::from([[8.0, 23.0], [12.0, 17.0]]));
        assert_eq!(statistics.mean, Tensor::from([2.0, 3.0]));
        assert_eq!(statistics.variance, Tensor::from([1.0, 4.0]));
        let gradients = y.backward_with(Tensor::from([[1.0, 2.0], [4.0, 8.0]])).unwrap();
        assert_eq!(*gradients.of(g).unwrap(), Tensor::from([3.0, -6.0]));
        assert_eq!(*gradients.of(s).unwrap(), Tensor::from([5.0, 10.0]));
        assert_eq!(*gradients.of(x).unwrap(), Tensor::zeros([2, 2]));
        // With constant statistics, the gradient of x is dy∘g/√v.
        let y = x.batch_norm_by(statistics, g, s, 0.0).unwrap();
        assert_eq!(y.value(), Tensor::from([[8.0, 23.0], [12.0, 17.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 2.0], [4.0, 8.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[2.0, 3.0], [8.0, 12.0]]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let [x, g] = [Tensor::<f32>::zeros([1, 3]), Tensor::zeros([3])].map(|x| tape.parameter(x));
        assert_eq!(
            x.batch_norm(g, g, 1e-5).unwrap_err().to_string(),
            "batch_norm: [1, 3] has one element for each channel, so its variance is 0; train \
            with larger batches"
        );
        let x = tape.parameter(Tensor::zeros([4, 2]));
        assert_eq!(
            x.batch_norm(g, g, 1e-5).unwrap_err().to_string(),
            "batch_norm: inputs [4, 2], gain [3]: expected one element for each channel, [2]"
        );
        assert!(g.batch_norm(g, g, 1e-5).is_err());
    }
}
