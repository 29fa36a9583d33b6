//! Every optimizer of the library on three data sets: equal budgets, tuned rates, several seeds.
//!
//! `cargo run --release --example optimizers` uses the data in the repository and two seeds;
//! `--full --data DIR` uses five seeds and the data in `DIR`: the four files of Fashion-MNIST
//! (Debian's `dataset-fashion-mnist`), and `breast_cancer.csv`, `diabetes_data_raw.csv.gz` and
//! `diabetes_target.csv.gz` (scikit-learn's `sklearn/datasets/data`).
//!
//! The rate is the one of the grid with the lowest loss on validation rows, a fifth of the rows for
//! training. Then each seed has its own initial weights and order; the scores are those on the test
//! rows. `Sam` differentiates twice, so it takes half as many steps.

#[path = "guide/mod.rs"]
mod guide;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use guide::{Options, Panel, low_median_high};
use nn::data::csv::Csv;
use nn::data::{Batches, Dataset, FlatDataset, FlatTarget, Minibatch, split};
use nn::metric::R2;
use nn::{
    AdaGrad, Adadelta, Adafactor, Adam, AdamW, Adamax, Adan, AmsGrad, Dynamic, Elastic,
    GradientNoise, Lamb, Lars, Lion, MaxNorm, Model, Muon, NAdam, Optimizer, RAdam, RmsProp, Rprop,
    Sam, ScheduleFree, Sgd, Trainer, schedule,
};

/// A data set in three parts, and the network that is trained on it.
struct Task {
    name: &'static str,
    /// The score on the test rows.
    measure: &'static str,
    network: &'static str,
    train: FlatDataset,
    validation: FlatDataset,
    test: FlatDataset,
    batch: usize,
    epochs: usize,
}

/// Trains a network for a task with a rate and a seed.
type Train = Box<dyn Fn(&Task, f64, u64) -> nn::Result<Dynamic>>;

/// An optimizer, with the rate around which the best one is searched.
struct Rule {
    name: &'static str,
    rate: f64,
    train: Train,
}

fn rule<O: Optimizer<f32> + 'static>(name: &'static str, rate: f64, make: fn(f64) -> O) -> Rule {
    let train = move |task: &Task, rate: f64, seed: u64| train(task, make(rate), seed, |_, _| ());
    Rule { name, rate, train: Box::new(train) }
}

/// All optimizers of the list; those that wrap another one wrap Adam.
fn rules() -> Vec<Rule> {
    // The parameters to evaluate are not the current ones but a mean of them.
    let schedule_free = |task: &Task, rate: f64, seed: u64| {
        let rule = ScheduleFree::new(rate);
        train(task, rule, seed, |network, trainer| {
            let tensors = Model::tensors(network);
            let trained = tensors.iter().filter(|tensor| tensor.trained);
            for (tensor, fast) in trained.zip(&trainer.state().memory) {
                rule.average(&mut network.flat_mut()[tensor.range()], &fast.values);
            }
        })
    };
    vec![
        rule("SGD", 0.1, Sgd::new),
        rule("SGD, momentum 0.9", 0.03, |rate| Sgd::new(rate).momentum(0.9)),
        rule("Adam", 3e-3, Adam::new),
        rule("AdamW", 3e-3, |rate| AdamW::new(rate).weight_decay(0.01)),
        rule("AMSGrad", 3e-3, AmsGrad::new),
        rule("NAdam", 3e-3, NAdam::new),
        rule("RAdam", 3e-3, RAdam::new),
        rule("Adamax", 3e-3, Adamax::new),
        rule("AdaGrad", 0.03, AdaGrad::new),
        rule("Adadelta", 1.0, Adadelta::new),
        rule("RMSprop", 1e-3, RmsProp::new),
        rule("Rprop", 1e-3, Rprop::new),
        rule("Lion", 3e-4, Lion::new),
        rule("Adan", 3e-3, Adan::new),
        rule("Adafactor", 3e-3, Adafactor::new),
        rule("LAMB", 1e-2, Lamb::new),
        rule("LARS", 1.0, Lars::new),
        rule("Muon", 2e-2, |rate| Muon::new(rate, AdamW::new(rate / 5.0))),
        Rule { name: "schedule-free AdamW", rate: 3e-3, train: Box::new(schedule_free) },
        rule("SAM 0.05", 3e-3, |rate| Sam::new(0.05, Adam::new(rate))),
        rule("L1 1e-5", 3e-3, |rate| Elastic::l1(1e-5, Adam::new(rate))),
        rule("max-norm 3", 3e-3, |rate| MaxNorm::new(3.0, Adam::new(rate))),
        rule("gradient noise", 3e-3, |rate| GradientNoise::new(1e-4, 1, Adam::new(rate))),
    ]
}

/// A new network, trained. `finish` may change its parameters at the end.
fn train<O: Optimizer<f32>>(
    task: &Task,
    rule: O,
    seed: u64,
    finish: impl FnOnce(&mut Dynamic, &Trainer<Dynamic, O>),
) -> nn::Result<Dynamic> {
    let is_twice = rule.ascent().is_some();
    let mut network = Dynamic::parse(task.network)?.init(seed);
    let mut trainer = Trainer::new(rule).seed(seed);
    let (mut batches, mut batch) = (Batches::new(task.train.len(), task.batch)?, Minibatch::new());
    let all = (task.epochs * batches.count()) as u64;
    let steps = if is_twice { all / 2 } else { all };
    for epoch in 0..task.epochs as u64 {
        batches.order(epoch, seed);
        for rows in batches.iter().take((steps - trainer.steps()) as usize) {
            batch.gather(&task.train, rows);
            trainer.set_rate(schedule::cosine(trainer.steps() as f64 / steps as f64));
            trainer.step(&mut network, batch.inputs(), batch.targets())?;
        }
    }
    finish(&mut network, &trainer);
    Ok(network)
}

/// Accuracy, or the fraction of the variance that is explained.
fn score(task: &Task, network: &Dynamic) -> nn::Result<f64> {
    let score = match task.measure {
        "accuracy" => network.evaluate(&task.test)?.accuracy,
        _ => network.measure(&task.test, R2::default())?,
    };
    Ok(score.unwrap_or(f64::NAN))
}

/// Four fifths of the rows, and the rest.
fn parts<const I: usize, Y: FlatTarget<f32>>(
    data: &Dataset<[f32; I], Y>,
) -> nn::Result<[FlatDataset; 2]> {
    let views = split(data, [0.8, 0.2]).seed(0).views()?;
    let [four, one] = views.map(|view| flat(view.rows().iter().map(|&row| data.get(row))));
    Ok([four?, one?])
}

fn flat<'d, const I: usize, Y: FlatTarget<f32> + 'd>(
    rows: impl Iterator<Item = Option<(&'d [f32; I], &'d Y)>>,
) -> nn::Result<FlatDataset> {
    let (mut inputs, mut targets, mut count) = (Vec::new(), Vec::new(), 0);
    for (x, y) in rows.flatten() {
        inputs.extend_from_slice(x);
        y.append(&mut targets);
        count += 1;
    }
    let width = targets.len() / count.max(1);
    FlatDataset::new(inputs, I, targets, width)
}

fn clothes(options: &Options) -> nn::Result<Task> {
    let data = options.fashion_mnist()?;
    let numbers = |image: [u8; 784]| image.map(|byte| f32::from(byte) / 255.0);
    let [train, validation] = parts(&data.train.map_inputs(numbers))?;
    let test = data.test.map_inputs(numbers);
    Ok(Task {
        name: "Fashion-MNIST",
        measure: "accuracy",
        network: "dense(784 -> 128, relu), dense(10, softmax)",
        test: flat(test.iter().map(Some))?,
        train,
        validation,
        batch: 64,
        epochs: options.choose(8, 3),
    })
}

fn tumours(directory: &std::path::Path) -> nn::Result<Task> {
    let csv = Csv::new().skip(1).header(false).kind(30, nn::data::Kind::YesNo);
    let table = csv.read(directory.join("breast_cancer.csv"))?;
    let [train, test] = table.split([0.7, 0.3]).stratified(30).seed(0).tables()?;
    let train: Dataset<[f32; 30], [f32; 1]> = train.target(30).dataset()?;
    let test: Dataset<[f32; 30], [f32; 1]> = test.target(30).dataset()?;
    let [train, validation] = parts(&train)?;
    Ok(Task {
        name: "breast cancer",
        measure: "accuracy",
        network: "batch_norm, dense(30 -> 32, relu), dense(1, sigmoid)",
        train,
        validation,
        test: flat(test.iter().map(Some))?,
        batch: 32,
        epochs: 20,
    })
}

fn disease(directory: &std::path::Path) -> nn::Result<Task> {
    let csv = Csv::new().separator(b' ').header(false);
    let inputs = csv.read(directory.join("diabetes_data_raw.csv.gz"))?;
    let csv = csv.names(["progression"]);
    let target = csv.read(directory.join("diabetes_target.csv.gz"))?;
    let table = inputs.with(target.column("progression")?.clone())?;
    let [train, test] = table.split([0.7, 0.3]).seed(0).tables()?;
    let data = |table: &nn::data::Table| -> nn::Result<Dataset<[f32; 10], [f32; 1]>> {
        let data: Dataset<_, [f32; 1]> = table.target("progression").dataset()?;
        Ok(data.map_targets(|[y]| [y / 75.0 - 2.0]))
    };
    let (train, test) = (data(&train)?, data(&test)?);
    let [train, validation] = parts(&train)?;
    Ok(Task {
        name: "diabetes",
        measure: "R²",
        network: "batch_norm, dense(10 -> 16, relu), dense(1)",
        train,
        validation,
        test: flat(test.iter().map(Some))?,
        batch: 32,
        epochs: 20,
    })
}

/// The rate with the lowest loss on validation rows; a training that fails has an infinite loss.
fn tuned(task: &Task, rule: &Rule, powers: &[f64]) -> f64 {
    let rates = powers.iter().map(|power| rule.rate * 10_f64.powf(*power));
    let losses = rates.map(|rate| {
        let loss = (rule.train)(task, rate, 0)
            .and_then(|network| network.evaluate(&task.validation))
            .map_or(f64::INFINITY, |metrics| metrics.loss);
        (rate, if loss.is_nan() { f64::INFINITY } else { loss })
    });
    losses.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(rule.rate, |(rate, _)| rate)
}

fn comparison(options: &Options) -> guide::Result {
    let sample = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables"));
    let directory = options.data.as_ref().unwrap_or(&sample);
    let tasks = [clothes(options)?, tumours(directory)?, disease(directory)?];
    let powers: &[f64] = options.choose(&[-0.5, 0.0, 0.5], &[-0.5, 0.0, 0.5, 1.0]);
    let seeds = options.choose(2, 5);
    for (number, task) in (1..).zip(&tasks) {
        println!(
            "\n{}: {}, {} rows, {} epochs, batch {}",
            task.name,
            task.network,
            task.train.len(),
            task.epochs,
            task.batch
        );
        println!(
            "{:<22} {:>9}  {}: lowest, median, highest   seconds",
            "optimizer", "rate", task.measure
        );
        let mut results = Vec::new();
        for rule in rules() {
            let rate = tuned(task, &rule, powers);
            let (mut scores, mut quickest) = (Vec::new(), f64::INFINITY);
            for seed in 1..=seeds {
                let start = Instant::now();
                // With another seed the best rate may be too large: that is a result, too.
                let trained = (rule.train)(task, rate, options.seed + seed);
                quickest = quickest.min(start.elapsed().as_secs_f64());
                scores.push(trained.map_or(Ok(f64::NAN), |network| score(task, &network))?);
            }
            let spread = low_median_high(scores);
            let [low, median, high] = spread;
            println!(
                "{:<22} {rate:>9.1e}  {low:.4} {median:.4} {high:.4} {quickest:>19.2}",
                rule.name
            );
            results.push((rule.name, spread));
        }
        // An optimizer that fails comes last.
        let median = |result: &(&str, [f64; 3])| result.1[1].max(f64::NEG_INFINITY);
        results.sort_by(|a, b| median(b).total_cmp(&median(a)));
        Panel::new(task.name, &format!("{} on test rows", task.measure), "")
            .ranking(results)
            .save(
                &options.out,
                &format!("optimizers_{number}"),
                &format!(
                    "{} of {} optimizers on {}, the best first: the median of the seeds, from the \
                     lowest to the highest.",
                    task.measure,
                    rules().len(),
                    task.name
                ),
            )?;
    }
    Ok(())
}

fn main() -> ExitCode {
    guide::run(
        "Every optimizer on three data sets: equal budgets, tuned rates, several seeds.",
        comparison,
    )
}
