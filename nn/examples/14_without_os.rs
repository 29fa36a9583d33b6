//! Chapter 14 of the guide: a trained network for programs without an operating system, here run on
//! one to try it.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::Options;
use nn::data::fashion_mnist;
use nn::{Weights, include_weights, network};

network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }

// The file is part of the program and checked by the compiler: the file of a different network
// would not compile.
static DIGITS: Weights<Digits> =
    include_weights!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/embedded/digits.safetensors"));

// A budget that the compiler enforces: bytes on the stack for a prediction, parameters in flash.
const _: () = assert!(Weights::<Digits>::STACK < 1024 && Digits::<f32>::BYTES < 512 * 1024);

fn chapter(_: &Options) -> guide::Result {
    println!("in the program: {} bytes of weights", Digits::<f32>::BYTES);
    println!(
        "for a prediction: {} bytes on the stack, none from an allocator",
        Weights::<Digits>::STACK
    );
    let test = fashion_mnist::sample()?.test;
    let mut right = 0;
    for (image, class) in test.iter() {
        let probabilities: [f32; 10] = DIGITS.predict(image);
        let likeliest = (0..10).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        right += usize::from(likeliest == Some(class.index()));
    }
    let name = DIGITS.class_names().get(test.targets()[0].index()).unwrap_or("nameless");
    println!("{right} of {} images of the sample right; the first is a {name}", test.len());
    Ok(())
}

fn main() -> ExitCode {
    guide::run("A trained network as a static of the program.", chapter)
}
