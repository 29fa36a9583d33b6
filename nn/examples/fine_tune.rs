//! Fine-tuning: a network trained on one task learns another from few examples. Its first layers
//! are reused, frozen at first, then trained further with smaller rates the closer they are to the
//! input.
//!
//! The first task is eight classes of clothes, the second the other two, coats and shirts, with ten
//! images of each.
//!
//! ```sh
//! cargo run --release --example fine_tune -- --seed 1
//! ```

use std::error::Error;

use nn::data::{Class, Dataset, fashion_mnist};
use nn::prelude::*;
use nn::{AdamW, Show, schedule};

network! {
    struct Base {
        edges: dense(784 -> 128, relu),
        parts: dense(64, relu),
        classes: dense(8, softmax),
    }

    /// Coat or shirt.
    struct Coat {
        edges: dense(784 -> 128, relu),
        parts: dense(64, relu),
        two: dense(2, softmax),
    }
}

const TWO: [usize; 2] = [4, 6];
const OTHERS: [usize; 8] = [0, 1, 2, 3, 5, 7, 8, 9];

/// The images of these classes, at most `most` per class.
fn of<const C: usize>(
    data: &Dataset<[f32; 784], Class<10>>,
    classes: [usize; C],
    most: usize,
) -> Dataset<[f32; 784], Class<C>> {
    let mut counts = [0; C];
    let rows = data.inputs().iter().zip(data.targets()).filter_map(|(image, class)| {
        let class = classes.iter().position(|&other| other == class.index())?;
        counts[class] += 1;
        (counts[class] <= most).then(|| (*image, Class::new(class).ok()))
    });
    rows.filter_map(|(image, class)| Some((image, class?))).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let seed = seed()?;
    let data = fashion_mnist::load(None)?;
    let (train, test) = (of(&data.train, TWO, 10), of(&data.test, TWO, usize::MAX));

    let mut base = Base::init(seed);
    fit(&mut base, &of(&data.train, OTHERS, 2000)).epochs(8).seed(seed).show(Show::Lines).run()?;
    let path = std::env::temp_dir().join(format!("fine-tune-{}.safetensors", std::process::id()));
    base.save(&path)?;

    let mut tuned = Coat::init(seed);
    println!("{}", tuned.load_fitting(&path)?);
    std::fs::remove_file(path)?;
    let rule = AdamW::new(2e-3).weight_decay(0.05);
    // First the new layer alone, then all layers; those closest to the image at a tenth of the
    // rate.
    fit(&mut tuned, &train)
        .freeze(|layer| layer != CoatLayer::Two)
        .optimizer(rule)
        .epochs(30)
        .batch_size(16)
        .seed(seed)
        .show(Show::Nothing)
        .run()?;
    fit(&mut tuned, &train)
        .rate(|layer| match layer {
            CoatLayer::Edges => 0.1,
            CoatLayer::Parts => 0.3,
            CoatLayer::Two => 1.0,
        })
        .optimizer(rule)
        .schedule(schedule::cosine)
        .epochs(60)
        .batch_size(16)
        .seed(seed)
        .show(Show::Nothing)
        .run()?;

    let mut anew = Coat::init(seed);
    fit(&mut anew, &train)
        .optimizer(rule)
        .schedule(schedule::cosine)
        .epochs(90)
        .batch_size(16)
        .seed(seed)
        .show(Show::Nothing)
        .run()?;

    println!("from scratch: {}", anew.evaluate(&test)?);
    println!("fine-tuned:   {}", tuned.evaluate(&test)?);
    Ok(())
}

fn seed() -> Result<u64, lexopt::Error> {
    use lexopt::prelude::*;
    let mut seed = 0;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => seed = parser.value()?.parse()?,
            Short('h') | Long("help") => {
                println!("fine_tune [--seed N]: learns a second task from ten images a class");
                std::process::exit(0);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(seed)
}
