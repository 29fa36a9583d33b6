//! Training a highway layer.
//!
//! z = x·W + b, the first half h, the second the gates; t = σ(gate), y = t∘relu(h) + (1 − t)∘x
//! dz = dy∘t∘relu'(h) and then dy∘(relu(h) − x)∘t∘(1 − t)
//! dx = dy∘(1 − t) + dz·Wᵀ, dW = xᵀ·dz, db = Σ rows of dz
//!
//! shapes: x, y, h, t `[rows, N]`, z, dz `[rows, 2N]`, W `[N, 2N]`, b `[2N]`

use tensor::activation::{Activation, Relu, Sigmoid};
use tensor::product::{Matrix, Start, product};
use tensor::simd::vectorize;
use tensor::{Buffer, Float};

use super::{Highway, HighwayFormula, pass};
use crate::init::Random;
use crate::layer::moments::add_column_sums;
use crate::layer::residual::add_to;
use crate::layer::{Extra, Fixed, Formula, Leaf, OutputGrad, Pass, Sums, Width, Workspace};
use crate::parameters::{NamedTensor, TensorKind, padded};

/// The parameters of a [`Highway`].
#[derive(Clone, Copy, Debug)]
pub struct HighwayView<'a, T, const N: usize> {
    /// `weight[i][0][o]`: the weight from input `i` to h of output `o`; `weight[i][1][o]`: to its
    /// gate.
    pub weight: &'a [[[T; N]; 2]],
    /// The bias of each of these sums.
    pub bias: &'a [[T; N]],
}

impl<W: Width> HighwayFormula<W> {
    fn weights(&self) -> usize {
        2 * self.width.get() * self.width.get()
    }

    fn weight<'p, T>(&self, parameters: &'p [T]) -> Matrix<'p, T> {
        let width = self.width.get();
        Matrix::new(&parameters[..self.weights()], width, 2 * width)
    }

    fn bias<'p, T>(&self, parameters: &'p [T]) -> &'p [T] {
        &parameters[padded(self.weights())..][..2 * self.width.get()]
    }

    /// Computes z and y.
    fn compute<T: Float>(&self, parameters: &[T], x: &[T], z: &mut [T], y: &mut [T]) {
        let rows = Matrix::new(x, y.len() / self.width.get(), self.width.get());
        product(rows, self.weight(parameters), Start::Bias(self.bias(parameters)), z, None);
        vectorize(|| {
            // Not captured, so that a constant width stays one.
            let width = self.width.get();
            let each = x.chunks_exact(width).zip(z.chunks_exact(2 * width));
            for ((x, z), y) in each.zip(y.chunks_exact_mut(width)) {
                let (h, gate) = z.split_at(width);
                for ((y, &x), (&h, &gate)) in y.iter_mut().zip(x).zip(h.iter().zip(gate)) {
                    *y = pass(x, h, gate);
                }
            }
        });
    }

    /// Returns dz.
    fn sums_gradient<T: Float>(&self, x: &[T], z: &[T], dy: &[T]) -> Buffer<T> {
        let mut gradient = Buffer::stale(z.len());
        let dz = &mut gradient[..];
        vectorize(|| {
            let width = self.width.get();
            let rows = x.chunks_exact(width).zip(dy.chunks_exact(width));
            let sums = z.chunks_exact(2 * width).zip(dz.chunks_exact_mut(2 * width));
            for ((x, dy), (z, dz)) in rows.zip(sums) {
                let ((h, gate), (dh, dgate)) = (z.split_at(width), dz.split_at_mut(width));
                let sums = h.iter().zip(gate).zip(dh.iter_mut().zip(dgate));
                for ((&x, &dy), ((&h, &gate), (dh, dgate))) in x.iter().zip(dy).zip(sums) {
                    let (made, open) = (Relu.value(h), Sigmoid.value(gate));
                    *dh = dy * open * Relu.derivative(h, made);
                    *dgate = dy * (made - x) * Sigmoid.derivative(gate, open);
                }
            }
        });
        gradient
    }
}

impl<T: Float, W: Width> Formula<T> for HighwayFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        padded(self.weights()) + padded(2 * self.width.get())
    }

    fn flops(&self) -> usize {
        2 * self.weights()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let width = self.width.get();
        let bias = NamedTensor::new("bias", &[2 * width], padded(self.weights()));
        vec![NamedTensor::new("weight", &[width, 2 * width], 0), bias.kind(TensorKind::Bias)]
    }

    /// z.
    fn extra(&self) -> Extra {
        Extra { per_row: 2 * self.width.get(), shared: 0 }
    }

    /// Weights by the initializers for `relu` and `sigmoid`.
    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let width = self.width.get();
        let (weight, rest) = parameters.split_at_mut(self.weights());
        let deviation = (1.0 / width as f64).sqrt();
        Random::new(seed, *index).fill_normal(weight, T::zero(), T::of(deviation));
        for row in weight.chunks_exact_mut(2 * width) {
            row[..width].iter_mut().for_each(|w| *w = *w * T::of(std::f64::consts::SQRT_2));
        }
        rest.fill(T::zero());
        let bias = padded(self.weights()) - self.weights();
        rest[bias..][width..2 * width].fill(T::of(self.bias));
        *index += 1;
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        let mut z = Buffer::stale(2 * x.len());
        self.compute(parameters, x, &mut z, y);
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        self.compute(parameters, x, workspace.per_row, workspace.y);
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        let width = self.width.get();
        let (z, dy) = (&*workspace.per_row, &*workspace.dy);
        let dz = self.sums_gradient(before.y, z, dy);
        let dz = Matrix::new(&dz, dy.len() / width, 2 * width);
        product(dz, self.weight(parameters).transposed(), Start::Zero, before.gradient, None);
        let mut passed = Buffer::stale(dy.len());
        {
            let passed = &mut passed[..];
            vectorize(|| {
                let width = self.width.get();
                let each = z.chunks_exact(2 * width).zip(dy.chunks_exact(width));
                for ((z, dy), passed) in each.zip(passed.chunks_exact_mut(width)) {
                    for ((passed, &gate), &dy) in passed.iter_mut().zip(&z[width..]).zip(dy) {
                        *passed = dy * (T::one() - Sigmoid.value(gate));
                    }
                }
            });
        }
        add_to(before.gradient, &passed);
        before.apply_derivative();
    }

    fn gradient(
        &self,
        _parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        _from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        if gradient.is_empty() {
            return;
        }
        let width = self.width.get();
        let dz = self.sums_gradient(x, workspace.per_row, workspace.dy);
        let (weight, rest) = gradient.split_at_mut(self.weights());
        let rows = x.len() / width;
        let of_rows = Matrix::new(&dz, rows, 2 * width);
        product(Matrix::new(x, rows, width).transposed(), of_rows, sums.start(), weight, None);
        if sums.begin {
            rest.fill(T::zero());
        }
        let bias = padded(self.weights()) - self.weights();
        add_column_sums(&dz, &mut rest[bias..][..2 * width]);
    }
}

impl<const N: usize, const BIAS: u64> Leaf for Highway<N, BIAS> {
    type Formula<T: Float> = HighwayFormula<Fixed<N>>;
    type View<'a, T: Float> = HighwayView<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::FORMULA
    }

    fn view<T: Float>(parameters: &[T]) -> HighwayView<'_, T, N> {
        let columns = |from: usize, len: usize| parameters[from..][..len].as_chunks::<N>().0;
        let weight = columns(0, 2 * N * N).as_chunks::<2>().0;
        HighwayView { weight, bias: columns(padded(2 * N * N), 2 * N) }
    }
}
