//! Training with dropout.

use std::marker::PhantomData;

use autograd::Var;
use tensor::Float;
use tensor::random::Random;
use tensor::simd::vectorize;

use super::{Alpha, DropoutKind, Dropping, Gaussian, Standard, WholeRows};
use crate::layer::recorded::record;
use crate::layer::{
    Extra, Fixed, Formula, Info, Leaf, OutputGrad, Pass, UnitFunction, Width, Workspace,
    written_number,
};

/// Random streams from here on are those of dropout. Those below are those of initial weights and
/// of epochs.
const STREAMS: u64 = 1 << 63;
/// Each layer has 2⁴⁴ streams, one per step.
const STEPS: u32 = 44;

/// The largest dropout rate of the layers, if any has one.
pub(crate) fn largest_dropout_rate(info: &Info) -> Option<f64> {
    const WORDS: [&str; 4] = [Standard::WORD, Gaussian::WORD, Alpha::WORD, WholeRows::WORD];
    let layers = (0..info.count()).map(|index| info.layer(index).0);
    let dropping = layers.filter(|layer| !layer.is_own && WORDS.contains(&layer.kind));
    dropping.filter_map(|layer| written_number(layer.option)).reduce(f64::max)
}

/// y = x∘m + c, dx = dy∘m. The mask of each row is cached.
#[derive(Clone, Copy, Debug)]
pub struct DroppingFormula<K, W> {
    width: W,
    /// The dropout rate.
    rate: f64,
    kind: PhantomData<fn() -> K>,
}

impl<K: DropoutKind, W: Width> DroppingFormula<K, W> {
    /// Creates the formula for `width` numbers and this rate.
    pub(crate) fn new(width: W, [rate]: [f64; 1]) -> Self {
        DroppingFormula { width, rate, kind: PhantomData }
    }
}

/// Multiplies by the mask, which is passed as the function's argument x.
#[derive(Debug)]
struct Mask;

impl<T: Float> UnitFunction<T> for Mask {
    fn apply(&self, _values: &mut [T]) {}

    fn multiply_derivative(&self, gradient: &mut [T], mask: &[T], _y: &[T]) {
        vectorize(|| gradient.iter_mut().zip(mask).for_each(|(d, &m)| *d = *d * m));
    }
}

impl<T: Float, K: DropoutKind, W: Width> Formula<T> for DroppingFormula<K, W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn extra(&self) -> Extra {
        Extra { per_row: self.width.get(), shared: 0 }
    }

    fn predict(&self, _parameters: &[T], x: &[T], y: &mut [T]) {
        y.copy_from_slice(x);
    }

    fn forward(&self, _parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, pass: Pass) {
        let (y, mask) = (&mut *workspace.y, &mut *workspace.per_row);
        let Pass::Training { seed, step, first_row, layer, dropout } = pass else {
            mask.fill(T::one());
            y.copy_from_slice(x);
            return;
        };
        let random = Random::new(seed, STREAMS | layer << STEPS | step);
        let rate = self.rate * dropout;
        K::fill_mask(random, rate, (first_row, self.width.get()), mask);
        vectorize(|| {
            for ((y, &x), &m) in y.iter_mut().zip(x).zip(&*mask) {
                *y = x * m;
            }
        });
        let shifts = K::shifts(rate);
        if shifts != [0.0; 2] {
            let [of_dropped, of_kept] = shifts.map(T::of);
            vectorize(|| {
                for (y, &m) in y.iter_mut().zip(&*mask) {
                    *y = *y + if m == T::zero() { of_dropped } else { of_kept };
                }
            });
        }
    }

    fn output_grad<'r>(&'r self, workspace: &'r mut Workspace<'_, T>) -> OutputGrad<'r, T> {
        let Workspace { y, dy, per_row, .. } = workspace;
        OutputGrad { x: per_row, y, gradient: dy, activation: &Mask }
    }

    fn backward(
        &self,
        _parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        before.gradient.copy_from_slice(workspace.dy);
        before.apply_derivative();
    }
}

impl<K: DropoutKind, const N: usize, const RATE: u64> Leaf for Dropping<K, N, RATE> {
    type Formula<T: Float> = DroppingFormula<K, Fixed<N>>;
    type View<'a, T: Float> = ();

    fn formula<T: Float>() -> Self::Formula<T> {
        DroppingFormula::new(Fixed, [Self::SHARE])
    }

    fn view<T: Float>(_parameters: &[T]) {}

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        match pass {
            Pass::Evaluation => Ok(x),
            Pass::Training { .. } => record::<Self, T>(parameters, x, pass),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any slice of a mask equals that of the whole.
    fn parts_are_the_same<K: DropoutKind>(random: Random, whole: &[f32]) {
        for first in [0, 1, 7, 62, 63, 64, 65, 130] {
            for len in [0, 1, 2, 3, 64, 65, 129] {
                let mut part = vec![9.0_f32; len];
                K::fill_mask(random, 0.3, (first as u64, 1), &mut part);
                assert_eq!(part, whole[first..][..len], "{first} {len}");
            }
        }
    }

    #[test]
    fn the_share_is_right_and_any_part_is_the_same() {
        let random = Random::new(3, STREAMS | 5);
        let mut whole = vec![0.0_f32; 40_000];
        Standard::fill_mask(random, 0.3, (0, 1), &mut whole);
        let zeros = whole.iter().filter(|&&m| m == 0.0).count() as f64;
        assert!((zeros / 4e4 - 0.3).abs() < 5.0 * (0.21_f64 / 4e4).sqrt(), "{zeros}");
        assert!(whole.iter().all(|&m| m == 0.0 || m == (1.0 / 0.7) as f32));
        parts_are_the_same::<Standard>(random, &whole);
        Standard::fill_mask(random, 0.0, (0, 1), &mut whole);
        assert!(whole.iter().all(|&m| m == 1.0));
    }

    #[test]
    fn whole_rows_are_dropped() {
        let random = Random::new(3, STREAMS | 5);
        let mut whole = vec![9.0_f32; 7 * 4000];
        WholeRows::fill_mask(random, 0.3, (0, 7), &mut whole);
        let (rows, _) = whole.as_chunks::<7>();
        let kept = (1.0 / 0.7) as f32;
        assert!(rows.iter().all(|row| *row == [0.0; 7] || *row == [kept; 7]));
        let dropped = rows.iter().filter(|row| row[0] == 0.0).count() as f64;
        assert!((dropped / 4e3 - 0.3).abs() < 5.0 * (0.21_f64 / 4e3).sqrt(), "{dropped}");
        for (first, count) in [(0, 1), (3, 0), (17, 40), (3999, 1)] {
            let mut part = vec![9.0_f32; 7 * count];
            WholeRows::fill_mask(random, 0.3, (first as u64, 7), &mut part);
            assert_eq!(part, whole[7 * first..][..7 * count]);
        }
        WholeRows::fill_mask(random, 0.0, (0, 7), &mut whole);
        assert!(whole.iter().all(|&m| m == 1.0));
    }

    #[test]
    fn normal_masks_have_the_mean_and_the_variance_of_dropout() {
        let random = Random::new(3, STREAMS | 5);
        let mut whole = vec![0.0_f32; 40_000];
        Gaussian::fill_mask(random, 0.3, (0, 1), &mut whole);
        let mean = whole.iter().sum::<f32>() / 4e4;
        let variance = whole.iter().map(|m| (m - 1.0).powi(2)).sum::<f32>() / 4e4;
        let expected = 0.3_f32 / 0.7;
        assert!((mean - 1.0).abs() < 5.0 * (expected / 4e4).sqrt(), "{mean}");
        assert!((variance / expected - 1.0).abs() < 5.0 * (2.0_f32 / 4e4).sqrt(), "{variance}");
        parts_are_the_same::<Gaussian>(random, &whole);
        Gaussian::fill_mask(random, 0.0, (0, 1), &mut whole);
        assert!(whole.iter().all(|&m| m == 1.0));
    }

    /// For an x with mean 0 and variance 1, of which the fraction q is not dropped: mean and
    /// variance over both. The constants are PyTorch's for p = 0.3.
    #[test]
    fn alpha_dropout_keeps_mean_and_variance() {
        let rate = 0.3;
        let mut mask = [0.0_f64; 64];
        Alpha::fill_mask(Random::new(1, 2), rate, (0, 1), &mut mask);
        let a = mask.into_iter().fold(0.0, f64::max);
        let [dropped, kept] = Alpha::shifts(rate);
        let mean = rate * dropped + (1.0 - rate) * kept;
        let square = rate * dropped * dropped + (1.0 - rate) * (a * a + kept * kept);
        assert!(
            mean.abs() < 1e-15 && (square - mean * mean - 1.0).abs() < 1e-14,
            "{mean} {square}"
        );
        assert_eq!(Alpha::shifts(0.0)[1], 0.0);
    }
}
