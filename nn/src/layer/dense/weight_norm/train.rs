//! Training with a weight norm.
//!
//! W = V∘s, s = g/‖V‖
//! dV = s∘(dW − V∘c/‖V‖²), dg = c/‖V‖, c = Σᵢ dW∘V
//!
//! shapes: V, W `[I, O]`, g, s, c, ‖V‖ `[O]`, which are those of columns; all else is the dense layer's

use tensor::activation::Activation;
use tensor::simd::vectorize;
use tensor::{Buffer, Float};

use super::{WeightNorm, factors_of, lengths};
use crate::init::Initializer;
use crate::layer::dense::products::{FixedWidths, Widths};
use crate::layer::dense::train::{Declared, DenseFormula, DenseSettings};
use crate::layer::dense::{Dense, DenseOptions};
use crate::layer::{Extra, Formula, Inference as _, Leaf, OutputGrad, Pass, Sums, Workspace};
use crate::parameters::{NamedTensor, TensorKind, array, padded};

/// What [`WeightNorm`] computes: what a dense layer does, with other weights.
#[derive(Clone, Copy, Debug)]
pub struct WeightNormFormula<F> {
    dense: F,
}

/// The formula of a dense layer, or what holds one.
pub trait HasFormula<T>: Send + Sync {
    /// The formula.
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

/// The parameters of a [`WeightNorm`].
#[derive(Clone, Copy, Debug)]
pub struct WeightNormView<'a, D, T, const O: usize> {
    /// Those of the dense layer; what its weights are is a direction.
    pub dense: D,
    /// How long the weights towards each output are.
    pub scale: &'a [T; O],
}

/// W, of the directions V and the lengths g, which are as many as it has columns.
pub(crate) fn weights<T: Float>(v: &[T], scale: &[T], to: &mut [T]) {
    let mut factors = Buffer::stale(scale.len());
    let factors = &mut factors[..];
    vectorize(|| {
        lengths(v, factors);
        factors_of(scale, factors);
        let rows = v.chunks_exact(scale.len()).zip(to.chunks_exact_mut(scale.len()));
        for (v, to) in rows {
            for ((w, &v), &factor) in to.iter_mut().zip(v).zip(&*factors) {
                *w = v * factor;
            }
        }
    });
}

impl<F> WeightNormFormula<F> {
    /// Of this dense layer.
    pub(crate) fn new(dense: F) -> Self {
        WeightNormFormula { dense }
    }

    /// The parameters of the dense layer, and the scale.
    fn parts<'p, T: Float>(&self, parameters: &'p [T]) -> (&'p [T], &'p [T])
    where
        F: HasFormula<T>,
    {
        let (dense, scale) = parameters.split_at(self.dense.formula().len());
        (dense, &scale[..self.dense.formula().widths()[1]])
    }

    /// The parameters with the weights that the dense layer is to have.
    fn computed<T: Float>(&self, parameters: &[T]) -> Buffer<T>
    where
        F: HasFormula<T>,
    {
        let (dense, scale) = self.parts(parameters);
        let [inputs, outputs] = self.dense.formula().widths();
        let mut computed = Buffer::from_slice(dense);
        weights(&dense[..inputs * outputs], scale, &mut computed[..inputs * outputs]);
        computed
    }
}

impl<T: Float, F: HasFormula<T>> Formula<T> for WeightNormFormula<F> {
    fn widths(&self) -> [usize; 2] {
        self.dense.formula().widths()
    }

    fn len(&self) -> usize {
        self.dense.formula().len() + padded(self.widths()[1])
    }

    fn flops(&self) -> usize {
        self.dense.formula().flops()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let dense = self.dense.formula();
        let scale = NamedTensor::new("scale", &[dense.widths()[1]], dense.len());
        dense.tensors().into_iter().chain([scale.kind(TensorKind::Scale)]).collect()
    }

    fn extra(&self) -> Extra {
        self.dense.formula().extra()
    }

    /// The lengths are those of the weights.
    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let [inputs, outputs] = self.widths();
        let (dense, scale) = parameters.split_at_mut(self.dense.formula().len());
        self.dense.formula().init(dense, seed, index);
        scale.fill(T::zero());
        lengths(&dense[..inputs * outputs], &mut scale[..outputs]);
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
        let [inputs, outputs] = self.widths();
        let (v, scale) = self.parts(parameters);
        let (dense, of_scale) = gradient.split_at_mut(v.len());
        // That of the weights themselves.
        self.dense.formula().gradient(&self.computed(parameters), x, workspace, 0, dense, sums);
        if !sums.end {
            return;
        }
        of_scale.fill(T::zero());
        let (v, dense) = (&v[..inputs * outputs], &mut dense[..inputs * outputs]);
        let of_scale = &mut of_scale[..outputs];
        let mut room = Buffer::stale(3 * outputs);
        let (length, rest) = room.split_at_mut(outputs);
        let (factor, along) = rest.split_at_mut(outputs);
        vectorize(|| {
            lengths(v, length);
            factor.copy_from_slice(length);
            factors_of(scale, factor);
            // c, in the place of dg.
            for (dw, v) in dense.chunks_exact(outputs).zip(v.chunks_exact(outputs)) {
                for ((c, &dw), &v) in of_scale.iter_mut().zip(dw).zip(v) {
                    *c = *c + dw * v;
                }
            }
            for ((c, along), &length) in of_scale.iter_mut().zip(&mut *along).zip(&*length) {
                let rate = if length > T::zero() { T::one() / length } else { T::zero() };
                *c = *c * rate;
                *along = *c * rate;
            }
            for (dw, v) in dense.chunks_exact_mut(outputs).zip(v.chunks_exact(outputs)) {
                let columns = factor.iter().zip(&*along);
                for ((dw, &v), (&factor, &along)) in dw.iter_mut().zip(v).zip(columns) {
                    *dw = factor * (*dw - v * along);
                }
            }
        });
    }
}

impl<const I: usize, const O: usize, A, P> Leaf for WeightNorm<Dense<I, O, A, P>>
where
    A: Activation,
    P: DenseOptions<Init: Initializer>,
{
    type Formula<T: Float> = WeightNormFormula<DenseFormula<T, FixedWidths<I, O>, A, Declared<P>>>;
    type View<'a, T: Float> = WeightNormView<'a, P::View<'a, T, I, O>, T, O>;

    fn formula<T: Float>() -> Self::Formula<T> {
        WeightNormFormula::new(<Dense<I, O, A, P> as Leaf>::formula())
    }

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        let (dense, _) = parameters.split_at(<Dense<I, O, A, P>>::LEN);
        WeightNormView { dense: P::view(dense), scale: array(parameters, Self::SCALE) }
    }
}

#[cfg(test)]
mod tests {
    use tensor::activation::{Gelu, Relu};

    use super::*;
    use crate::layer::dense::DenseWith;
    use crate::layer::proof::prove_leaf;

    #[test]
    fn weight_norm() {
        prove_leaf::<WeightNorm<Dense<5, 3, Gelu>>>();
        prove_leaf::<WeightNorm<Dense<3, 17, Relu, DenseWith<crate::init::HeNormal, false, 0>>>>();
        prove_leaf::<WeightNorm<Dense<70, 70, Relu>>>();
    }

    /// 3 and 4 are 5 long.
    #[test]
    fn weights_are_as_long_as_the_scale_says() {
        let mut w = [0.0; 4];
        weights(&[3.0, 0.0, 4.0, 0.0], &[10.0, 2.0], &mut w);
        assert_eq!(w, [6.0, 0.0, 8.0, 0.0]);
    }

    /// A column of zeros has no direction, and no gradient that is not a number.
    #[test]
    fn what_is_zero_stays_zero() {
        type Zeros = WeightNorm<Dense<2, 3, Relu, DenseWith<crate::init::Zeros, true, 0>>>;
        let formula = Zeros::formula::<f64>();
        let mut parameters = vec![0.0; Zeros::LEN];
        formula.init(&mut parameters, 1, &mut 0);
        let mut memory = vec![0.0; Workspace::<f64>::len(1, 3, formula.extra())];
        let mut workspace = Workspace::carve(&mut &mut memory[..], 1, 3, formula.extra());
        formula.forward(&parameters, &[1.0, 2.0], &mut workspace, Pass::Evaluation);
        workspace.dy.fill(1.0);
        let mut gradient = vec![f64::NAN; Zeros::LEN];
        formula.gradient(&parameters, &[1.0, 2.0], &workspace, 0, &mut gradient, Sums::WHOLE);
        assert!(gradient.iter().all(|g| g.is_finite()), "{gradient:?}");
    }
}
