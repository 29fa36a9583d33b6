//! Training with layer norm.
//!
//! y  = n∘g + s, n = (x − m)·r, r = 1/√(v + ε)
//! dx = r·(h − mean h − n·mean (h∘n)), h = dy∘g
//! dg = Σ rows of dy∘n, ds = Σ rows of dy
//!
//! shapes: x, y `[rows, N]`, m, v `[rows]`, g, s `[N]`; means along a row

use autograd::Var;
use tensor::Float;
use tensor::simd::{Inline, vectorize, vectorize_inline};

use crate::layer::moments::sum;
use crate::layer::workspace::keeps;
use crate::layer::{End, Inference, Layer, LayerNorm, Pass, bias_gradient};
use crate::parameters::array;

/// The parameters of a layer norm.
#[derive(Clone, Copy, Debug)]
pub struct NormView<'a, T, const N: usize> {
    /// What each column is multiplied by.
    pub scale: &'a [T; N],
    /// What is added to each column.
    pub shift: &'a [T; N],
}

impl<const N: usize, const EPSILON: u64> Layer for LayerNorm<N, EPSILON> {
    // Mean and rate of each row are kept as well.
    keeps!(2, 0);

    type View<'a, T: Float> = NormView<'a, T, N>;

    fn view<T: Float>(parameters: &[T]) -> NormView<'_, T, N> {
        NormView { scale: array(parameters, 0), shift: array(parameters, Self::SHIFT) }
    }

    fn init<T: Float>(parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        parameters[..N].fill(T::one());
    }

    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T> {
        End::open(rows.y, rows.dy)
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, _pass: Pass) {
        vectorize_inline(Forward::<T, N, EPSILON> { parameters, x, y: rows.y, kept: rows.more });
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let (mut y, mut kept) = ([T::zero(); N], [T::zero(); 2]);
        vectorize_inline(Forward::<T, N, EPSILON> { parameters, x, y: &mut y, kept: &mut kept });
        y
    }

    fn backward<T: Float>(
        parameters: &[T],
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        let Some(before) = before else { return };
        vectorize_inline(Backward::<T, N> {
            scale: &parameters[..N],
            x: before.y,
            dy: rows.dy,
            kept: rows.more,
            dx: before.gradient,
        });
        before.close();
    }

    fn gradient<T: Float>(
        _parameters: &[T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        _from: usize,
        gradient: &mut [T],
    ) {
        gradient.fill(T::zero());
        let (scale, shift) = gradient.split_at_mut(Self::SHIFT);
        let scale = &mut scale[..N];
        vectorize(|| {
            let each = x.chunks_exact(N).zip(rows.dy.chunks_exact(N));
            for ((x, dy), &[mean, rate]) in each.zip(rows.more.as_chunks::<2>().0) {
                for ((scale, &x), &dy) in scale.iter_mut().zip(x).zip(dy) {
                    *scale = *scale + dy * ((x - mean) * rate);
                }
            }
        });
        bias_gradient(rows.dy, &mut shift[..N]);
    }

    fn cut(at: usize) -> usize {
        if at == 0 { 0 } else { Self::LEN }
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        crate::layer::recorded::record::<Self, T>(parameters, x, pass)
    }
}

/// The rows on their way forward. [`Inline`], since the compiler would find the loop too large to inline it
/// into the vector code.
struct Forward<'a, T, const N: usize, const EPSILON: u64> {
    parameters: &'a [T],
    x: &'a [T],
    y: &'a mut [T],
    kept: &'a mut [T],
}

impl<T: Float, const N: usize, const EPSILON: u64> Inline for Forward<'_, T, N, EPSILON> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let kept = self.kept.as_chunks_mut::<2>().0;
        for ((x, y), [mean, rate]) in
            self.x.chunks_exact(N).zip(self.y.chunks_exact_mut(N)).zip(kept)
        {
            (*mean, *rate) = LayerNorm::<N, EPSILON>::normalize(self.parameters, x, y);
        }
    }
}

/// The gradient of the rows on its way back.
struct Backward<'a, T, const N: usize> {
    scale: &'a [T],
    x: &'a [T],
    dy: &'a [T],
    kept: &'a [T],
    dx: &'a mut [T],
}

impl<T: Float, const N: usize> Inline for Backward<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let share = T::one() / T::of(N as f64);
        let kept = self.kept.as_chunks::<2>().0;
        let each = self.dy.chunks_exact(N).zip(self.x.chunks_exact(N));
        for (((dy, x), dx), &[mean, rate]) in each.zip(self.dx.chunks_exact_mut(N)).zip(kept) {
            // dx holds h meanwhile.
            for ((h, &dy), &scale) in dx.iter_mut().zip(dy).zip(self.scale) {
                *h = dy * scale;
            }
            let mean_h = sum(dx, dx, |h, _| h) * share;
            let along = sum(dx, x, |h, x| h * ((x - mean) * rate)) * share;
            for (dx, &x) in dx.iter_mut().zip(x) {
                *dx = rate * (*dx - mean_h - (x - mean) * rate * along);
            }
        }
    }
}
