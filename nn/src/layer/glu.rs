//! Gated linear units: one half of the inputs times a function of the other half, the gate.
//!
//! y  = v∘f(g), where x is v and then g, or g and then v
//! dv = dy∘f(g), dg = dy∘v∘f'(g)
//!
//! shapes: x `[rows, 2N]`, y, v, g `[rows, N]`

use core::fmt::Debug;
use core::marker::PhantomData;

use tensor::Float;
use tensor::activation::{Activation, Sigmoid, Silu};

use super::by_row::{ByRow, ByRowFormula, RowRule};

/// GLU from 2`N` inputs to `N` outputs: the first half times σ of the second (Dauphin et al. 2017).
///
/// After a linear layer, as in `dense(64), glu` with its 32 outputs, each unit has its own gate.
pub type Glu<const N: usize> = ByRow<N, GateRule<Sigmoidal>>;

/// SwiGLU from 2`N` inputs to `N` outputs: silu of the first half times the second (Shazeer 2020).
/// LLaMA and most code have the same order.
pub type Swiglu<const N: usize> = ByRow<N, GateRule<Swish>>;

/// The formula of [`Glu`], for rows of any width.
pub type GluFormula<W> = ByRowFormula<GateRule<Sigmoidal>, W>;
/// The formula of [`Swiglu`], for rows of any width.
pub type SwigluFormula<W> = ByRowFormula<GateRule<Swish>, W>;

/// A kind of gate.
pub trait Gate: Copy + Debug + Send + Sync + 'static {
    /// The layer's word.
    const WORD: &'static str;
    /// Whether the first half of a row holds the gates.
    const COMES_FIRST: bool;
    /// The function of the gate.
    type Function: Activation;
}

/// The gates of [`Glu`].
#[derive(Clone, Copy, Debug)]
pub struct Sigmoidal;

impl Gate for Sigmoidal {
    const WORD: &'static str = "glu";
    const COMES_FIRST: bool = false;
    type Function = Sigmoid;
}

/// The gates of [`Swiglu`].
#[derive(Clone, Copy, Debug)]
pub struct Swish;

impl Gate for Swish {
    const WORD: &'static str = "swiglu";
    const COMES_FIRST: bool = true;
    type Function = Silu;
}

/// See [`Glu`].
#[derive(Clone, Copy, Debug)]
pub struct GateRule<G>(PhantomData<fn() -> G>);

impl<G: Gate> RowRule for GateRule<G> {
    const WORD: &'static str = G::WORD;
    const INPUTS_EACH: usize = 2;
    type Options = [f64; 0];
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize> = ();

    fn new([]: [f64; 0]) -> Self {
        GateRule(PhantomData)
    }

    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(_parameters: &[T]) {}

    #[inline(always)]
    fn forward<T: Float>(&self, _parameters: &[T], x: &[T], y: &mut [T], _kept: &mut [T]) {
        let (first, second) = x.split_at(y.len());
        let (value, gate) = if G::COMES_FIRST { (second, first) } else { (first, second) };
        for ((y, &value), &gate) in y.iter_mut().zip(value).zip(gate) {
            *y = value * G::Function::default().value(gate);
        }
    }

    #[inline(always)]
    fn backward<T: Float>(&self, _: &[T], x: &[T], _kept: &[T], dy: &[T], dx: &mut [T]) {
        let (first, second) = x.split_at(dy.len());
        let (value, gate) = if G::COMES_FIRST { (second, first) } else { (first, second) };
        let (first, second) = dx.split_at_mut(dy.len());
        let (to_value, to_gate) = if G::COMES_FIRST { (second, first) } else { (first, second) };
        let gradients = to_value.iter_mut().zip(to_gate).zip(dy);
        for (((to_value, to_gate), &dy), (&value, &gate)) in gradients.zip(value.iter().zip(gate)) {
            let function = G::Function::default();
            let open = function.value(gate);
            *to_value = dy * open;
            *to_gate = dy * value * function.derivative(gate, open);
        }
    }
}
