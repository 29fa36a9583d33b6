//! The three products of a dense layer, for any widths: y = f(x·W + b), dx = dz·Wᵀ and dW = xᵀ·dz.

use tensor::Float;
use tensor::activation::Activation;
use tensor::product::{Finish, Matrix, Start, product};

use super::small;
use crate::layer::{OutputGrad, Sums};

/// Widths of a dense layer, which choose the loops that compute its products.
pub trait Widths<T: Float>: Copy + Send + Sync + 'static {
    /// `[inputs, outputs]`
    fn get(self) -> [usize; 2];

    /// Computes y = f(z), z = x·W + b. Writes the weighted sums z to `keep` as well, if it is
    /// given.
    ///
    /// x `[rows, I]`, W `[I, O]`, b `[O]`, z and y `[rows, O]`
    fn forward<A: Activation>(
        self,
        f: A,
        x: &[T],
        weight: &[T],
        bias: Option<&[T]>,
        keep: Option<&mut [T]>,
        y: &mut [T],
    ) {
        forward(f, x, weight, self.get(), bias, keep, y);
    }

    /// Writes dx = dz·Wᵀ to `before`, and applies the activation derivative there.
    ///
    /// dz `[rows, O]`, W `[I, O]`, dx `[rows, I]`
    fn backward(self, dz: &[T], weight: &[T], before: OutputGrad<'_, T>) {
        let OutputGrad { x, y, gradient, activation } = before;
        let multiply = |at: usize, dy: &mut [T]| {
            let part = at..at + dy.len();
            activation.multiply_derivative(dy, &x[part.clone()], &y[part]);
        };
        input_gradient(dz, weight, self.get(), gradient, Some(&multiply));
    }

    /// Computes dW and db in one call if these loops can. Returns whether they did.
    fn gradient(self, x: &[T], dz: &[T], weight: &mut [T], bias: Option<&mut [T]>) -> bool {
        let _ = (x, dz, weight, bias);
        false
    }

    /// Whether [`Widths::gradient`] would, for a batch whose outputs are `values` numbers.
    fn is_small(self, values: usize) -> bool {
        let _ = values;
        false
    }
}

/// Run-time widths.
impl<T: Float> Widths<T> for [usize; 2] {
    fn get(self) -> [usize; 2] {
        self
    }
}

/// Compile-time widths. Small layers have specialized loops.
#[derive(Clone, Copy, Debug)]
pub struct FixedWidths<const I: usize, const O: usize>;

impl<T: Float, const I: usize, const O: usize> Widths<T> for FixedWidths<I, O> {
    fn get(self) -> [usize; 2] {
        [I, O]
    }

    fn forward<A: Activation>(
        self,
        f: A,
        x: &[T],
        weight: &[T],
        bias: Option<&[T]>,
        keep: Option<&mut [T]>,
        y: &mut [T],
    ) {
        if !small::suits::<I, O>(y.len()) {
            return forward(f, x, weight, [I, O], bias, keep, y);
        }
        small::forward::<T, I, O>(x, weight, bias, y);
        if let Some(z) = keep {
            z.copy_from_slice(y);
        }
        f.forward(y);
    }

    fn backward(self, dz: &[T], weight: &[T], before: OutputGrad<'_, T>) {
        if !small::suits::<I, O>(dz.len()) {
            return Widths::<T>::backward([I, O], dz, weight, before);
        }
        small::input_gradient::<T, I, O>(dz, weight, before.gradient);
        before.apply_derivative();
    }

    fn gradient(self, x: &[T], dz: &[T], weight: &mut [T], bias: Option<&mut [T]>) -> bool {
        let small = small::suits::<I, O>(dz.len());
        if small {
            small::gradient::<T, I, O>(x, dz, weight, bias);
        }
        small
    }

    fn is_small(self, values: usize) -> bool {
        small::suits::<I, O>(values)
    }
}

/// Computes y = f(z), z = x·W + b. Writes the weighted sums z to `keep` as well, if it is given.
///
/// x `[rows, I]`, W `[I, O]`, b `[O]`, z and y `[rows, O]`
pub(super) fn forward<A: Activation, T: Float>(
    f: A,
    x: &[T],
    weight: &[T],
    [inputs, outputs]: [usize; 2],
    bias: Option<&[T]>,
    keep: Option<&mut [T]>,
    y: &mut [T],
) {
    let start = bias.map_or(Start::Zero, Start::Bias);
    let x = Matrix::new(x, y.len() / outputs.max(1), inputs);
    let weight = Matrix::new(weight, inputs, outputs);
    match keep {
        Some(z) => {
            product(x, weight, start, z, None);
            y.copy_from_slice(z);
            f.forward(y);
        }
        None => {
            product(x, weight, start, y, Some(&|_, values| f.forward(values)));
        }
    }
}

/// Computes dx = dz·Wᵀ, and calls `finish` on each finished slice of dx.
///
/// dz `[rows, O]`, W `[I, O]`, dx `[rows, I]`
pub(super) fn input_gradient<T: Float>(
    dz: &[T],
    weight: &[T],
    [inputs, outputs]: [usize; 2],
    dx: &mut [T],
    finish: Option<Finish<'_, T>>,
) {
    let dz = Matrix::new(dz, dx.len() / inputs.max(1), outputs);
    let weight = Matrix::new(weight, inputs, outputs);
    product(dz, weight.transposed(), Start::Zero, dx, finish);
}

/// Computes rows of dW = xᵀ·dz, from row `first` on, as many as `gradient` holds.
///
/// x `[rows, I]`, dz `[rows, O]`
pub(super) fn weight_gradient<T: Float>(
    x: &[T],
    dz: &[T],
    [inputs, outputs]: [usize; 2],
    first: usize,
    (gradient, sums): (&mut [T], Sums),
) {
    let (x, dz) = weight_operands(x, dz, [inputs, outputs], first, gradient.len());
    product(x, dz, sums.start(), gradient, None);
}

/// The operands of the product [`weight_gradient`]: rows of xᵀ, and dz.
pub(super) fn weight_operands<'a, T>(
    x: &'a [T],
    dz: &'a [T],
    [inputs, outputs]: [usize; 2],
    first: usize,
    len: usize,
) -> (Matrix<'a, T>, Matrix<'a, T>) {
    let rows = dz.len() / outputs.max(1);
    let x = Matrix::new(x, rows, inputs).transposed();
    let part = x.rows_between(first, first + len / outputs.max(1));
    (part, Matrix::new(dz, rows, outputs))
}
