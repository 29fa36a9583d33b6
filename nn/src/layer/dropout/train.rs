//! Training with dropout.

use autograd::Var;
use tensor::Float;
use tensor::random::Random;
use tensor::simd::{Inline, vectorize, vectorize_inline};

use super::Dropout;
use crate::layer::recorded::record;
use crate::layer::{Extra, Fixed, Formula, Leaf, OutputGrad, Pass, UnitFunction, Width, Workspace};

/// Streams of random numbers from here on belong to dropout; those below are the first weights' and the
/// epochs'.
const STREAMS: u64 = 1 << 63;
/// So many steps have streams of their own in each layer.
const STEPS: u32 = 44;

/// y = x∘m, dx = dy∘m. The mask is kept of each row.
#[derive(Clone, Copy, Debug)]
pub struct DropoutFormula<W> {
    width: W,
    /// The share that is dropped.
    rate: f64,
}

impl<W: Width> DropoutFormula<W> {
    /// Of `width` numbers, dropping the share `rate`.
    pub(crate) fn new(width: W, [rate]: [f64; 1]) -> Self {
        DropoutFormula { width, rate }
    }
}

/// Multiplies by the mask, which stands in the place of the function's argument.
#[derive(Debug)]
struct Mask;

impl<T: Float> UnitFunction<T> for Mask {
    fn apply(&self, _values: &mut [T]) {}

    fn multiply_derivative(&self, gradient: &mut [T], mask: &[T], _y: &[T]) {
        vectorize(|| gradient.iter_mut().zip(mask).for_each(|(d, &m)| *d = *d * m));
    }
}

impl<T: Float, W: Width> Formula<T> for DropoutFormula<W> {
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
        let Pass::Training { seed, step, first_row, layer } = pass else {
            mask.fill(T::one());
            y.copy_from_slice(x);
            return;
        };
        let random = Random::new(seed, STREAMS | layer << STEPS | step);
        fill_mask(random, self.rate, first_row * self.width.get() as u64, mask);
        vectorize(|| {
            for ((y, &x), &m) in y.iter_mut().zip(x).zip(&*mask) {
                *y = x * m;
            }
        });
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

impl<const N: usize, const RATE: u64> Leaf for Dropout<N, RATE> {
    type Formula<T: Float> = DropoutFormula<Fixed<N>>;
    type View<'a, T: Float> = ();

    fn formula<T: Float>() -> Self::Formula<T> {
        DropoutFormula::new(Fixed, [Self::SHARE])
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

/// The elements `first..` of a mask: 0 with the probability `rate`, else 1/(1 − rate).
fn fill_mask<T: Float>(random: Random, rate: f64, first: u64, mask: &mut [T]) {
    // One of 2³² equally likely words decides.
    let dropped = (rate * (1_u64 << 32) as f64).round() as u32;
    let kept = T::of(1.0 / (1.0 - rate));
    vectorize_inline(FillMask { random, dropped, kept, first, mask });
}

/// [`Inline`], since ten rounds of arithmetic are too large to be inlined into the vector code otherwise.
struct FillMask<'a, T> {
    random: Random,
    dropped: u32,
    kept: T,
    first: u64,
    mask: &'a mut [T],
}

/// As many words as [`Random::words`] makes at once.
const GROUP: usize = 64;

impl<T: Float> Inline for FillMask<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (mut at, mut rest) = (self.first, self.mask);
        while !rest.is_empty() {
            // The part may begin and end inside a group of words.
            let (group, inside) = (at / GROUP as u64, (at % GROUP as u64) as usize);
            let most = (GROUP - inside).min(rest.len());
            let (now, later) = rest.split_at_mut(most);
            let words = self.random.words(group);
            for (m, &word) in now.iter_mut().zip(&words[inside..]) {
                *m = if word < self.dropped { T::zero() } else { self.kept };
            }
            at += now.len() as u64;
            rest = later;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_right_and_any_part_is_the_same() {
        let random = Random::new(3, STREAMS | 5);
        let mut whole = vec![0.0_f32; 40_000];
        fill_mask(random, 0.3, 0, &mut whole);
        let zeros = whole.iter().filter(|&&m| m == 0.0).count() as f64;
        assert!((zeros / 4e4 - 0.3).abs() < 5.0 * (0.21_f64 / 4e4).sqrt(), "{zeros}");
        assert!(whole.iter().all(|&m| m == 0.0 || m == (1.0 / 0.7) as f32));
        for first in [0, 1, 7, 62, 63, 64, 65, 130] {
            for len in [0, 1, 2, 3, 64, 65, 129] {
                let mut part = vec![9.0_f32; len];
                fill_mask(random, 0.3, first as u64, &mut part);
                assert_eq!(part, whole[first..][..len], "{first} {len}");
            }
        }
        fill_mask(random, 0.0, 0, &mut whole);
        assert!(whole.iter().all(|&m| m == 1.0));
    }
}
