//! Training with batch norm.
//!
//! y  = n∘g + s, n = (x − m)∘r, r = 1/√(v + ε)
//! dx = r∘(h − Σ h/rows − n∘Σ (h∘n)/rows), h = dy∘g, by the statistics of the batch; r∘h by running ones
//! dg = Σ dy∘n, ds = Σ dy
//!
//! shapes: x, y `[rows, N]`, the others `[N]`; Σ over the rows

use autograd::Var;
use tensor::Float;
use tensor::simd::vectorize;

use super::BatchNorm;
use crate::layer::moments::rate;
use crate::layer::workspace::keeps;
use crate::layer::{End, Inference, Layer, Pass, bias_gradient};
use crate::parameters::array;

/// The parameters of a batch norm, and what it remembers of the batches it has seen.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormView<'a, T, const N: usize> {
    /// What each column is multiplied by.
    pub scale: &'a [T; N],
    /// What is added to each column.
    pub shift: &'a [T; N],
    /// The running mean of each column.
    pub running_mean: &'a [T; N],
    /// The running variance of each column.
    pub running_variance: &'a [T; N],
}

/// What is kept once for a batch.
struct Statistics<'k, T> {
    mean: &'k mut [T],
    variance: &'k mut [T],
    /// 1/√(v + ε).
    rate: &'k mut [T],
    /// Σ h and Σ h∘n, while the gradient goes through.
    sums: [&'k mut [T]; 2],
    /// One row's share in mean and variance: 1/rows, or 0 if they are not the batch's.
    share: &'k mut T,
}

impl<'k, T> Statistics<'k, T> {
    /// How many numbers they are.
    const fn len(columns: usize) -> usize {
        5 * columns + 1
    }

    fn of(once: &'k mut [T], columns: usize) -> Self {
        let (mean, rest) = once.split_at_mut(columns);
        let (variance, rest) = rest.split_at_mut(columns);
        let (rate, rest) = rest.split_at_mut(columns);
        let (sum_h, rest) = rest.split_at_mut(columns);
        let (sum_hn, rest) = rest.split_at_mut(columns);
        Statistics { mean, variance, rate, sums: [sum_h, sum_hn], share: &mut rest[0] }
    }
}

impl<const N: usize, const MOMENTUM: u64, const EPSILON: u64> Layer
    for BatchNorm<N, MOMENTUM, EPSILON>
{
    keeps!(0, Statistics::<()>::len(N));

    const COUPLED: bool = true;

    type View<'a, T: Float> = BatchNormView<'a, T, N>;

    fn view<T: Float>(parameters: &[T]) -> BatchNormView<'_, T, N> {
        BatchNormView {
            scale: array(parameters, 0),
            shift: array(parameters, Self::SHIFT),
            running_mean: array(parameters, Self::MEAN),
            running_variance: array(parameters, Self::VARIANCE),
        }
    }

    fn init<T: Float>(parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        parameters[..N].fill(T::one());
        parameters[Self::VARIANCE..][..N].fill(T::one());
    }

    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T> {
        End::open(rows.y, rows.dy)
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, pass: Pass) {
        let kept = Statistics::of(rows.once, N);
        let (mean, variance) = (kept.mean, kept.variance);
        match pass {
            Pass::Evaluation => {
                *kept.share = T::zero();
                mean.copy_from_slice(&parameters[Self::MEAN..][..N]);
                variance.copy_from_slice(&parameters[Self::VARIANCE..][..N]);
            }
            Pass::Training { .. } => {
                let share = T::one() / T::of(rows.rows as f64);
                *kept.share = share;
                bias_gradient(x, mean);
                variance.fill(T::zero());
                mean.iter_mut().for_each(|mean| *mean = *mean * share);
                vectorize(|| {
                    for x in x.chunks_exact(N) {
                        for ((variance, &x), &mean) in variance.iter_mut().zip(x).zip(&*mean) {
                            *variance = *variance + (x - mean) * (x - mean);
                        }
                    }
                });
                variance.iter_mut().for_each(|variance| *variance = *variance * share);
            }
        }
        let (scale, shift) = (&parameters[..N], &parameters[Self::SHIFT..][..N]);
        for (r, &variance) in kept.rate.iter_mut().zip(&*variance) {
            *r = rate(variance, T::of(Self::E));
        }
        let rate = &kept.rate[..N];
        // Small loops, which the compiler inlines into the vector code.
        vectorize(|| {
            for (x, y) in x.chunks_exact(N).zip(rows.y.chunks_exact_mut(N)) {
                for i in 0..N {
                    y[i] = (x[i] - mean[i]) * rate[i] * scale[i] + shift[i];
                }
            }
        });
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        vectorize(|| Self::predict_inline(parameters, x))
    }

    fn backward<T: Float>(
        parameters: &[T],
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        let Some(before) = before else { return };
        let scale = &parameters[..N];
        let Statistics { mean, rate, sums: [sum_h, sum_hn], share, .. } =
            Statistics::of(rows.once, N);
        let share = *share;
        // dx holds h meanwhile.
        let dx = &mut *before.gradient;
        vectorize(|| {
            for (dx, dy) in dx.chunks_exact_mut(N).zip(rows.dy.chunks_exact(N)) {
                for i in 0..N {
                    dx[i] = dy[i] * scale[i];
                }
            }
        });
        bias_gradient(dx, sum_h);
        sum_hn.fill(T::zero());
        vectorize(|| {
            for (h, x) in dx.chunks_exact(N).zip(before.y.chunks_exact(N)) {
                for i in 0..N {
                    sum_hn[i] = sum_hn[i] + h[i] * ((x[i] - mean[i]) * rate[i]);
                }
            }
        });
        for sum in sum_h.iter_mut().chain(&mut *sum_hn) {
            *sum = *sum * share;
        }
        vectorize(|| {
            for (dx, x) in dx.chunks_exact_mut(N).zip(before.y.chunks_exact(N)) {
                for i in 0..N {
                    let along = (x[i] - mean[i]) * rate[i] * sum_hn[i];
                    dx[i] = rate[i] * (dx[i] - sum_h[i] - along);
                }
            }
        });
        before.close();
    }

    fn gradient<T: Float>(
        _parameters: &[T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        gradient: &mut [T],
    ) {
        gradient.fill(T::zero());
        if from >= Self::MEAN {
            return; // The running numbers have no gradient.
        }
        let (mean, rate) = (&rows.once[..N], &rows.once[2 * N..][..N]);
        let (scale, shift) = gradient.split_at_mut(Self::SHIFT);
        vectorize(|| {
            let scale = &mut scale[..N];
            for (x, dy) in x.chunks_exact(N).zip(rows.dy.chunks_exact(N)) {
                for i in 0..N {
                    scale[i] = scale[i] + dy[i] * ((x[i] - mean[i]) * rate[i]);
                }
            }
        });
        bias_gradient(rows.dy, &mut shift[..N]);
    }

    fn cut(at: usize) -> usize {
        match at {
            0 => 0,
            at if at <= Self::MEAN => Self::MEAN,
            _ => Self::LEN,
        }
    }

    fn update_state<T: Float>(parameters: &mut [T], rows: &Self::Rows<'_, T>) {
        let (mean, variance) = (&rows.once[..N], &rows.once[N..][..N]);
        let share = T::of(Self::SHARE);
        let unbiased = T::of(rows.rows as f64 / (rows.rows as f64 - 1.0));
        let (means, variances) = parameters[Self::MEAN..].split_at_mut(Self::VARIANCE - Self::MEAN);
        for i in 0..N {
            means[i] = means[i] + share * (mean[i] - means[i]);
            variances[i] = variances[i] + share * (variance[i] * unbiased - variances[i]);
        }
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        if matches!(pass, Pass::Training { .. }) && x.shape()[..1] == [1] {
            return Err(autograd::Error::invalid(
                "batch_norm",
                "one row has no variance; train with two or more".to_string(),
            ));
        }
        crate::layer::recorded::record::<Self, T>(parameters, x, pass)
    }
}
