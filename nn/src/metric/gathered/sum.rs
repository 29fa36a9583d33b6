//! Compensated sums and means.

/// A compensated sum (A. Neumaier, 1974). For all practical purposes it is exact, and so has the
/// same value in every order of the terms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::metric) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(in crate::metric) fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        let lost =
            if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
        // The compensation of an infinite sum would be NaN.
        self.lost += if sum.is_finite() { lost } else { 0.0 };
    }

    pub(in crate::metric) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// A weighted mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::metric) struct Mean {
    sum: Sum,
    weight: Sum,
}

impl Mean {
    pub(in crate::metric) fn add(&mut self, x: f64, weight: f64) {
        self.sum.add(x * weight);
        self.weight.add(weight);
    }

    /// `None` without rows, or if none has a weight.
    pub(in crate::metric) fn value(&self) -> Option<f64> {
        let weight = self.weight.value();
        (weight > 0.0).then(|| self.sum.value() / weight)
    }

    /// The weight added so far.
    pub(in crate::metric) fn weight(&self) -> f64 {
        self.weight.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = Sum::default();
        numbers.into_iter().for_each(|x| sum.add(x));
        sum.value()
    }

    #[test]
    fn what_is_small_is_not_lost() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum(std::iter::repeat_n(0.1, 1_000_000)), 1e5);
        assert_eq!(sum([f64::MAX, f64::MAX, 1.0]), f64::INFINITY);
        let mut mean = Mean::default();
        assert_eq!(mean.value(), None);
        mean.add(5.0, 0.0);
        assert_eq!(mean.value(), None);
        mean.add(1.0, 3.0);
        mean.add(5.0, 1.0);
        assert_eq!(mean.value(), Some(2.0));
    }
}
