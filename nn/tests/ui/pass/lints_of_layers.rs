//! The expansion of every kind of layer causes no warnings under strict lints.

#![deny(warnings, missing_docs, unused, nonstandard_style, unreachable_pub, missing_debug_implementations)]
#![deny(rust_2018_idioms, single_use_lifetimes, trivial_casts, unused_qualifications, unused_lifetimes)]
#![deny(unsafe_code, let_underscore_drop, redundant_imports, explicit_outlives_requirements)]
#![deny(missing_copy_implementations, unit_bindings, unused_import_braces, unused_results)]

/// A public module.
pub mod models {
    /// x²
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Square;

    impl nn::activation::Activation for Square {
        const NAME: &'static str = "square";
        const KEEPS_INPUT: bool = true;
        fn value<T: nn::Float>(&self, x: T) -> T {
            x * x
        }
        fn derivative<T: nn::Float>(&self, x: T, _: T) -> T {
            x + x
        }
    }

    const WIDTH: usize = 6;
    const RATE: f64 = 0.1;

    nn::network! {
        #[derive(Debug)]
        pub struct Encoder(dense(4 -> 3, leaky_relu(0.1)), dropout(RATE), dense(3));
        #[derive(Debug)]
        pub struct Scene {
            both: concat { image: Encoder, meta: (input(2), dense(WIDTH), dense(3, Square)) },
            norm: layer_norm(epsilon = (1e-3)),
            block: residual(dense((WIDTH), bias = false), batch_norm) * 2,
            answers: heads { class: dense(3, softmax), angle: (dense({ WIDTH }, relu), dense(1)) },
        }
    }
}

nn::network! {
    #[derive(Debug)]
    struct Private(concat(input(2), input(3)), dense(4, models::Square) * 1, heads(dense(2), dense(1)));
}

pub(crate) fn main() {
    let _ = models::Scene::init(7).predict(&[0.0; 4], &[0.0; 2]);
    let _ = Private::init(7).predict(&[0.0; 2], &[0.0; 3]);
}
