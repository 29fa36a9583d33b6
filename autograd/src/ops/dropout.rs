//! Dropout: a random fraction of the elements set to 0, the others scaled up to compensate.
//!
//! y  = x∘m, m = 0 with probability p, else 1/(1 − p)
//! dx = dy∘m
//!
//! shapes: y as x

use tensor::random::Random;
use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x∘m, where m is 0 with probability p, else 1/(1 − p); dx = dy∘m.
///
/// The mask is a function of [`Random`]'s seed and stream, and of the element's position (the last
/// axis changing fastest) as the index: an element is dropped if its uniform number is below p. The
/// same `random` therefore drops the same elements again; use a different stream for each layer and
/// step.
#[derive(Clone, Debug)]
pub struct Dropout<T: Float> {
    p: T,
    random: Random,
    /// m, saved by forward for backward.
    mask: Option<Tensor<T>>,
}

impl<T: Float> Dropout<T> {
    /// Drops each element with probability `p`, in 0..1.
    pub fn new(p: T, random: Random) -> Self {
        Dropout { p, random, mask: None }
    }
}

impl<T: Float> Op<T, 1> for Dropout<T> {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let p = self.p;
        if !(p >= T::zero() && p < T::one()) {
            return Err(Error::invalid(
                "dropout",
                format!("found the drop probability {p}, expected 0 ≤ p < 1"),
            ));
        }
        let kept = (T::one() - p).recip();
        let mask = Tensor::uniform(x.shape(), T::zero(), T::one(), self.random)
            .map(|uniform| if uniform < p { T::zero() } else { kept });
        let y = x.zip(&mask, |x, m| x * m)?;
        self.mask = Some(mask);
        Ok(y)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let Some(mask) = &self.mask else { unreachable!("forward comes before backward") };
        Ok([call.wanted(0, || Ok(dy.zip(mask, |dy, m| dy * m)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Sets each element to 0 with probability `p`, chosen by `random`, and divides the others by
    /// 1 − `p`.
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
        self.tape().apply(Dropout::new(p, random), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>(p: f64) -> Dropout<T> {
        Dropout::new(T::of(p), Random::new(7, 1))
    }
    vec![
        grad_case!(op(0.5), [normal([4, 5])]),
        grad_case!(op(0.9), [normal([6, 7])]).named("most"),
        grad_case!(op(0.0), [normal([3])]).named("none"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::Comparison;
    vec![Comparison::not_yet("dropout", "its random numbers differ from PyTorch's")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_stays_is_enlarged_and_what_goes_gets_no_gradient() {
        let tape = Tape::new();
        let random = Random::new(3, 5);
        let n = 10_000;
        let x = tape.parameter(Tensor::<f64>::full([n], 3.0));
        let y = x.dropout(0.25, random).unwrap();
        let dx = y.sum().unwrap().backward().unwrap().of(x).unwrap().to_vec();
        for (index, (y, dx)) in y.value().to_vec().into_iter().zip(dx).enumerate() {
            let expected =
                if random.uniform::<f64>(index as u64) < 0.25 { 0.0 } else { 1.0 / 0.75 };
            assert_eq!((y, dx), (3.0 * expected, expected));
        }
        // Within five standard deviations of the mean.
        let mean = y.value().mean();
        assert!((mean - 3.0).abs() < 5.0 * 3.0 * (0.25_f64 / 0.75 / n as f64).sqrt(), "{mean}");
        assert_eq!(x.dropout(0.25, random).unwrap().value(), y.value());
        assert_ne!(x.dropout(0.25, Random::new(3, 6)).unwrap().value(), y.value());
    }

    #[test]
    fn not_everything_can_be_dropped() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::ones([2]));
        for p in [1.0, -0.1, f32::NAN] {
            assert_eq!(
                x.dropout(p, Random::new(0, 0)).unwrap_err().to_string(),
                format!("dropout: found the drop probability {p}, expected 0 ≤ p < 1")
            );
        }
    }
}
