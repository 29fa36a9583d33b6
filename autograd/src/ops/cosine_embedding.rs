//! The cosine embedding loss of pairs of vectors that are similar or dissimilar.
//!
//! y  = Σ l(row) / rows, l = 1 − c for pairs that belong together, max(0, c − margin) for others,
//!      c = Σ a∘b / √(A·B), A = Σ a² + ε, B = Σ b² + ε, ε = 10⁻¹²
//! da = dy ∘ s ∘ (b/√(A·B) − c∘a/A) / rows, s = −1 for pairs that belong together, 1 for others
//!      with c > margin, 0 for the rest
//! db = the same with a and b exchanged
//!
//! shapes: a and b `[rows, n]`, y `[]`; Σ in c, A and B along a row

use tensor::{Float, Tensor};

use super::mse::check_equal;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = mean over rows of 1 − c for pairs that belong together, max(0, c − margin) for others, c the
/// cosine between the rows; da = dy ∘ ∓(b/(|a|·|b|) − c∘a/|a|²) / rows, and so for db. PyTorch's
/// `cosine_embedding_loss`, whose targets 1 and −1 are `true` and `false` here.
///
/// 10⁻¹² is added to |a|² and |b|², as in PyTorch, so that nothing divides by 0.
#[derive(Clone, Debug)]
pub struct CosineEmbedding<T> {
    /// For each row, whether the pair belongs together.
    pub together: Vec<bool>,
    /// The cosine up to which a pair that does not belong together has no loss, between −1 and 1.
    pub margin: T,
}

/// c, A and B of one row.
struct Angle<T> {
    cosine: T,
    square_a: T,
    square_b: T,
}

impl<T: Float> Angle<T> {
    fn of(a: &[T], b: &[T]) -> Self {
        let dot = |a: &[T], b: &[T]| a.iter().zip(b).fold(T::zero(), |sum, (&a, &b)| sum + a * b);
        let eps = T::of(1e-12);
        let (square_a, square_b) = (dot(a, a) + eps, dot(b, b) + eps);
        Angle { cosine: dot(a, b) / (square_a * square_b).sqrt(), square_a, square_b }
    }
}

impl<T: Float> CosineEmbedding<T> {
    /// l(c) and its derivative.
    fn loss(&self, row: usize, cosine: T) -> (T, T) {
        let over = cosine - self.margin;
        if self.together[row] {
            (T::one() - cosine, -T::one())
        } else if over <= T::zero() {
            (T::zero(), T::zero())
        } else {
            (over, T::one())
        }
    }

    /// The gradient with respect to `of`, the other being `other`.
    fn gradient(&self, of: &Tensor<T>, other: &Tensor<T>, dy: T) -> Result<Tensor<T>> {
        let &[rows, n] = of.shape() else { unreachable!("forward has checked the shape") };
        let scale = dy / T::of(rows as f64);
        let (of, other) = (of.contiguous(), other.contiguous());
        let mut gradient = Vec::with_capacity(of.len());
        let pairs = of.values().chunks_exact(n).zip(other.values().chunks_exact(n));
        for (row, (a, b)) in pairs.enumerate() {
            let Angle { cosine, square_a, square_b } = Angle::of(a, b);
            let slope = scale * self.loss(row, cosine).1;
            let lengths = (square_a * square_b).sqrt();
            let element = |(&a, &b): (&T, &T)| slope * (b / lengths - cosine * a / square_a);
            gradient.extend(a.iter().zip(b).map(element));
        }
        Ok(Tensor::from_vec(gradient, [rows, n])?)
    }
}

impl<T: Float> Op<T, 2> for CosineEmbedding<T> {
    fn name(&self) -> &'static str {
        "cosine_embedding"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("cosine_embedding", a, b)?;
        let &[rows, n] = a.shape() else {
            let rule = format!("{:?}: expected [rows, n]", a.shape());
            return Err(Error::invalid("cosine_embedding", rule));
        };
        if rows != self.together.len() {
            let rule = format!(
                "{:?} with {} targets: expected one target for each row",
                a.shape(),
                self.together.len()
            );
            return Err(Error::invalid("cosine_embedding", rule));
        }
        let (a, b) = (a.contiguous(), b.contiguous());
        let pairs = a.values().chunks_exact(n).zip(b.values().chunks_exact(n));
        let losses =
            pairs.enumerate().map(|(row, (a, b))| self.loss(row, Angle::of(a, b).cosine).0);
        Ok(Tensor::scalar(Tensor::from_vec(losses.collect(), [rows])?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let ([a, b], dy) = (call.inputs, dy.item()?);
        Ok([
            call.wanted(0, || self.gradient(a, b, dy))?,
            call.wanted(1, || self.gradient(b, a, dy))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean over the rows of `[rows, n]` of 1 − c for those `together`, of max(0, c − `margin`)
    /// for the others, c being the cosine between the rows of self and other.
    ///
    /// # Errors
    ///
    /// If the shapes differ, there are not two axes, or there is not one target for each row.
    pub fn cosine_embedding(self, other: Self, together: &[bool], margin: T) -> Result<Self> {
        let op = CosineEmbedding { together: together.to_vec(), margin };
        self.tape().apply(op, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>(margin: f64) -> CosineEmbedding<T> {
        CosineEmbedding { together: vec![true, false, true, false], margin: T::of(margin) }
    }
    vec![
        grad_case!(op(-1.0), [normal([4, 3]), normal([4, 3])]),
        grad_case!(op(0.2), [normal([4, 5]), normal([4, 5])]).named("with a margin"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("cosine_embedding", |given| {
        let together: Vec<bool> =
            given.case.indices("together").iter().map(|&one| one == 1).collect();
        given.x(0).cosine_embedding(given.x(1), &together, given.number("margin"))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn along_across_and_against() {
        let tape = Tape::new();
        let rows = [[3.0, 4.0], [3.0, 4.0], [3.0, 4.0], [0.0, 0.0]];
        let a = tape.parameter(Tensor::from(rows));
        let b = tape.constant(Tensor::from([[6.0, 8.0], [-4.0, 3.0], [-3.0, -4.0], [1.0, 0.0]]));
        // 1 − c: 0, 1, 2, 1; c − ½ where that is positive: ½, 0, 0, 0.
        for (together, expected) in [(true, 1.0), (false, 0.125)] {
            let y = a.cosine_embedding(b, &[together; 4], 0.5).unwrap().value().item().unwrap();
            assert!(f64::abs(y - expected) < 1e-12, "{y} {expected}");
        }
        let y = a.cosine_embedding(b, &[true; 4], 0.0).unwrap();
        let gradients = y.backward().unwrap();
        // −b/(5·5)/4 for perpendicular vectors, 0 for parallel and opposite ones.
        let expected = [0.0, 0.0, 0.04, -0.03, 0.0, 0.0];
        for (found, expected) in gradients.of(a).unwrap().to_vec().iter().zip(expected) {
            assert!(f64::abs(found - expected) < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::<f32>::ones([2, 3]));
        assert_eq!(
            a.cosine_embedding(a, &[true], 0.0).unwrap_err().to_string(),
            "cosine_embedding: [2, 3] with 1 targets: expected one target for each row"
        );
    }
}
