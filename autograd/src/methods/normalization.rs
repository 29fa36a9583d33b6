//! Norms and dropout: what stands between the layers of a network.

use tensor::Float;
use tensor::random::Random;

use crate::error::Result;
use crate::ops::{self, BatchStatistics};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// (self − mean)/√(variance + `eps`), both along `axes`; the variance is the biased one.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or there are no elements.
    pub fn standardize(self, axes: &[usize], eps: T) -> Result<Self> {
        self.tape().apply(ops::Standardize::over(axes, eps), [self])
    }

    /// [Standardized](Var::standardize) along the last axes, those of `gain` and `shift`, then times
    /// `gain` plus `shift`.
    ///
    /// # Errors
    ///
    /// If `gain` and `shift` have not the shape of the last axes.
    pub fn layer_norm(self, gain: Self, shift: Self, eps: T) -> Result<Self> {
        self.tape().apply(ops::LayerNorm::new(eps), [self, gain, shift])
    }

    /// [Standardized](Var::standardize) for each channel of `[batch, channels, …]` by the statistics
    /// of the batch, then times `gain` plus `shift`; and these statistics.
    ///
    /// # Errors
    ///
    /// If `gain` and `shift` have not one element for each channel, or the batch has fewer than two
    /// for each.
    pub fn batch_norm(self, gain: Self, shift: Self, eps: T) -> Result<(Self, BatchStatistics<T>)> {
        let statistics = BatchStatistics::of(&self.value())?;
        let op = ops::BatchNorm::training_by(statistics.clone(), eps);
        Ok((self.tape().apply(op, [self, gain, shift])?, statistics))
    }

    /// As [`batch_norm`](Var::batch_norm), by given statistics, which are constants: for inference.
    ///
    /// # Errors
    ///
    /// If `gain`, `shift` or the statistics have not one element for each channel.
    pub fn batch_norm_by(
        self,
        statistics: BatchStatistics<T>,
        gain: Self,
        shift: Self,
        eps: T,
    ) -> Result<Self> {
        self.tape().apply(ops::BatchNorm::inference(statistics, eps), [self, gain, shift])
    }

    /// The share `p` of the elements, chosen by `random`, set to 0 and the others divided by 1 − `p`.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::{Tensor, random::Random};
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::<f32>::ones([1000]));
    /// let y = x.dropout(0.5, Random::new(42, 0))?; // a stream for each layer and step
    /// assert!(y.value().to_vec().iter().all(|&y| y == 0.0 || y == 2.0));
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If `p` is not at least 0 and less than 1.
    pub fn dropout(self, p: T, random: Random) -> Result<Self> {
        self.tape().apply(ops::Dropout::new(p, random), [self])
    }
}
