//! Options of a dense layer: `dense(784 -> 128, relu, bias = false, l2 = 1e-4)`.

use core::marker::PhantomData;

use tensor::Float;
use tensor::decimal::Written;

use crate::layer::init::ByActivation;
use crate::layer::option::checked;
use crate::parameters::padded;
use crate::text::Text;

/// The options of a [`Dense`](super::Dense) layer: [`Plain`] or [`DenseWith`].
pub trait DenseOptions: 'static {
    /// The [`Initializer`](crate::init::Initializer) of the weights.
    type Init: 'static;
    /// Whether the layer has a bias.
    const BIAS: bool;
    /// The factor l2 of the penalty l2·Σw².
    const L2: f64;
    /// The text in tables and pictures: `no bias, l2 0.0001`.
    const WRITTEN: &'static str;
    /// The parameters with their shapes.
    type View<'a, T: Float, const I: usize, const O: usize>;

    /// Returns the parameters with their shapes: the weight, then the bias if there is one.
    fn view<T: Float, const I: usize, const O: usize>(parameters: &[T]) -> Self::View<'_, T, I, O>;
}

/// The default options: weights initialized by the activation, a bias, no penalty.
#[derive(Debug)]
pub struct Plain;

impl DenseOptions for Plain {
    type Init = ByActivation;
    const BIAS: bool = true;
    const L2: f64 = 0.0;
    const WRITTEN: &'static str = "";
    type View<'a, T: Float, const I: usize, const O: usize> = DenseView<'a, T, I, O>;

    fn view<T: Float, const I: usize, const O: usize>(parameters: &[T]) -> DenseView<'_, T, I, O> {
        DenseView::of(parameters)
    }
}

/// Custom options: the initializer `Init`, a bias or none, and the penalty factor whose bits are
/// `L2`.
///
/// The penalty l2·Σw², over the weights without the bias, is part of the training loss, and of the
/// training loss that [`fit`](crate::fit) reports. [`evaluate`](crate::Evaluate::evaluate) leaves
/// it out. (Krogh and Hertz 1991. With Adam, decoupled weight decay is not the same.)
#[derive(Debug)]
pub struct DenseWith<Init, const BIAS: bool, const L2: u64>(PhantomData<Init>);

/// The options that differ from the default.
const fn written(bias: bool, l2: f64) -> Text<48> {
    let text = Text::new().text(if bias { "" } else { "no bias" });
    if l2 == 0.0 {
        return text;
    }
    text.text(if bias { "l2 " } else { ", l2 " }).text(Written::number(l2).as_str())
}

impl<Init: 'static, const L2: u64> DenseOptions for DenseWith<Init, true, L2> {
    type Init = Init;
    const BIAS: bool = true;
    const L2: f64 = checked("dense", "l2", L2);
    const WRITTEN: &'static str = const { &written(true, f64::from_bits(L2)) }.as_str();
    type View<'a, T: Float, const I: usize, const O: usize> = DenseView<'a, T, I, O>;

    fn view<T: Float, const I: usize, const O: usize>(parameters: &[T]) -> DenseView<'_, T, I, O> {
        DenseView::of(parameters)
    }
}

impl<Init: 'static, const L2: u64> DenseOptions for DenseWith<Init, false, L2> {
    type Init = Init;
    const BIAS: bool = false;
    const L2: f64 = checked("dense", "l2", L2);
    const WRITTEN: &'static str = const { &written(false, f64::from_bits(L2)) }.as_str();
    type View<'a, T: Float, const I: usize, const O: usize> = WeightView<'a, T, I, O>;

    fn view<T: Float, const I: usize, const O: usize>(parameters: &[T]) -> WeightView<'_, T, I, O> {
        WeightView { weight: weight(parameters) }
    }
}

/// Weights and bias of a dense layer, as views of a network's parameters.
#[derive(Clone, Copy, Debug)]
pub struct DenseView<'a, T, const I: usize, const O: usize> {
    /// `weight[i][o]`: the weight from input `i` to output `o`.
    pub weight: &'a [[T; O]; I],
    /// The bias of each output.
    pub bias: &'a [T; O],
}

impl<'a, T, const I: usize, const O: usize> DenseView<'a, T, I, O> {
    fn of(parameters: &'a [T]) -> Self {
        let Some(bias) = parameters[padded(I * O)..].first_chunk() else {
            panic!("dense {I} -> {O}: too few parameters");
        };
        DenseView { weight: weight(parameters), bias }
    }
}

/// The weights of a dense layer without a bias.
#[derive(Clone, Copy, Debug)]
pub struct WeightView<'a, T, const I: usize, const O: usize> {
    /// `weight[i][o]`: the weight from input `i` to output `o`.
    pub weight: &'a [[T; O]; I],
}

fn weight<T, const I: usize, const O: usize>(parameters: &[T]) -> &[[T; O]; I] {
    match parameters[..I * O].as_chunks::<O>().0.try_into() {
        Ok(weight) => weight,
        Err(_) => panic!("dense {I} -> {O}: too few parameters"),
    }
}
