//! Training a dense layer: y = f(x·W + b).
//!
//! z  = x·W + b, y = f(z)
//! dz = dy ∘ f'(z)
//! dx = dz·Wᵀ, dW = xᵀ·dz + 2·l2·W, db = Σ rows of dz
//!
//! shapes: x, dx `[rows, I]`, W, dW `[I, O]`, b, db `[O]`, y, z and their gradients `[rows, O]`

use std::marker::PhantomData;

use autograd::Var;
use tensor::activation::Activation;
use tensor::product::{MatrixMut, Start, TILE_ROWS, add_scaled_product};
use tensor::{Buffer, Float};

use super::l2::L2;
use super::op::DenseOp;
use super::penalty::{add_penalty_gradient, penalty};
use super::products::{FixedWidths, Widths, weight_gradient, weight_operands};
use super::{Dense, DenseOptions};
use crate::init::{Initializer, Random};
use crate::layer::moments::{add_column_sums, column_sums};
use crate::layer::{
    Extra, FirstSums, Formula, Inference, Leaf, OutputGrad, Pass, Sums, Workspace, too_few,
};
use crate::parameters::{NamedTensor, TensorKind, descend, padded};

/// The formula of [`Dense`]: loops chosen by the widths `W`, the activation `A`, and the settings
/// `S`.
#[derive(Clone, Copy, Debug)]
pub struct DenseFormula<T, W, A, S> {
    widths: W,
    activation: A,
    settings: S,
    float: PhantomData<fn() -> T>,
}

impl<T, W, A, S> DenseFormula<T, W, A, S> {
    /// Creates the formula for these widths, activation and settings.
    pub fn new(widths: W, activation: A, settings: S) -> Self {
        DenseFormula { widths, activation, settings, float: PhantomData }
    }
}

/// Bias, penalty and initializer of a dense layer: constants of a declared layer, or run-time
/// values.
pub trait DenseSettings: Copy + Send + Sync + 'static {
    /// Whether the layer has a bias.
    fn bias(&self) -> bool;
    /// The factor l2 of the penalty l2·Σw².
    fn l2(&self) -> f64;
    /// Initializes a weight of these widths that is followed by the activation `A`.
    fn init<A: Activation, T: Float>(&self, weight: &mut [T], widths: [usize; 2], random: Random);
}

/// The options `P` of a declared layer.
#[derive(Debug)]
pub struct Declared<P>(PhantomData<fn() -> P>);

impl<P> Clone for Declared<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Declared<P> {}

impl<P: DenseOptions<Init: Initializer>> DenseSettings for Declared<P> {
    fn bias(&self) -> bool {
        P::BIAS
    }

    fn l2(&self) -> f64 {
        P::L2
    }

    fn init<A: Activation, T: Float>(&self, weight: &mut [T], widths: [usize; 2], random: Random) {
        P::Init::fill::<A, T>(weight, widths, random);
    }
}

impl<T: Float, W: Widths<T>, A: Activation, S: DenseSettings> DenseFormula<T, W, A, S> {
    /// Index of the bias in the flat buffer.
    fn bias_start(&self) -> usize {
        padded(self.weights())
    }

    /// Its padded length; 0 without a bias.
    fn bias_len(&self) -> usize {
        if self.settings.bias() { padded(self.widths.get()[1]) } else { 0 }
    }

    /// Number of weights.
    fn weights(&self) -> usize {
        let [inputs, outputs] = self.widths.get();
        inputs * outputs
    }

    fn weight<'p>(&self, parameters: &'p [T]) -> &'p [T] {
        &parameters[..self.weights()]
    }

    fn bias<'p>(&self, parameters: &'p [T]) -> Option<&'p [T]> {
        self.settings.bias().then(|| &parameters[self.bias_start()..][..self.widths.get()[1]])
    }

    /// [`Formula::gradient`] of the whole layer in one call, if the layer is small.
    fn small_gradient(&self, parameters: &[T], x: &[T], dz: &[T], gradient: &mut [T]) {
        let (weight, rest) = gradient.split_at_mut(self.weights());
        let (gap, bias) = rest.split_at_mut(self.bias_start() - weight.len());
        gap.fill(T::zero());
        let bias = self.settings.bias().then(|| {
            let (bias, gap) = bias.split_at_mut(self.widths.get()[1]);
            gap.fill(T::zero());
            bias
        });
        self.widths.gradient(x, dz, weight, bias);
        if self.settings.l2() > 0.0 {
            add_penalty_gradient(self.settings.l2(), parameters, weight);
        }
    }

    /// Whether a gradient of this length is computed by the loops for small layers.
    fn is_small(&self, dz: &[T], len: usize) -> bool {
        self.widths.is_small(dz.len()) && len == self.len()
    }
}

impl<T: Float, W: Widths<T>, A: Activation, S: DenseSettings> Formula<T>
    for DenseFormula<T, W, A, S>
{
    fn widths(&self) -> [usize; 2] {
        self.widths.get()
    }

    fn len(&self) -> usize {
        self.bias_start() + self.bias_len()
    }

    fn flops(&self) -> usize {
        2 * self.weights()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let [inputs, outputs] = self.widths.get();
        let weight = NamedTensor::new("weight", &[inputs, outputs], 0);
        let bias =
            || NamedTensor::new("bias", &[outputs], self.bias_start()).kind(TensorKind::Bias);
        [weight].into_iter().chain(self.settings.bias().then(bias)).collect()
    }

    /// The weighted sums z, unless the activation's derivative does not need them.
    fn extra(&self) -> Extra {
        Extra { per_row: if A::KEEPS_INPUT { self.widths.get()[1] } else { 0 }, shared: 0 }
    }

    /// Weights by the layer's initializer, biases zero.
    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let (weight, rest) = parameters.split_at_mut(self.weights());
        let random = Random::new(seed, *index);
        self.settings.init::<A, T>(weight, self.widths.get(), random);
        rest.fill(T::zero());
        *index += 1;
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        let (weight, bias) = (self.weight(parameters), self.bias(parameters));
        // Not the loops for small layers, which are part of `predict_inline`.
        Widths::<T>::forward(self.widths.get(), self.activation, x, weight, bias, None, y);
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        let Workspace { y, per_row: z, has_sums, .. } = workspace;
        if !*has_sums {
            let (weight, bias) = (self.weight(parameters), self.bias(parameters));
            let keep = A::KEEPS_INPUT.then_some(&mut **z);
            return self.widths.forward(self.activation, x, weight, bias, keep, y);
        }
        if A::KEEPS_INPUT {
            y.copy_from_slice(z);
            self.activation.forward(y);
        }
    }

    fn first_sums<'r>(
        &'r self,
        parameters: &'r [T],
        workspace: &'r mut Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        workspace.has_sums = true;
        Some(FirstSums {
            weight: self.weight(parameters),
            start: self.bias(parameters).map_or(Start::Zero, Start::Bias),
            sums: if A::KEEPS_INPUT { workspace.per_row } else { workspace.y },
            finish: if A::KEEPS_INPUT { None } else { Some(&self.activation) },
        })
    }

    fn output_grad<'r>(&'r self, workspace: &'r mut Workspace<'_, T>) -> OutputGrad<'r, T> {
        let Workspace { y, dy, per_row: z, .. } = workspace;
        let x = if A::KEEPS_INPUT { &**z } else { &**y };
        OutputGrad { x, y, gradient: dy, activation: &self.activation }
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        self.widths.backward(workspace.dy, self.weight(parameters), before);
    }

    fn gradient(
        &self,
        parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        let dz = &*workspace.dy;
        // Its loops start from zero, and give the same bits.
        if sums == Sums::WHOLE && self.is_small(dz, gradient.len()) {
            return self.small_gradient(parameters, x, dz, gradient);
        }
        let widths @ [_, outputs] = self.widths.get();
        let (weights, rest) =
            gradient.split_at_mut(self.weights().saturating_sub(from).min(gradient.len()));
        if !weights.is_empty() {
            weight_gradient(x, dz, widths, from / outputs, (weights, sums));
            if sums.end && self.settings.l2() > 0.0 {
                add_penalty_gradient(self.settings.l2(), parameters, weights);
            }
        }
        if !rest.is_empty() {
            // From here on the slice always extends to the layer's end: `next_boundary` guarantees
            // it.
            let (gap, bias) = rest.split_at_mut(rest.len() - self.bias_len());
            gap.fill(T::zero());
            if self.settings.bias() {
                let (bias, gap) = bias.split_at_mut(outputs);
                gap.fill(T::zero());
                if sums.begin {
                    bias.fill(T::zero());
                }
                add_column_sums(dz, bias);
            }
        }
    }

    fn descend(
        &self,
        parameters: &mut [T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> Option<bool> {
        let dz = &*workspace.dy;
        // With a penalty, or for a small layer, it would not be faster.
        if self.is_small(dz, parameters.len()) || self.settings.l2() > 0.0 {
            return None;
        }
        let mut is_finite = true;
        let widths @ [_, outputs] = self.widths.get();
        let (weights, rest) =
            parameters.split_at_mut(self.weights().saturating_sub(from).min(parameters.len()));
        if !weights.is_empty() {
            let (inputs, dz) = weight_operands(x, dz, widths, from / outputs, weights.len());
            let weights = MatrixMut::new(weights, inputs.rows(), outputs);
            is_finite &= add_scaled_product(inputs, dz, -rate, weights);
        }
        if self.settings.bias() && !rest.is_empty() {
            let bias = rest.len() - self.bias_len();
            let mut gradient = Buffer::stale(outputs);
            column_sums(dz, &mut gradient);
            is_finite &= descend(&mut rest[bias..][..outputs], &gradient, rate);
        }
        Some(is_finite)
    }

    /// Between rows of W, in steps of a tile's height, or at the layer's end.
    fn next_boundary(&self, at: usize) -> usize {
        let cut = at.next_multiple_of((self.widths.get()[1] * TILE_ROWS).max(1));
        if cut < self.weights() || at == 0 { cut } else { self.len() }
    }

    fn penalty(&self, parameters: &[T]) -> Option<T> {
        (self.settings.l2() > 0.0).then(|| penalty(self.settings.l2(), self.weight(parameters)))
    }
}

impl<const I: usize, const O: usize, A, P> Leaf for Dense<I, O, A, P>
where
    A: Activation,
    P: DenseOptions<Init: Initializer>,
{
    type Formula<T: Float> = DenseFormula<T, FixedWidths<I, O>, A, Declared<P>>;
    type View<'a, T: Float> = P::View<'a, T, I, O>;

    fn formula<T: Float>() -> Self::Formula<T> {
        DenseFormula::new(FixedWidths, A::default(), Declared(PhantomData))
    }

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        P::view(parameters)
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

    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        let weight = parameters.next();
        for _ in 1..Self::INFO.tensors() {
            parameters.next();
        }
        match weight {
            Some(weight) if P::L2 > 0.0 => weight.tape().apply(L2(P::L2), [*weight]).map(Some),
            _ => Ok(None),
        }
    }
}
