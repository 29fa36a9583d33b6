//! Losses: means over elements or rows, scalars to call `backward` on.

use tensor::Float;

use crate::error::Result;
use crate::ops;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// [`cross_entropy`](Var::cross_entropy), the share `smoothing` of each target being spread evenly
    /// over all classes. With weights, too: [`ops::CrossEntropy`].
    ///
    /// # Errors
    ///
    /// As `cross_entropy`, and if the share does not lie in 0..=1.
    pub fn cross_entropy_smoothed(self, classes: &[usize], smoothing: T) -> Result<Self> {
        self.tape().apply(ops::CrossEntropy::new(classes).smoothed(smoothing), [self])
    }

    /// [`cross_entropy`](Var::cross_entropy), each row counting with its class's weight, the sum
    /// divided by the sum of the rows' weights.
    ///
    /// # Errors
    ///
    /// As `cross_entropy`, and if there is not one weight for each class.
    pub fn cross_entropy_weighted(self, classes: &[usize], weights: &[T]) -> Result<Self> {
        self.tape().apply(ops::CrossEntropy::new(classes).weighted(weights), [self])
    }

    /// The mean over rows of −Σ target∘ln softmax(row); self are logits, `[rows, classes]`, `target`
    /// probabilities of the same shape. With weights and smoothing: [`ops::SoftCrossEntropy`].
    ///
    /// # Errors
    ///
    /// If the shapes differ, or there are not two axes.
    pub fn soft_cross_entropy(self, target: Self) -> Result<Self> {
        self.tape().apply(ops::SoftCrossEntropy::new(), [self, target])
    }

    /// The mean of |self − target|.
    ///
    /// # Errors
    ///
    /// If the shapes differ, here and below.
    pub fn mae(self, target: Self) -> Result<Self> {
        self.tape().apply(ops::Mae, [self, target])
    }

    /// The mean of d²/2, from |d| = `delta` on of `delta`·(|d| − `delta`/2), d = self − target.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or `delta` is not above 0.
    pub fn huber(self, target: Self, delta: T) -> Result<Self> {
        self.tape().apply(ops::Huber { delta }, [self, target])
    }

    /// The mean of d²/(2·`beta`), from |d| = `beta` on of |d| − `beta`/2, d = self − target.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or `beta` is below 0.
    pub fn smooth_l1(self, target: Self, beta: T) -> Result<Self> {
        self.tape().apply(ops::SmoothL1 { beta }, [self, target])
    }

    /// Σ target∘(ln target − self) divided by the number of elements; self are logarithms of
    /// probabilities, `target` probabilities.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn kl_div(self, target: Self) -> Result<Self> {
        self.tape().apply(ops::KlDiv::per_element(), [self, target])
    }

    /// Σ target∘(ln target − self) divided by the length of axis 0: the mean over rows of the
    /// divergence of the row; self are logarithms of probabilities, `target` probabilities.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or there is no axis 0.
    pub fn kl_div_batch_mean(self, target: Self) -> Result<Self> {
        self.tape().apply(ops::KlDiv::per_row(), [self, target])
    }

    /// The mean of max(0, `margin` − target∘self) for targets −1 and 1.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn hinge(self, target: Self, margin: T) -> Result<Self> {
        self.tape().apply(ops::Hinge { margin }, [self, target])
    }

    /// The cosines between the vectors of self and other along `axis`, which goes; lengths below
    /// `eps` count as `eps`.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or there is no such axis.
    pub fn cosine_similarity(self, other: Self, axis: usize, eps: T) -> Result<Self> {
        self.tape().apply(ops::CosineSimilarity::new(axis, eps), [self, other])
    }

    /// The mean over the rows of `[rows, n]` of 1 − c for those `together`, of max(0, c − `margin`)
    /// for the others, c being the cosine between the rows of self and other.
    ///
    /// # Errors
    ///
    /// If the shapes differ, there are not two axes, or not one target for each row.
    pub fn cosine_embedding(self, other: Self, together: &[bool], margin: T) -> Result<Self> {
        let op = ops::CosineEmbedding { together: together.to_vec(), margin };
        self.tape().apply(op, [self, other])
    }
}
