//! The sum of the losses of two heads.

use tensor::{Buffer, Float};

use super::{Loss, LossRows, TrainedWith};
use crate::head::{Both, Head};

/// A loss of a network with two heads; as [`Loss`]. A pair of losses is such a loss, the sum of
/// both. More heads take nested pairs.
#[diagnostic::on_unimplemented(
    message = "this network has several heads: train it with as many losses, such as \
               `(cross_entropy(), mse())`",
    label = "`{Self}` does not fit a network that ends in `{A}` and `{B}`",
    note = "three heads take `(first, (second, third))`; `nn::loss` lists which losses fit which \
            head"
)]
pub trait BothLoss<T: Float, A: Head<T>, B: Head<T>>: Clone + Send + Sync + 'static {
    /// Name of the sum.
    const NAME: &'static str;

    /// As [`Loss::evaluate`].
    fn evaluate(&self, rows: LossRows<'_, T, (A::Target, B::Target)>);

    /// As [`Loss::weight_sums`].
    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t (A::Target, B::Target), f64)> + Clone,
        sums: &mut Vec<f64>,
    ) where
        A: 't,
        B: 't;

    /// As [`Loss::for_batch`].
    #[must_use]
    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self;

    /// As [`Loss::label_smoothing`]: the larger of the two.
    fn label_smoothing(&self) -> Option<f64>;
}

impl<T: Float, A: Head<T>, B: Head<T>, L: BothLoss<T, A, B>> TrainedWith<T, L> for Both<A, B> {
    fn into_loss(loss: L) -> impl Loss<T, Self> {
        loss
    }
}

impl<T: Float, A: Head<T>, B: Head<T>, L: BothLoss<T, A, B>> Loss<T, Both<A, B>> for L {
    const NAME: &'static str = <L as BothLoss<T, A, B>>::NAME;

    fn evaluate(&self, rows: LossRows<'_, T, (A::Target, B::Target)>) {
        BothLoss::evaluate(self, rows);
    }

    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t (A::Target, B::Target), f64)> + Clone,
        sums: &mut Vec<f64>,
    ) where
        A: 't,
        B: 't,
    {
        BothLoss::weight_sums(self, targets, sums);
    }

    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        BothLoss::for_batch(self, rows, sums)
    }

    fn label_smoothing(&self) -> Option<f64> {
        BothLoss::label_smoothing(self)
    }
}

impl<T, A, B, K, L> BothLoss<T, A, B> for (K, L)
where
    T: Float,
    A: Head<T>,
    B: Head<T>,
    K: Loss<T, A>,
    L: Loss<T, B>,
{
    const NAME: &'static str = "sum of the heads' losses";

    fn evaluate(&self, rows: LossRows<'_, T, (A::Target, B::Target)>) {
        /// Rows processed at a time.
        const PORTION: usize = 16;
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        let units = A::UNITS + B::UNITS;
        let rows = PORTION.min(targets.len());
        let mut memory = Buffer::stale(rows * (2 * units + 1));
        let portions = logits.chunks(PORTION * units).zip(gradient.chunks_mut(PORTION * units));
        let portions = portions.zip(targets.chunks(PORTION)).zip(losses.chunks_mut(PORTION));
        for (((logits, gradient), targets), losses) in portions {
            let rows = targets.len();
            let (z, rest) = memory.split_at_mut(rows * units);
            let (dz, rest) = rest.split_at_mut(rows * units);
            let second_losses = &mut rest[..rows];
            let (za, zb) = z.split_at_mut(rows * A::UNITS);
            let (dza, dzb) = dz.split_at_mut(rows * A::UNITS);
            let halves = za.chunks_exact_mut(A::UNITS).zip(zb.chunks_exact_mut(B::UNITS));
            for (row, (a, b)) in logits.chunks_exact(units).zip(halves) {
                a.copy_from_slice(&row[..A::UNITS]);
                b.copy_from_slice(&row[A::UNITS..]);
            }
            let at = |row: usize| &targets[row.min(rows - 1)];
            let first: [A::Target; PORTION] = std::array::from_fn(|row| at(row).0);
            let second: [B::Target; PORTION] = std::array::from_fn(|row| at(row).1);
            let (first, second) = (&first[..rows], &second[..rows]);
            self.0.evaluate(LossRows {
                logits: za,
                targets: first,
                scale,
                losses,
                gradient: dza,
                smoothing,
            });
            self.1.evaluate(LossRows {
                logits: zb,
                targets: second,
                scale,
                losses: second_losses,
                gradient: dzb,
                smoothing,
            });
            for (sum, &loss) in losses.iter_mut().zip(&*second_losses) {
                *sum = *sum + loss;
            }
            let halves = dza.chunks_exact(A::UNITS).zip(dzb.chunks_exact(B::UNITS));
            for (row, (a, b)) in gradient.chunks_exact_mut(units).zip(halves) {
                row[..A::UNITS].copy_from_slice(a);
                row[A::UNITS..].copy_from_slice(b);
            }
        }
    }

    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t (A::Target, B::Target), f64)> + Clone,
        sums: &mut Vec<f64>,
    ) where
        A: 't,
        B: 't,
    {
        self.0.weight_sums(targets.clone().map(|(target, weight)| (&target.0, weight)), sums);
        self.1.weight_sums(targets.map(|(target, weight)| (&target.1, weight)), sums);
    }

    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        (self.0.for_batch(rows, sums), self.1.for_batch(rows, sums))
    }

    fn label_smoothing(&self) -> Option<f64> {
        let both = [self.0.label_smoothing(), self.1.label_smoothing()];
        both.into_iter().flatten().reduce(f64::max)
    }
}
