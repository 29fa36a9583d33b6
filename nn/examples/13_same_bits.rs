//! Chapter 13 of the guide: the same bits everywhere, and what that is good for.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::Options;
use nn::prelude::*;
use nn::{Dynamic, Show, Threads};

network! { struct Clothes(dense(784 -> 64, relu), dropout(0.1), dense(10, softmax)); }

/// Hash of all bits of the parameters (FNV-1a).
fn name(parameters: &[f32]) -> String {
    let bytes = parameters.iter().flat_map(|x| x.to_bits().to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let train = data.train.take(2000).pixels();
    let trained = |threads: usize, seed: u64| {
        let mut clothes = Clothes::init(seed);
        let threads = Threads::new(threads).for_any_work();
        let fit = fit(&mut clothes, &train).epochs(3).seed(seed).threads(&threads);
        fit.show(Show::Nothing).run().map(|_| clothes)
    };
    for threads in [1, 2, 3, 8] {
        let clothes = trained(threads, options.seed)?;
        println!(
            "{threads} threads, seed {}: {}",
            options.seed,
            name(clothes.parameters().as_slice())
        );
    }
    let other = trained(1, options.seed + 1)?;
    println!("1 threads, seed {}: {}", options.seed + 1, name(other.parameters().as_slice()));

    // Interrupted after the second epoch and resumed from the checkpoint.
    let directory = options.out.join("13_checkpoint");
    let _ = std::fs::remove_dir_all(&directory); // of an earlier run
    let mut clothes = Clothes::init(options.seed);
    for epochs in [2, 3] {
        clothes = Clothes::init(options.seed);
        let fit = fit(&mut clothes, &train).epochs(epochs).seed(options.seed);
        fit.checkpoint(&directory).show(Show::Nothing).run()?;
    }
    println!("interrupted and resumed: {}", name(clothes.parameters().as_slice()));
    std::fs::remove_dir_all(&directory)?;

    // The same layers, parsed from text at run time.
    let text = "dense(784 -> 64, relu), dropout(0.1), dense(10, softmax)";
    let mut dynamic: Dynamic = Dynamic::parse(text)?.init(options.seed);
    let numbers = |image: &[u8; 784]| image.map(|byte| f32::from(byte) / 255.0);
    let rows = train.bytes().iter().map(|(image, class)| (numbers(image), *class));
    let rows: nn::data::Dataset<[f32; 784], nn::data::Class<10>> = rows.collect();
    fit(&mut dynamic, &rows.flat()).epochs(3).seed(options.seed).show(Show::Nothing).run()?;
    println!("parsed from text: {}", name(dynamic.parameters()));
    Ok(())
}

fn main() -> ExitCode {
    guide::run(
        "The same bits for any number of threads, interrupted or not, compiled or parsed from \
         text.",
        chapter,
    )
}
