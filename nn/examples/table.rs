//! Trains a network on any CSV file: it predicts one column from the others and prints the test
//! score.
//!
//! `cargo run --release --example table --features csv -- FILE.csv --target NAME`
//!
//! Four fifths of the rows are for training, stratified by class; the others are the test. The
//! network contains the kinds of the columns, their missing values and their preprocessing:
//! `--save FILE` saves all of it, and `--use FILE` predicts without training.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nn::data::csv::Csv;
use nn::data::{Cell, Column, Kind, Labels, Table};
use nn::metric::R2;
use nn::{AdamW, Dynamic, fit, schedule};

const HELP: &str = "\
Trains a network on four fifths of a table in a CSV file and tests it on the rest.

Usage: table FILE.csv --target NAME [options]

Options:
  --target NAME           the column to predict
  --missing TEXT          a text that means a missing value, such as `-` or `unknown`; may be given
                          several times
  --category NAME         a column to read as words, even if its values look like numbers; may be
                          given several times
  --task classes|number   classification or regression; by default words, yes/no, and at most 10
                          different integers are classes
  --seed N                seed of the split and of the initial weights (default 0)
  --epochs N              passes over the training rows (default: enough for about 4000 steps)
  --predictions OUT.csv   writes row, target and prediction of each test row, and the probabilities
                          of classes
  --save FILE             saves the network, including the preprocessing of the columns
  --use FILE              predicts with a network saved by --save, without training; for the same
                          CSV file the test rows are the same, for another file all of its rows
  --help                  this text";

struct Options {
    file: PathBuf,
    target: String,
    missing: Vec<String>,
    categories: Vec<String>,
    task: Option<Task>,
    seed: Option<u64>,
    epochs: Option<usize>,
    predictions: Option<PathBuf>,
    save: Option<PathBuf>,
    network: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq)]
enum Task {
    Classes,
    Number,
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut file, mut target, mut task, mut seed, mut epochs) = (None, None, None, None, None);
    let (mut predictions, mut save, mut network) = (None, None, None);
    let (mut missing, mut categories) = (Vec::new(), Vec::new());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(path) if file.is_none() => file = Some(path.into()),
            Long("target") => target = Some(parser.value()?.string()?),
            Long("missing") => missing.push(parser.value()?.string()?),
            Long("category") => categories.push(parser.value()?.string()?),
            Long("task") => {
                task = Some(match &parser.value()?.string()?[..] {
                    "classes" => Task::Classes,
                    "number" => Task::Number,
                    other => {
                        return Err(format!("--task {other}: write `classes` or `number`").into());
                    }
                });
            }
            Long("seed") => seed = Some(parser.value()?.parse()?),
            Long("epochs") => epochs = Some(parser.value()?.parse()?),
            Long("predictions") => predictions = Some(parser.value()?.into()),
            Long("save") => save = Some(parser.value()?.into()),
            Long("use") => network = Some(parser.value()?.into()),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if save.is_some() && network.is_some() {
        return Err(
            "--save needs a training, and --use does not train: leave one of them out".into()
        );
    }
    let file = file.ok_or("no CSV file; write its path first")?;
    let target = target.ok_or("no column to predict; write --target NAME")?;
    Ok(Some(Options {
        file,
        target,
        missing,
        categories,
        task,
        seed,
        epochs,
        predictions,
        save,
        network,
    }))
}

/// The column of this name; case and surrounding blanks do not matter if no name matches exactly.
fn column<'t>(table: &'t Table, name: &str) -> nn::Result<&'t Column> {
    let is_like = |column: &&Column| column.name().trim().eq_ignore_ascii_case(name.trim());
    table.column(name).or_else(|error| table.columns().iter().find(is_like).ok_or(error))
}

/// Whether the values of a column are classes.
fn is_classes(column: &Column) -> bool {
    if column.kind() != Kind::Number {
        return column.kind() != Kind::Date;
    }
    let mut different: Vec<f64> = Vec::new();
    column.iter().filter_map(|cell| cell.number()).all(|number| {
        if !different.contains(&number) {
            different.push(number);
        }
        number.fract() == 0.0 && different.len() <= 10
    })
}

/// Hash by which a table is recognized.
fn fingerprint(table: &Table) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for column in table.columns() {
        let cells = column.iter().map(|cell| cell.to_string());
        for text in std::iter::once(column.name().to_owned()).chain(cells) {
            for byte in text.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    hash
}

/// Name of a column with the number of each row in the file.
const ROW: &str = "\u{0}row";

/// Training rows and test rows.
fn split(table: &Table, target: &str, classes: bool, seed: u64) -> nn::Result<[Table; 2]> {
    let split = || table.split([0.8, 0.2]).seed(seed);
    if classes && let Ok(parts) = split().stratified(target).tables() {
        return Ok(parts);
    }
    // Classes with too few rows cannot be in both parts.
    split().tables()
}

/// The test rows and the predictions for them.
struct Tested {
    table: Table,
    answers: Vec<f32>,
    labels: Option<Labels>,
    score: Option<f64>,
    /// The column with the targets, if there is one.
    target: Option<String>,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn run(options: &Options) -> Outcome<()> {
    let csv = options.missing.iter().fold(Csv::new(), |csv, text| csv.missing(text));
    let categories = options.categories.iter();
    let csv = categories.fold(csv, |csv, name| csv.kind(&name[..], Kind::Category));
    let table = csv.read(&options.file).map_err(|error| match error.to_string() {
        text if text.contains("with `missing`") => {
            format!("{text}: here by `--missing TEXT` and `--category NAME`")
        }
        text => text,
    })?;
    let mark = fingerprint(&table);
    let count = table.len();
    if options.network.is_none() {
        column(&table, &options.target)?;
    }
    let table = table.with(Column::numbers(ROW, (0..count).map(|row| row as f64)))?;
    println!("{}: {count} rows, {} columns", options.file.display(), table.columns().len() - 1);
    let tested = match &options.network {
        Some(path) => answer(options, path, &table, mark)?,
        None => train(options, &table, mark)?,
    };
    if let Some(path) = &options.predictions {
        fs::write(path, predictions(&tested)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    match (tested.score, &tested.labels) {
        (Some(score), Some(_)) => println!("test score: {score:.4} (accuracy)"),
        (Some(score), None) => println!("test score: {score:.4} (R²)"),
        (None, _) => {
            println!("no score: the test has no target, or one that is the same in all rows")
        }
    }
    Ok(())
}

/// The rows that have a target, as classes or as numbers.
fn with_target(table: &Table, target: &str, classes: bool) -> Outcome<Table> {
    let missing = table.column(target)?.missing();
    if missing > 0 {
        println!("{missing} rows without `{target}` are left out");
    }
    let table = table.filter(target, |cell| !cell.is_missing())?;
    match (classes, table.column(target)?.kind()) {
        (true, Kind::Number | Kind::Date) => Ok(table.as_category(target)?),
        (false, Kind::Category) => {
            Err(format!("`{target}` holds words: leave `--task number` out").into())
        }
        (false, Kind::YesNo) => {
            let numbers =
                table.column(target)?.iter().map(|cell| cell.number().unwrap_or(f64::NAN));
            Ok(table.with(Column::numbers(target, numbers))?)
        }
        _ => Ok(table),
    }
}

fn train(options: &Options, table: &Table, mark: u64) -> Outcome<Tested> {
    let target = column(table, &options.target)?.name().to_owned();
    let classes = options
        .task
        .map_or_else(|| column(table, &target).is_ok_and(is_classes), |task| task == Task::Classes);
    let seed = options.seed.unwrap_or(0);
    let table = with_target(table, &target, classes)?;
    let [train, test] = split(&table, &target, classes, seed)?;

    let mut network: Dynamic = Dynamic::for_table(&train.drop([ROW])?, &target)?.init(seed);
    network.left_out().iter().for_each(|column| println!("left out: {column}"));
    println!("{}\n{}", network.columns().unwrap_or_default(), network.summary());

    let rows = network.rows(&train)?;
    let batch = if rows.len() < 2000 { 32 } else { 256 };
    let epochs = options.epochs.unwrap_or((4000 * batch / rows.len()).clamp(20, 200));
    let report = fit(&mut network, &rows)
        .optimizer(AdamW::new(2e-3))
        .schedule(schedule::cosine)
        .batch_size(batch)
        .epochs(epochs)
        .seed(seed)
        .run()?;
    println!("{report}");
    network.set_about(format!("{mark:016x} {seed} {}", if classes { "classes" } else { "number" }));
    if let Some(path) = &options.save {
        network.save(path)?;
    }
    tested(&network, test)
}

/// Predicts with a saved network.
fn answer(options: &Options, path: &Path, table: &Table, mark: u64) -> Outcome<Tested> {
    let network: Dynamic = Dynamic::open(path)?;
    let target = network.target().unwrap_or_default().to_owned();
    if column(table, &options.target).map_or(&options.target[..], Column::name) != target {
        return Err(
            format!("{} predicts `{target}`, not `{}`", path.display(), options.target).into()
        );
    }
    let classes = network.labels().is_some();
    let mut about = network.about().split(' ');
    let is_same = about.next() == Some(&format!("{mark:016x}"));
    let seed = options.seed.or_else(|| about.next()?.parse().ok()).unwrap_or(0);
    if !table.names().any(|name| name == target) {
        return tested(&network, table.clone());
    }
    let table = with_target(table, &target, classes)?;
    let test = match is_same {
        true => split(&table, &target, classes, seed)?.into_iter().next_back().unwrap_or(table),
        false => table,
    };
    tested(&network, test)
}

fn tested(network: &Dynamic, table: Table) -> Outcome<Tested> {
    let target = network.target().unwrap_or_default();
    // Only the columns of the file, so that messages name no other.
    let read = table.drop([ROW])?;
    let (answers, labels) = (network.predict_table(&read)?, network.labels());
    let score = match &labels {
        _ if !table.names().any(|name| name == target) => None,
        Some(labels) => {
            // A class without training rows is never right.
            let is_right = |(row, answer): (Cell<'_>, &[f32])| {
                labels.names().get(largest(answer)).is_some_and(|name| row.to_string() == *name)
            };
            let rows = table.column(target)?.iter().zip(answers.chunks(labels.len()));
            let right = rows.filter(|&row| is_right(row)).count();
            (!table.is_empty()).then(|| right as f64 / table.len() as f64)
        }
        None => network.measure(&network.rows(&read)?, R2::default())?,
    };
    let target = table.names().find(|name| *name == target).map(str::to_owned);
    Ok(Tested { table, answers, labels, score, target })
}

/// Index of the largest number, the first one if there are several.
fn largest(numbers: &[f32]) -> usize {
    (1..numbers.len()).fold(0, |best, at| if numbers[at] > numbers[best] { at } else { best })
}

/// A field of a CSV file.
fn field(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

/// CSV text with row, target and prediction of each test row.
fn predictions(tested: &Tested) -> Outcome<String> {
    let Tested { table, answers, labels, .. } = tested;
    let mut text = String::from("row,target,prediction");
    for name in labels.iter().flat_map(Labels::names) {
        write!(text, ",{}", field(&format!("p({name})")))?;
    }
    let width = labels.as_ref().map_or(1, Labels::len);
    let rows = table.column(ROW)?.iter();
    for ((at, row), answer) in rows.enumerate().zip(answers.chunks(width)) {
        let target = tested.target.as_deref().map(|name| table.column(name)).transpose()?;
        let target =
            target.and_then(|column| column.get(at)).map_or(String::new(), |cell| cell.to_string());
        write!(text, "\n{row},{}", field(&target))?;
        match labels {
            None => write!(text, ",{}", answer[0])?,
            Some(labels) => {
                write!(text, ",{}", field(&labels.names()[largest(answer)]))?;
                answer.iter().try_for_each(|p| write!(text, ",{p}"))?;
            }
        }
    }
    text.push('\n');
    Ok(text)
}

fn main() -> ExitCode {
    let result = match options() {
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(options)) => run(&options).map_err(|error| error.to_string()),
        Err(error) => Err(format!("{error}; --help lists the options")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
