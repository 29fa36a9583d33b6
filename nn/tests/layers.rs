//! Every layer that `nn` has: its two drivers agree to the last bit, its gradients are those of finite
//! differences, any number of threads gives the same bits, and what is saved is loaded.

mod proof;

use nn::activation::{CeluWith, EluWith, Identity, LeakyReluWith, Relu, Tanh};
use nn::head::{Linear, Softmax};
use nn::init::{ByActivation, GlorotUniform, HeNormal, Zeros};
use nn::layer::{Dense, DenseWith, Then};
use nn::{Network, Sequential};
use proof::{check_gradient, comes_back, same_bits, same_for_any_threads};

/// The bits of a number, as types have them.
const fn bits(x: f64) -> u64 {
    x.to_bits()
}

/// All that a network of these layers must prove, in `f64` and `f32`.
macro_rules! proves {
    ($Net:ident, $rows:literal, $targets:expr) => {
        same_bits::<$Net<f32>>(stringify!($Net));
        same_bits::<$Net<f64>>(stringify!($Net));
        check_gradient::<$Net<f64>>($targets);
        same_for_any_threads::<$Net<f32>, _>($rows, nn::Adam::new(1e-2));
        same_for_any_threads::<$Net<f64>, _>(67, nn::Sgd::new(0.1).momentum(0.9));
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
    let view = nn::layer::view::<Net, Dense<3, 2, Relu, NoBias>>(&Net::init(1), 0).weight.len();
    assert_eq!(view, 3);
    type Nothing = Sequential<Dense<3, 2, Relu, DenseWith<Zeros, true, 0>>, Linear<2>, 3, 2>;
    assert_eq!(Nothing::init(1).predict(&[1.0; 3]), [0.0; 2]);
}

#[test]
fn the_penalty_is_trained_and_not_evaluated() {
    type Plain =
        Sequential<Dense<2, 1, Identity, DenseWith<ByActivation, true, 0>>, Linear<1>, 2, 1, f64>;
    type L2 = Sequential<
        Dense<2, 1, Identity, DenseWith<ByActivation, true, { bits(0.25) }>>,
        Linear<1>,
        2,
        1,
        f64,
    >;
    let (plain, l2) = (Plain::init(7), L2::init(7));
    assert_eq!(plain.parameters(), l2.parameters());
    let (x, t) = ([[1.0, 2.0], [3.0, -1.0]], [[1.0], [2.0]]);
    let loss = nn::Trainer::<Plain, _>::new(nn::Sgd::new(0.1)).differentiate(&plain, &x, &t);
    let mut trainer = nn::Trainer::<L2, _>::new(nn::Sgd::new(0.1));
    let penalized = trainer.differentiate(&l2, &x, &t).unwrap();
    let squares: f64 = l2.parameters().as_slice()[..2].iter().map(|w| w * w).sum();
    assert!((penalized - loss.unwrap() - 0.25 * squares).abs() < 1e-15);
    let data = nn::data::Dataset::new(x.to_vec(), t.to_vec()).unwrap();
    let threads = nn::Threads::new(1);
    assert_eq!(plain.evaluate(&data, &threads), l2.evaluate(&data, &threads));
    // On a tape it is there in training alone.
    let tape = nn::autograd::Tape::new();
    let on_tape = l2.on_tape(&tape).unwrap();
    let loss = on_tape.loss(on_tape.logits(on_tape.inputs(&x).unwrap()).unwrap(), &t).unwrap();
    assert_eq!(loss.value().item().unwrap(), data_loss(&l2, &x, &t));
}

fn data_loss<N: Network<Float = f64>>(network: &N, x: &[N::Input], t: &[N::Target]) -> f64 {
    let data = nn::data::Dataset::new(x.to_vec(), t.to_vec()).unwrap();
    network.evaluate(&data, &nn::Threads::new(1)).loss
}
