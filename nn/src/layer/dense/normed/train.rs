//! Training a dense layer with reparametrized weights.
//!
//! W\[·, o] = s\[o]·V\[·, o]; the norm turns the gradient of W into that of V
//!
//! shapes: V, W `[I, O]`, s `[O]`; all else is the dense layer's

use std::marker::PhantomData;

use tensor::activation::Activation;
use tensor::random::Random;
use tensor::simd::vectorize;
use tensor::{Buffer, Float};

use super::{DenseNorm, Normed};
use crate::init::Initializer;
use crate::layer::dense::products::{FixedWidths, Widths};
use crate::layer::dense::train::{Declared, DenseFormula, DenseSettings};
use crate::layer::dense::{Dense, DenseOptions};
use crate::layer::{Extra, Formula, Leaf, OutputGrad, Pass, Sums, Workspace};
use crate::parameters::{NamedTensor, TensorKind, padded};

/// The random stream of a norm's initial values, separate from all others of the same seed
/// ("NORM").
const STREAM: u64 = 0x4E4F_524D_0000_0000;

/// The formula of a [`Normed`] layer: that of a dense layer, with other weights.
#[derive(Clone, Copy, Debug)]
pub struct NormedFormula<K, F> {
    dense: F,
    norm: PhantomData<fn() -> K>,
}

/// The formula of a dense layer, or a type that holds one.
pub trait HasFormula<T>: Send + Sync {
    /// Returns the formula.
    fn formula(&self) -> &dyn Formula<T>;
}

impl<T: Float, W: Widths<T>, A: Activation, S: DenseSettings> HasFormula<T>
    for DenseFormula<T, W, A, S>
{
    fn formula(&self) -> &dyn Formula<T> {
        self
    }
}

impl<T: Float> HasFormula<T> for Box<dyn Formula<T>> {
    fn formula(&self) -> &dyn Formula<T> {
        &**self
    }
}

/// Computes W from V and the norm's additional numbers.
pub(crate) fn computed_weights<K: DenseNorm, T: Float>(
    [v, own]: [&[T]; 2],
    outputs: usize,
    to: &mut [T],
) {
    let mut factors = Buffer::stale(outputs);
    let factors = &mut factors[..];
    vectorize(|| {
        K::factors(v, own, factors);
        let rows = v.chunks_exact(outputs).zip(to.chunks_exact_mut(outputs));
        for (v, to) in rows {
            for ((w, &v), &factor) in to.iter_mut().zip(v).zip(&*factors) {
                *w = v * factor;
            }
        }
    });
}

impl<K: DenseNorm, F> NormedFormula<K, F> {
    /// Creates the formula for this dense layer.
    pub(crate) fn new(dense: F) -> Self {
        NormedFormula { dense, norm: PhantomData }
    }

    /// Returns V and the norm's additional numbers.
    fn parts<'p, T: Float>(&self, parameters: &'p [T]) -> [&'p [T]; 2]
    where
        F: HasFormula<T>,
    {
        let [inputs, outputs] = self.dense.formula().widths();
        [&parameters[..inputs * outputs], &parameters[self.dense.formula().len()..]]
    }

    /// Returns the parameters of the dense layer, with W as the weight.
    fn computed<T: Float>(&self, parameters: &[T]) -> Buffer<T>
    where
        F: HasFormula<T>,
    {
        let [v, own] = self.parts(parameters);
        let mut computed = Buffer::from_slice(&parameters[..self.dense.formula().len()]);
        let outputs = self.dense.formula().widths()[1];
        computed_weights::<K, T>([v, own], outputs, &mut computed[..v.len()]);
        computed
    }
}

impl<T: Float, K: DenseNorm, F: HasFormula<T>> Formula<T> for NormedFormula<K, F> {
    fn widths(&self) -> [usize; 2] {
        self.dense.formula().widths()
    }

    fn len(&self) -> usize {
        let [inputs, outputs] = self.widths();
        let of_inputs = if K::OF_INPUTS.is_some() { padded(inputs) } else { 0 };
        self.dense.formula().len() + padded(outputs) + of_inputs
    }

    fn flops(&self) -> usize {
        self.dense.formula().flops()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let dense = self.dense.formula();
        let ([inputs, outputs], start) = (dense.widths(), dense.len());
        let of_outputs = NamedTensor::new(K::OF_OUTPUTS, &[outputs], start);
        let of_inputs =
            K::OF_INPUTS.map(|name| NamedTensor::new(name, &[inputs], start + padded(outputs)));
        let own = [Some(of_outputs), of_inputs].into_iter().flatten();
        let own = own.map(|tensor| match K::TRAINED {
            true => tensor.kind(TensorKind::Scale),
            false => NamedTensor { trained: false, ..tensor.kind(TensorKind::State) },
        });
        dense.tensors().into_iter().chain(own).collect()
    }

    fn extra(&self) -> Extra {
        self.dense.formula().extra()
    }

    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let [inputs, outputs] = self.widths();
        let random = Random::new(seed, STREAM ^ *index);
        let (dense, own) = parameters.split_at_mut(self.dense.formula().len());
        self.dense.formula().init(dense, seed, index);
        own.fill(T::zero());
        K::init(&dense[..inputs * outputs], own, outputs, random);
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        self.dense.formula().predict(&self.computed(parameters), x, y);
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, pass: Pass) {
        self.dense.formula().forward(&self.computed(parameters), x, workspace, pass);
    }

    fn output_grad<'r>(&'r self, workspace: &'r mut Workspace<'_, T>) -> OutputGrad<'r, T> {
        self.dense.formula().output_grad(workspace)
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        self.dense.formula().backward(&self.computed(parameters), workspace, before);
    }

    fn gradient(
        &self,
        parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        _from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        if gradient.is_empty() {
            return;
        }
        let [v, own] = self.parts(parameters);
        let (dense, of_own) = gradient.split_at_mut(self.dense.formula().len());
        // The gradient of W.
        self.dense.formula().gradient(&self.computed(parameters), x, workspace, 0, dense, sums);
        if !sums.end {
            return;
        }
        of_own.fill(T::zero());
        K::gradient([v, own], self.widths()[1], &mut dense[..v.len()], of_own);
    }

    fn update_state(&self, parameters: &mut [T], _workspace: &Workspace<'_, T>) {
        let [inputs, outputs] = self.widths();
        let (dense, own) = parameters.split_at_mut(self.dense.formula().len());
        K::update_state(&dense[..inputs * outputs], own, outputs);
    }
}

impl<K: DenseNorm, const I: usize, const O: usize, A, P> Leaf for Normed<K, Dense<I, O, A, P>>
where
    A: Activation,
    P: DenseOptions<Init: Initializer>,
{
    type Formula<T: Float> = NormedFormula<K, DenseFormula<T, FixedWidths<I, O>, A, Declared<P>>>;
    type View<'a, T: Float> = K::View<'a, P::View<'a, T, I, O>, T, I, O>;

    fn formula<T: Float>() -> Self::Formula<T> {
        NormedFormula::new(<Dense<I, O, A, P> as Leaf>::formula())
    }

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        let (dense, own) = parameters.split_at(Self::OWN);
        K::view(P::view(dense), own)
    }
}
