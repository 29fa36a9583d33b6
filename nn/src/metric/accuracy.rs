//! How often the network is right.

use tensor::Float;

use super::Metric;
use crate::head::Head;

/// right rows / rows, from 0 to 1; higher is better.
///
/// What is right is what [`Head::is_right`] says: for exclusive classes that the largest output is the target's,
/// for several heads that all of them are right. There is no accuracy where right and wrong are not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    rows: usize,
    right: usize,
    undefined: bool,
}

impl Accuracy {
    /// Takes in one row, of which [`Head::is_right`] has been asked.
    pub(super) fn count(&mut self, is_right: Option<bool>) {
        self.rows += 1;
        self.right += usize::from(is_right == Some(true));
        self.undefined |= is_right.is_none();
    }

    /// The share of right rows.
    pub(super) fn share(self) -> Option<f64> {
        let defined = self.rows > 0 && !self.undefined;
        defined.then_some(self.right as f64 / self.rows as f64)
    }
}

impl<T: Float, H: Head<T>> Metric<T, H> for Accuracy {
    const NAME: &'static str = "accuracy";

    fn observe(&mut self, logits: &[T], target: &H::Target) {
        self.count(H::is_right(logits, target));
    }

    fn finish(self) -> Option<f64> {
        self.share()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::Example;
    use crate::head::{Linear, Sigmoid, Softmax};

    let [first, second, third] = super::checks::classes();
    let all = Accuracy::default();
    vec![
        // right, wrong, right, and of two that are as large the first counts: wrong
        Example::new::<Softmax<3>, _>(
            all,
            &[
                (&[2.0, 0.0, 1.0], first),
                (&[2.0, 3.0, 1.0], first),
                (&[-9.0, -8.0, -7.0], third),
                (&[0.0, 1.0, 1.0], third),
            ],
            Some(0.5),
        ),
        Example::new::<Softmax<3>, _>(all, &[(&[0.0, 0.1, 0.0], second)], Some(1.0)),
        // A row is right if all of its units are: right, wrong, wrong.
        Example::new::<Sigmoid<2>, _>(
            all,
            &[(&[0.5, -0.5], [1.0, 0.0]), (&[0.5, 0.5], [1.0, 0.0]), (&[-0.5, 0.5], [1.0, 0.0])],
            Some(1.0 / 3.0),
        ),
        Example::new::<Linear<1>, _>(all, &[(&[1.0], [1.0])], None),
    ]
}
