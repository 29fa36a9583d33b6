//! Every layer of `nn`: its two drivers agree to the last bit, its gradients are those of finite
//! differences, any number of threads gives the same bits, and saving and loading restore it.

use crate::proof::{check_gradient, comes_back, same_bits, same_by_descent, same_for_any_threads};
use crate::rule::Rule;
use nn::Sequential;
use nn::activation::{CeluWith, EluWith, Gelu, Identity, LeakyReluWith, Relu, Tanh};
use nn::head::{Linear, Softmax};
use nn::init::{ByActivation, GlorotUniform, HeNormal, Zeros};
use nn::layer::{
    self, BatchNorm, Concat, Dense, DenseWith, Dropout, Heads, LayerNorm, Passthrough, Residual,
    RowLayer, TensorInfo, Then,
};
use nn::prelude::*;

/// The bits of a number, as const generics need them.
const fn bits(x: f64) -> u64 {
    x.to_bits()
}

/// All properties of a network of these layers, in `f64` and `f32`.
macro_rules! proves {
    ($Net:ident, $rows:literal, $targets:expr) => {
        same_bits::<$Net<f32>>(stringify!($Net));
        same_bits::<$Net<f64>>(stringify!($Net));
        check_gradient::<$Net<f64>>($targets);
        same_for_any_threads::<$Net<f32>>($rows, Rule::Adam(nn::Adam::new(1e-2)));
        same_for_any_threads::<$Net<f64>>(67, Rule::Sgd(nn::Sgd::new(0.1).momentum(0.9)));
        same_by_descent::<$Net<f32>>(2, 67);
        comes_back::<$Net<f32>>(stringify!($Net));
        comes_back::<$Net<f64>>(stringify!($Net));
    };
}

type NoBias = DenseWith<ByActivation, false, 0>;
type Decayed = DenseWith<GlorotUniform, true, { bits(0.01) }>;
type DecayedNoBias = DenseWith<HeNormal, false, { bits(0.3) }>;

type Options<T> = Sequential<
    Then<
        Dense<5, 7, Tanh, NoBias>,
        Then<
            Dense<7, 17, LeakyReluWith<{ bits(0.1) }>, Decayed>,
            Dense<17, 3, Identity, DecayedNoBias>,
        >,
    >,
    Linear<3>,
    5,
    3,
    T,
>;

type Parametric<T> = Sequential<
    Then<Dense<3, 33, EluWith<{ bits(0.7) }>>, Dense<33, 2, CeluWith<{ bits(0.4) }>>>,
    Softmax<2>,
    3,
    2,
    T,
>;

/// y = x₀·x₁ + c, y₁ = x₂·d: a custom layer with two tensors.
struct Own<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Own<I, O> {
    const NAME: &'static str = "own";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = 2;
    const TENSORS: &'static [TensorInfo] =
        &[TensorInfo::new("shift", &[1], 0), TensorInfo::new("factor", &[1], 1)];
    type Outputs<T: Float> = [T; O];

    fn forward<T: Float>(p: &[T], x: &[T], y: &mut [T]) {
        y[0] = x[0] * x[1] + p[0];
        y[1] = x[2] * p[1];
    }

    fn backward<T: Float>(p: &[T], x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        dx.copy_from_slice(&[dy[0] * x[1], dy[0] * x[0], dy[1] * p[1]]);
    }

    fn gradient<T: Float>(_p: &[T], x: &[T], _y: &[T], dy: &[T], gradient: &mut [T]) {
        gradient[0] = gradient[0] + dy[0];
        gradient[1] = gradient[1] + dy[1] * x[2];
    }
}

network! {
    struct Dropped(
        dropout(0.1),
        dense(5 -> 7, tanh),
        dropout(0.4),
        dense(17, gelu),
        dropout(0.25),
        dense(3),
    );
    struct Normed(
        layer_norm,
        dense(5 -> 19, relu),
        layer_norm(epsilon = 1e-3),
        dense(4, silu),
        layer_norm,
        dense(3),
    );
    struct BatchNormed(
        batch_norm,
        dense(5 -> 19, tanh),
        batch_norm(momentum = 0.3, epsilon = 1e-3),
        dense(2, softmax),
    );
    struct Deepened(
        residual(dense(5 -> 5, tanh)),
        dense(18, gelu),
        residual(dense(7, tanh), residual(dense(7 -> 7, elu)), dropout(0.3), dense(18, l2 = 0.01)),
        dense(3),
    );
    struct Encoder { wide: dense(5 -> 12, tanh), narrow: dense(3, l2 = 0.1) }
    struct Outer {
        encoder: Encoder,
        middle: dense(9, relu, init = he_uniform),
        out: dense(2, softmax),
    }
    struct Owned(dense(5 -> 3, tanh), Own(3 -> 2), dense(3));
    struct Wide(
        dense(130 -> 257, relu),
        dropout(0.5),
        residual(dense(65, tanh), layer_norm, dense(257)),
        dense(3),
    );
}

/// The expansion of `concat(…)` and `heads(…)` by the macro, with one head's loss.
type Joined<T> = Sequential<
    Then<
        Concat<
            Then<Dense<4, 6, Tanh>, Dropout<6, { bits(0.3) }>>,
            Concat<Passthrough<1>, Dense<2, 3, Gelu>, 4>,
            10,
        >,
        Then<
            Residual<Concat<Dense<7, 5, Tanh>, Dense<3, 5, Tanh, Decayed>, 10>>,
            Heads<
                Dense<10, 2, Identity>,
                Heads<LayerNorm<10, { bits(1e-5) }>, Dense<10, 1, Tanh>, 11>,
                13,
            >,
        >,
    >,
    Linear<13>,
    7,
    13,
    T,
>;

#[test]
fn dense_with_options() {
    proves!(Options, 3001, &[[0.5, -1.0, 2.0], [0.1, 0.9, -1.0]]);
    proves!(Parametric, 3001, &nn::data::Class::from_labels(&[0, 1, 1]).unwrap());
}

#[test]
fn without_a_bias_zero_stays_zero() {
    type Net = Sequential<Dense<3, 2, Relu, NoBias>, Linear<2>, 3, 2>;
    const { assert!(Net::PARAMS == 6) };
    assert_eq!(Net::init(1).predict(&[0.0; 3]), [0.0; 2]);
    let view = nn::layer_view::<Net, Dense<3, 2, Relu, NoBias>>(&Net::init(1), 0).weight.len();
    assert_eq!(view, 3);
    type Penalized = Sequential<Dense<3, 2, Relu, DecayedNoBias>, Linear<2>, 3, 2>;
    let table = Penalized::SUMMARY;
    assert!(table.contains("dense 3 -> 2, relu, no bias, l2 0.3 "), "{table}");
    type Nothing = Sequential<Dense<3, 2, Relu, DenseWith<Zeros, true, 0>>, Linear<2>, 3, 2>;
    assert_eq!(Nothing::init(1).predict(&[1.0; 3]), [0.0; 2]);
}

#[test]
fn dropout() {
    // Enough rows that one of them uses almost every weight.
    proves!(Dropped, 3001, &[[0.5, -1.0, 2.0]; 29]);
}

#[test]
fn layer_norm() {
    proves!(Normed, 3001, &[[0.5, -1.0, 2.0], [0.1, 0.9, -1.0]]);
    layer::check::<LayerNorm<7, { bits(1e-5) }>>(1).unwrap();
    layer::check::<LayerNorm<1, { bits(1e-2) }>>(1).unwrap();
    layer::check::<LayerNorm<33, { bits(1.0) }>>(1).unwrap();
}

#[test]
fn batch_norm() {
    proves!(BatchNormed, 301, &nn::data::Class::from_labels(&[0, 1, 1, 0]).unwrap());
    layer::check::<BatchNorm<7, { bits(0.1) }, { bits(1e-5) }>>(1).unwrap();
    layer::check::<BatchNorm<17, { bits(0.1) }, { bits(1.0) }>>(1).unwrap();
}

#[test]
fn residuals() {
    proves!(Deepened, 3001, &[[0.5, -1.0, 2.0], [0.1, 0.9, -1.0]]);
    layer::check::<Residual<Residual<Dense<3, 3, Tanh>>>>(1).unwrap();
}

#[test]
fn branches() {
    proves!(Joined, 3001, &[[0.1; 13], [-0.4; 13]]);
    layer::check::<Concat<Dense<3, 2, Tanh>, Passthrough<4>, 6>>(1).unwrap();
    layer::check::<Heads<Dense<3, 2, Tanh>, Dense<3, 5, Gelu>, 7>>(1).unwrap();
}

#[test]
fn networks_inside_networks_and_layers_of_ones_own() {
    proves!(Outer, 3001, &nn::data::Class::from_labels(&[0, 1]).unwrap());
    proves!(Owned, 3001, &[[0.5, -1.0, 2.0], [0.1, 0.9, -1.0]]);
    layer::check::<Own<3, 2>>(1).unwrap();
}

#[test]
fn all_of_it_in_a_wide_network() {
    same_bits::<Wide<f32>>("Wide");
    same_for_any_threads::<Wide<f32>>(203, Rule::Adam(nn::Adam::new(1e-3)));
}

/// A wrong gradient is found and named.
#[test]
fn a_wrong_gradient_is_found() {
    struct Wrong;
    impl RowLayer for Wrong {
        const NAME: &'static str = "wrong";
        const INPUTS: usize = 1;
        const OUTPUTS: usize = 1;
        type Outputs<T: Float> = [T; 1];
        fn forward<T: Float>(_: &[T], x: &[T], y: &mut [T]) {
            y[0] = x[0] * x[0];
        }
        fn backward<T: Float>(_: &[T], x: &[T], _: &[T], dy: &[T], dx: &mut [T]) {
            dx[0] = dy[0] * x[0];
        }
    }
    let error = layer::check::<Wrong>(1).unwrap_err().to_string();
    assert!(error.contains("wrong") && error.contains("input 0"), "{error}");
}
