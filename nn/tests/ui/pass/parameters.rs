//! Widths that are parameters of the network.

#![deny(warnings, missing_docs, unreachable_pub, missing_debug_implementations)]

use nn::data::{Class, Dataset};
use nn::{Adam, Network, Trainer, fit, network};

network! {
    /// One width.
    pub struct Net<const H: usize>(dense(30 -> H, relu), dense(2, softmax));

    /// Several, everywhere that a width is allowed.
    #[derive(PartialEq)]
    struct Several<const IN: usize, const HIDDEN: usize, const OUT: usize> {
        first: dense(IN -> HIDDEN, tanh, bias = false),
        norm: layer_norm,
        block: residual(dense(HIDDEN, leaky_relu(0.1)), dropout(0.1), dense(HIDDEN)) * 2,
        more: dense(HIDDEN -> HIDDEN, init = zeros, l2 = 1e-4) * 2,
        narrow: dense(8),
        inner: Inner,
        last: dense(OUT),
    }
    struct Inner(dense(8 -> 8));
    struct Text<const WIDTH: usize,> = "dense(4→WIDTH, relu), dense(3)";
    struct Heads<const H: usize> {
        inputs: concat { a: dense(2 -> 3), b: input(2) },
        hidden: dense(H, relu),
        answers: heads { class: dense(2, softmax), x: dense(1) },
    }
}
network! {
    struct Twin(dense(30 -> 16, relu), dense(2, softmax));
}

/// Parameters of a type.
pub type Alias<const IN: usize, const H: usize> =
    network![dense(IN -> H, relu), residual(layer_norm, dense(H)), dense(H -> 2, softmax)];

/// A width that is a parameter of the outer function.
fn parameters<const H: usize>() -> usize {
    <Net<H> as nn::Architecture>::PARAMS
}

pub(crate) fn main() {
    const { assert!(Net::<16>::PARAMS == 30 * 16 + 16 + 16 * 2 + 2) };
    assert_eq!(parameters::<4>(), 30 * 4 + 4 + 4 * 2 + 2);
    assert_eq!((Net::<8>::INPUTS, Net::<8>::OUTPUTS), (30, 2));

    // The bits of a network with numbers in the same places.
    let class = |at: usize| Class::<2>::new(at % 2).expect("a class");
    let data = Dataset::new((0..20).map(|at| [at as f32 / 20.0; 30]).collect(), (0..20).map(class).collect());
    let data = data.expect("as many targets as inputs");
    let (mut net, mut twin) = (Net::<16>::init(7), Twin::init(7));
    fit(&mut net, &data).epochs(2).run().expect("a training");
    fit(&mut twin, &data).epochs(2).run().expect("a training");
    assert_eq!(Network::parameters(&net).as_slice(), Network::parameters(&twin).as_slice());
    assert_eq!(net.predict(&[0.5; 30]), twin.predict(&[0.5; 30]));
    assert_eq!(net.layer1().weight.len(), twin.layer1().weight.len());

    let mut several: Several<5, 6, 2> = Several::init(1);
    let loss = Trainer::<Several<5, 6, 2>, _>::new(Adam::new(1e-3)).step(&mut several, &[[0.1; 5]], &[[1.0; 2]]);
    assert!(loss.expect("a loss").is_finite());
    let _: [f32; 6] = several.activations(&[0.1; 5]).first;
    let _: Inner = several.inner();
    let _: Several<5, 6, 2, f64> = Network::init(1);
    assert!(Net::<16>::SUMMARY.contains("30 -> 16, relu") && Several::<5, 6, 2>::svg().starts_with("<svg"));
    assert_eq!(format!("{several:?}"), "Several { layers: 13, parameters: 440 }");

    let _: [f32; 2] = Alias::<3, 5>::init(1).predict(&[0.0; 3]);
    assert_eq!(Alias::<3, 5>::PARAMS, (3 * 5 + 5) + 2 * 5 + (5 * 5 + 5) + (5 * 2 + 2));

    let _: [f32; 3] = Text::<9>::init(1).predict(&[0.0; 4]);
    let answer: HeadsOutput<7> = Heads::<7>::init(1).predict(&[0.0; 2], &[0.0; 2]);
    let _: ([f32; 2], [f32; 1]) = (answer.class, answer.x);
}
