//! Training batch norm.
//!
//! y  = n∘g + s, n = (x − m)∘r, r = 1/√(v + ε)
//! dx = r∘(h − Σ h/rows − n∘Σ (h∘n)/rows), h = dy∘g, with batch statistics; r∘h with running ones
//! dg = Σ dy∘n, ds = Σ dy
//!
//! shapes: x, y `[rows, N]`, the others `[N]`; Σ over the rows

use autograd::Var;
use tensor::Float;
use tensor::simd::vectorize;

use super::{BatchNorm, BatchNormFormula, MEAN, SCALE, SHIFT, VARIANCE};
use crate::layer::moments::{column_sums, rate};
use crate::layer::recorded::record;
use crate::layer::{Extra, Fixed, Formula, Leaf, OutputGrad, Pass, Sums, Width, Workspace};
use crate::parameters::{NamedTensor, TensorKind, array, padded};

/// The parameters of a batch norm, and its running statistics.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormView<'a, T, const N: usize> {
    /// The factor of each column.
    pub scale: &'a [T; N],
    /// The shift of each column, which is added.
    pub shift: &'a [T; N],
    /// The running mean of each column.
    pub running_mean: &'a [T; N],
    /// The running variance of each column.
    pub running_variance: &'a [T; N],
}

/// Batch statistics, shared by all rows of a batch.
struct Statistics<'k, T> {
    mean: &'k mut [T],
    variance: &'k mut [T],
    /// 1/√(v + ε).
    rate: &'k mut [T],
    /// Σ h and Σ h∘n, in the backward pass.
    sums: [&'k mut [T]; 2],
    /// The weight of a row in the statistics: 1/rows, or 0 if they are the running ones.
    share: &'k mut T,
}

impl<'k, T> Statistics<'k, T> {
    /// The length of the statistics, in numbers.
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

/// Closures for [`vectorize`] call `width.get()` themselves: a captured width would no longer be a
/// constant to the compiler.
impl<T: Float, W: Width> Formula<T> for BatchNormFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        4 * padded(self.width.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let width = self.width.get();
        let tensor = |name: &str, index| NamedTensor::new(name, &[width], index * padded(width));
        vec![
            tensor("scale", SCALE).kind(TensorKind::Scale),
            tensor("shift", SHIFT).kind(TensorKind::Bias),
            tensor("running_mean", MEAN).kept(),
            tensor("running_variance", VARIANCE).kept(),
        ]
    }

    fn extra(&self) -> Extra {
        Extra { per_row: 0, shared: Statistics::<()>::len(self.width.get()) }
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        let width = self.width.get();
        parameters.fill(T::zero());
        for ones in [SCALE, VARIANCE] {
            parameters[ones * padded(width)..][..width].fill(T::one());
        }
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        vectorize(|| {
            let width = self.width.get();
            for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
                self.normalize(parameters, x, y);
            }
        });
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, pass: Pass) {
        let width = self.width.get();
        let statistics = Statistics::of(workspace.shared, width);
        let (mean, variance) = (statistics.mean, statistics.variance);
        match pass {
            Pass::Evaluation => {
                *statistics.share = T::zero();
                mean.copy_from_slice(self.tensor(parameters, MEAN));
                variance.copy_from_slice(self.tensor(parameters, VARIANCE));
            }
            Pass::Training { .. } => {
                let share = T::one() / T::of(workspace.rows as f64);
                *statistics.share = share;
                column_sums(x, mean);
                variance.fill(T::zero());
                mean.iter_mut().for_each(|mean| *mean = *mean * share);
                vectorize(|| {
                    let width = self.width.get();
                    for x in x.chunks_exact(width) {
                        for ((variance, &x), &mean) in variance.iter_mut().zip(x).zip(&*mean) {
                            *variance = *variance + (x - mean) * (x - mean);
                        }
                    }
                });
                variance.iter_mut().for_each(|variance| *variance = *variance * share);
            }
        }
        let (scale, shift) = (self.tensor(parameters, SCALE), self.tensor(parameters, SHIFT));
        for (r, &variance) in statistics.rate.iter_mut().zip(&*variance) {
            *r = rate(variance, T::of(self.epsilon));
        }
        let rate = &statistics.rate[..width];
        // Small loops, so that the compiler inlines them into the vector code.
        vectorize(|| {
            let width = self.width.get();
            for (x, y) in x.chunks_exact(width).zip(workspace.y.chunks_exact_mut(width)) {
                for i in 0..width {
                    y[i] = (x[i] - mean[i]) * rate[i] * scale[i] + shift[i];
                }
            }
        });
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        let width = self.width.get();
        let scale = self.tensor(parameters, SCALE);
        let Statistics { mean, rate, sums: [sum_h, sum_hn], share, .. } =
            Statistics::of(workspace.shared, width);
        let share = *share;
        // dx holds h in between.
        let dx = &mut *before.gradient;
        vectorize(|| {
            let width = self.width.get();
            for (dx, dy) in dx.chunks_exact_mut(width).zip(workspace.dy.chunks_exact(width)) {
                for i in 0..width {
                    dx[i] = dy[i] * scale[i];
                }
            }
        });
        column_sums(dx, sum_h);
        sum_hn.fill(T::zero());
        vectorize(|| {
            let width = self.width.get();
            for (h, x) in dx.chunks_exact(width).zip(before.y.chunks_exact(width)) {
                for i in 0..width {
                    sum_hn[i] = sum_hn[i] + h[i] * ((x[i] - mean[i]) * rate[i]);
                }
            }
        });
        for sum in sum_h.iter_mut().chain(&mut *sum_hn) {
            *sum = *sum * share;
        }
        vectorize(|| {
            let width = self.width.get();
            for (dx, x) in dx.chunks_exact_mut(width).zip(before.y.chunks_exact(width)) {
                for i in 0..width {
                    let along = (x[i] - mean[i]) * rate[i] * sum_hn[i];
                    dx[i] = rate[i] * (dx[i] - sum_h[i] - along);
                }
            }
        });
        before.apply_derivative();
    }

    fn gradient(
        &self,
        _parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        _whole: Sums,
    ) {
        let width = self.width.get();
        gradient.fill(T::zero());
        if from >= MEAN * padded(width) {
            return; // The running numbers have no gradient.
        }
        let (mean, rate) = (&workspace.shared[..width], &workspace.shared[2 * width..][..width]);
        let (scale, shift) = gradient.split_at_mut(SHIFT * padded(width));
        vectorize(|| {
            let width = self.width.get();
            let scale = &mut scale[..width];
            for (x, dy) in x.chunks_exact(width).zip(workspace.dy.chunks_exact(width)) {
                for i in 0..width {
                    scale[i] = scale[i] + dy[i] * ((x[i] - mean[i]) * rate[i]);
                }
            }
        });
        column_sums(workspace.dy, &mut shift[..width]);
    }

    /// Between trained and untrained tensors, and at the ends.
    fn next_boundary(&self, at: usize) -> usize {
        let state = MEAN * padded(self.width.get());
        match at {
            0 => 0,
            at if at <= state => state,
            _ => Formula::<T>::len(self),
        }
    }

    fn update_state(&self, parameters: &mut [T], workspace: &Workspace<'_, T>) {
        let width = self.width.get();
        let (mean, variance) = (&workspace.shared[..width], &workspace.shared[width..][..width]);
        let share = T::of(self.momentum);
        let unbiased = T::of(workspace.rows as f64 / (workspace.rows as f64 - 1.0));
        let state = &mut parameters[MEAN * padded(width)..];
        let (means, variances) = state.split_at_mut((VARIANCE - MEAN) * padded(width));
        for i in 0..width {
            means[i] = means[i] + share * (mean[i] - means[i]);
            variances[i] = variances[i] + share * (variance[i] * unbiased - variances[i]);
        }
    }
}

impl<const N: usize, const MOMENTUM: u64, const EPSILON: u64> Leaf
    for BatchNorm<N, MOMENTUM, EPSILON>
{
    const COUPLED: bool = true;

    type Formula<T: Float> = BatchNormFormula<Fixed<N>>;
    type View<'a, T: Float> = BatchNormView<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::FORMULA
    }

    fn view<T: Float>(parameters: &[T]) -> BatchNormView<'_, T, N> {
        let tensor = |index| array(parameters, index * padded(N));
        BatchNormView {
            scale: tensor(SCALE),
            shift: tensor(SHIFT),
            running_mean: tensor(MEAN),
            running_variance: tensor(VARIANCE),
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
        record::<Self, T>(parameters, x, pass)
    }
}
