//! Training a fully connected layer: y = f(x·W + b).

use autograd::Var;
use tensor::activation::Activation;
use tensor::product::{
    Matrix, MatrixMut, Start, TILE_ROWS, add_scaled_product, product, product_in_stages,
};
use tensor::simd::vectorize;
use tensor::threads::Threads;
use tensor::{Buffer, Float};

use super::l2::L2;
use super::op::DenseOp;
use super::penalty::{add_penalty_gradient, penalty};
use super::{Dense, DenseOptions, small};
use crate::init::{Initializer, Random};
use crate::layer::{End, Inference, Layer, Pass, too_few};
use crate::parameters::descend;

/// What a [`Dense`] layer keeps of some rows.
pub struct DenseRows<'a, T> {
    /// Number of rows.
    rows: usize,
    /// The weighted sums, or nothing if the activation's derivative does without.
    z: &'a mut [T],
    /// The outputs.
    y: &'a mut [T],
    /// The gradient at the outputs, then at the weighted sums.
    dz: &'a mut [T],
}

impl<const I: usize, const O: usize, A: Activation, P: DenseOptions> Dense<I, O, A, P> {
    fn weight<T>(parameters: &[T]) -> &[T] {
        &parameters[..I * O]
    }

    fn bias<T>(parameters: &[T]) -> Option<&[T]> {
        P::BIAS.then(|| &parameters[Self::BIAS..][..O])
    }

    /// [`Layer::gradient`] of the whole layer, if it is [small](small::suits).
    fn small_gradient<T: Float>(parameters: &[T], x: &[T], dz: &[T], gradient: &mut [T]) {
        let (weight, rest) = gradient.split_at_mut(I * O);
        let (gap, bias) = rest.split_at_mut(Self::BIAS - I * O);
        gap.fill(T::zero());
        let bias = P::BIAS.then(|| {
            let (bias, gap) = bias.split_at_mut(O);
            gap.fill(T::zero());
            bias
        });
        small::gradient::<T, I, O>(x, dz, weight, bias);
        if P::L2 > 0.0 {
            add_penalty_gradient(P::L2, parameters, weight);
        }
    }
}

impl<const I: usize, const O: usize, A, P> Layer for Dense<I, O, A, P>
where
    A: Activation,
    P: DenseOptions<Init: Initializer>,
{
    const KEPT: usize = if A::KEEPS_INPUT { 3 * O } else { 2 * O };
    const PENALIZED: bool = P::L2 > 0.0;
    const FIRST_WEIGHT: Option<[usize; 2]> = Some([I, O]);

    type Rows<'a, T: Float> = DenseRows<'a, T>;
    type View<'a, T: Float> = P::View<'a, T, I, O>;

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        P::view(parameters)
    }

    /// Weights by [`DenseOptions::Init`], biases zero.
    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        let (weight, rest) = parameters.split_at_mut(I * O);
        P::Init::fill::<A, T>(weight, [I, O], Random::new(seed, *index));
        rest.fill(T::zero());
        *index += 1;
    }

    fn carve<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> DenseRows<'a, T> {
        let mut take = |len| {
            let (taken, rest) = std::mem::take(memory).split_at_mut(len);
            *memory = rest;
            taken
        };
        let z = take(if A::KEEPS_INPUT { rows * O } else { 0 });
        DenseRows { rows, z, y: take(rows * O), dz: take(rows * O) }
    }

    fn split<'a, T: Float>(
        rows: Self::Rows<'a, T>,
        at: usize,
    ) -> (Self::Rows<'a, T>, Self::Rows<'a, T>) {
        let (z, z_rest) = rows.z.split_at_mut(if A::KEEPS_INPUT { at * O } else { 0 });
        let (y, y_rest) = rows.y.split_at_mut(at * O);
        let (dz, dz_rest) = rows.dz.split_at_mut(at * O);
        (
            DenseRows { rows: at, z, y, dz },
            DenseRows { rows: rows.rows - at, z: z_rest, y: y_rest, dz: dz_rest },
        )
    }

    fn outputs<'r, T: Float>(rows: &'r DenseRows<'_, T>) -> &'r [T] {
        rows.y
    }

    fn end<'r, T: Float>(rows: &'r mut DenseRows<'_, T>) -> End<'r, T> {
        End {
            x: if A::KEEPS_INPUT { rows.z } else { rows.y },
            y: rows.y,
            gradient: rows.dz,
            derivative: |gradient, x, y| A::default().backward(gradient, x, y),
        }
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut DenseRows<'_, T>, _pass: Pass) {
        let (weight, bias) = (Self::weight(parameters), Self::bias(parameters));
        let keep = A::KEEPS_INPUT.then_some(&mut *rows.z);
        if small::suits::<I, O>(rows.y.len()) {
            small::forward::<T, I, O>(x, weight, bias, rows.y);
            if let Some(z) = keep {
                z.copy_from_slice(rows.y);
            }
            return A::default().forward(rows.y);
        }
        forward(A::default(), x, weight, [I, O], bias, keep, rows.y);
    }

    fn forward_first<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &mut DenseRows<'_, T>,
        threads: &Threads,
        depth: usize,
    ) {
        let x = Matrix::new(x, rows.rows, I);
        let weight = Matrix::new(Self::weight(parameters), I, O);
        let start = Self::bias(parameters).map_or(Start::Zero, Start::Bias);
        if A::KEEPS_INPUT {
            return product_in_stages(threads, x, weight, depth, start, rows.z, None);
        }
        let activate = |_: usize, values: &mut [T]| A::default().forward(values);
        product_in_stages(threads, x, weight, depth, start, rows.y, Some(&activate));
    }

    fn forward_others<T: Float>(_parameters: &[T], rows: &mut DenseRows<'_, T>, _pass: Pass) {
        if A::KEEPS_INPUT {
            rows.y.copy_from_slice(rows.z);
            A::default().forward(rows.y);
        }
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> [T; O] {
        let (weight, bias) = (Self::weight(parameters), Self::bias(parameters));
        let mut y = [T::zero(); O];
        forward(A::default(), x, weight, [I, O], bias, None, &mut y);
        y
    }

    fn backward<T: Float>(
        parameters: &[T],
        rows: &mut DenseRows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        if let Some(End { x, y, gradient, derivative }) = before {
            if small::suits::<I, O>(rows.dz.len()) {
                small::input_gradient::<T, I, O>(rows.dz, Self::weight(parameters), gradient);
                return derivative(gradient, x, y);
            }
            let multiply = |at: usize, dy: &mut [T]| {
                let part = at..at + dy.len();
                derivative(dy, &x[part.clone()], &y[part]);
            };
            input_gradient(rows.dz, &parameters[..I * O], [I, O], gradient, Some(&multiply));
        }
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &DenseRows<'_, T>,
        from: usize,
        gradient: &mut [T],
    ) {
        if small::suits::<I, O>(rows.dz.len()) && gradient.len() == Self::LEN {
            return Self::small_gradient(parameters, x, rows.dz, gradient);
        }
        let (weights, rest) =
            gradient.split_at_mut((I * O).saturating_sub(from).min(gradient.len()));
        if !weights.is_empty() {
            weight_gradient(x, rows.dz, [I, O], from / O, weights);
            if P::L2 > 0.0 {
                add_penalty_gradient(P::L2, parameters, weights);
            }
        }
        if !rest.is_empty() {
            // From here on the stretch always reaches to the layer's end: `cut` sees to that.
            let (gap, bias) = rest.split_at_mut(rest.len() - Self::BIAS_LEN);
            gap.fill(T::zero());
            if P::BIAS {
                let (bias, gap) = bias.split_at_mut(O);
                gap.fill(T::zero());
                bias_gradient(rows.dz, bias);
            }
        }
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        rows: &DenseRows<'_, T>,
        from: usize,
        rate: T,
    ) {
        if small::suits::<I, O>(rows.dz.len()) && parameters.len() == Self::LEN {
            let mut gradient = Buffer::stale(parameters.len());
            Self::small_gradient(parameters, x, rows.dz, &mut gradient);
            return descend(parameters, &gradient, rate);
        }
        let (weights, rest) =
            parameters.split_at_mut((I * O).saturating_sub(from).min(parameters.len()));
        if !weights.is_empty() {
            if P::L2 > 0.0 {
                let mut gradient = Buffer::stale(weights.len());
                Self::gradient(weights, x, rows, from, &mut gradient);
                descend(weights, &gradient, rate);
            } else {
                let (inputs, dz) = weight_operands(x, rows.dz, [I, O], from / O, weights.len());
                let weights = MatrixMut::new(weights, inputs.rows(), O);
                add_scaled_product(inputs, dz, -rate, weights);
            }
        }
        if P::BIAS && !rest.is_empty() {
            let bias = rest.len() - Self::BIAS_LEN;
            let mut gradient = [T::zero(); O];
            bias_gradient(rows.dz, &mut gradient);
            descend(&mut rest[bias..][..O], &gradient, rate);
        }
    }

    fn cut(at: usize) -> usize {
        // Between rows of W, in steps of a tile's height; then only at the end.
        let cut = at.next_multiple_of((O * TILE_ROWS).max(1));
        if cut < I * O || at == 0 { cut } else { Self::LEN }
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        _pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        let Some(&weight) = parameters.next() else { too_few() };
        let op = DenseOp::<A, T>::new(A::default());
        if !P::BIAS {
            return x.tape().apply(op, [x, weight]);
        }
        let Some(&bias) = parameters.next() else { too_few() };
        x.tape().apply(op, [x, weight, bias])
    }

    fn penalty<T: Float>(parameters: &[T]) -> T {
        if P::L2 > 0.0 { penalty(P::L2, Self::weight(parameters)) } else { T::zero() }
    }

    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        let weight = parameters.next();
        if P::BIAS {
            parameters.next();
        }
        match weight {
            Some(weight) if P::L2 > 0.0 => weight.tape().apply(L2(P::L2), [*weight]).map(Some),
            _ => Ok(None),
        }
    }
}

/// y = f(z), z = x·W + b; the weighted sums go to `keep` as well, if wanted.
///
/// x `[rows, I]`, W `[I, O]`, b `[O]`, z and y `[rows, O]`
pub(crate) fn forward<A: Activation, T: Float>(
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

/// dx = dz·Wᵀ, then `finish` on each finished stretch of dx.
///
/// dz `[rows, O]`, W `[I, O]`, dx `[rows, I]`
pub(crate) fn input_gradient<T: Float>(
    dz: &[T],
    weight: &[T],
    [inputs, outputs]: [usize; 2],
    dx: &mut [T],
    finish: Option<tensor::product::Finish<'_, T>>,
) {
    let dz = Matrix::new(dz, dx.len() / inputs.max(1), outputs);
    let weight = Matrix::new(weight, inputs, outputs);
    product(dz, weight.transposed(), Start::Zero, dx, finish);
}

/// Rows of dW = xᵀ·dz, from row `first` on, as many as `gradient` holds.
///
/// x `[rows, I]`, dz `[rows, O]`
pub(crate) fn weight_gradient<T: Float>(
    x: &[T],
    dz: &[T],
    [inputs, outputs]: [usize; 2],
    first: usize,
    gradient: &mut [T],
) {
    let (x, dz) = weight_operands(x, dz, [inputs, outputs], first, gradient.len());
    product(x, dz, Start::Zero, gradient, None);
}

/// The operands whose product is [`weight_gradient`]: rows of xᵀ, and dz.
fn weight_operands<'a, T>(
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

/// db = Σ over rows of dz, in the order of the rows.
pub(crate) fn bias_gradient<T: Float>(dz: &[T], gradient: &mut [T]) {
    gradient.fill(T::zero());
    if gradient.is_empty() {
        return;
    }
    vectorize(|| {
        for row in dz.chunks_exact(gradient.len()) {
            for (sum, &dz) in gradient.iter_mut().zip(row) {
                *sum = *sum + dz;
            }
        }
    });
}
