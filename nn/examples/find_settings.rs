//! Searches for a learning rate and a batch size to start with, for the README's network on the
//! available images.
//!
//! ```sh
//! cargo run --release --example find_settings -- --seed 1
//! ```

use nn::data::fashion_mnist;
use nn::prelude::*;

network! { struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }

fn main() -> Result<(), Box<dyn std::error::Error>> {
    use lexopt::prelude::*;
    let mut seed = 0;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => seed = parser.value()?.parse()?,
            Short('h') | Long("help") => {
                println!("find_settings [--seed N]: tries learning rates and batch sizes");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let train = fashion_mnist::load(None)?.train;
    let mut digits = Digits::init(seed);
    let rate = fit(&mut digits, &train).seed(seed).find_rate()?;
    println!("{rate}\n");
    println!("{}", fit(&mut digits, &train).seed(seed).find_batch_size()?);
    Ok(())
}
