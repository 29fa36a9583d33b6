//! Linear interpolation between two numbers.
//!
//! y  = a + w·(b − a)
//! da = dy ∘ (1 − w), db = dy ∘ w, dw = dy ∘ (b − a)
//!
//! shapes: a, b and w broadcast together; y has the broadcast shape
//!
//! From w = 1/2 on it is computed as b − (1 − w)·(b − a), so that y is exactly b at w = 1.

use crate::elementwise;
use crate::error::Result;
use crate::var::Var;
use tensor::Float;

elementwise!(
    /// y = a + w·(b − a), the shapes broadcast together: a at w = 0, b at w = 1, extrapolated
    /// outside 0..=1; da = dy ∘ (1 − w), db = dy ∘ w, dw = dy ∘ (b − a).
    pub Lerp, "lerp", |a: T, b: T, w: T| {
        let (way, rest) = (b - a, T::one() - w);
        if w < T::of(0.5) { a + w * way } else { b - rest * way }
    }
);

impl<T: Float> Var<'_, T> {
    /// self + `weight`·(`end` − self): self at weight 0, `end` at weight 1
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn lerp(self, end: Self, weight: Self) -> Result<Self> {
        self.tape().apply(Lerp, [self, end, weight])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Lerp, [normal([2, 3]), normal([2, 3]), normal([2, 3])]),
        grad_case!(Lerp, [normal([2, 1]), normal([3]), normal([])])
            .named("everything is broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("lerp", |given| given.x(0).lerp(given.x(1), given.x(2)))]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn the_ends_are_exact() {
        let tape = Tape::new();
        let [a, b] = [1e16, 1.0].map(|x| tape.parameter(Tensor::scalar(x)));
        let w = tape.parameter(Tensor::from([0.0, 1.0, 0.5, 2.0]));
        let y = a.lerp(b, w).unwrap();
        assert_eq!(y.value().to_vec()[..2], [1e16, 1.0]);
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(gradients.of(a).unwrap().item(), Ok(0.5)); // 1 + 0 + 0.5 − 1
        assert_eq!(gradients.of(b).unwrap().item(), Ok(3.5));
        assert_eq!(*gradients.of(w).unwrap(), Tensor::full([4], 1.0 - 1e16));
    }
}
