//! Fits a curve to many digits with Levenberg–Marquardt and L-BFGS, which use all rows in each
//! step, and with Adam.
//!
//! `cargo run --release --example curve_fit` draws the loss of the three over time into
//! `curve_fit.svg`.

#[path = "../../benches/chart.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "the module that draws all charts, of which this program uses a part"
)]
mod chart;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use chart::{Axis, Chart, Series};
use nn::data::Dataset;
use nn::prelude::*;
use nn::{Event, Show, schedule, solve};

network! {
    struct Curve(dense(1 -> 20, tanh), dense(20, tanh), dense(1));
}

const GOAL: f64 = 1e-10;
const HELP: &str = "\
Fits y = sin(2πx)·e^−x + x/2 at 100 points from −1 to 1 with a network 1-20-20-1, in f64, three
times from the same initial weights, and draws the loss over time.

Options:
  --seed N       seed of the initial weights (default 1)
  --out FILE     where to write the chart (default curve_fit.svg)
  --help         this text";

struct Options {
    seed: u64,
    out: PathBuf,
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options { seed: 1, out: "curve_fit.svg".into() };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("out") => options.out = parser.value()?.into(),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

/// Seconds and loss, recorded at most once per fiftieth of the time so far: enough for a chart.
struct Course {
    began: Instant,
    points: Vec<[f64; 2]>,
}

impl Course {
    fn new() -> Self {
        Course { began: Instant::now(), points: Vec::new() }
    }

    fn add(&mut self, loss: f64) -> ControlFlow<()> {
        let seconds = self.began.elapsed().as_secs_f64();
        if self.points.last().is_none_or(|[last, _]| seconds > 1.02 * last) {
            self.points.push([seconds, loss]);
        }
        if loss <= GOAL { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The curve of one optimizer, its final loss, and a sentence about it.
    fn finish(mut self, name: &str, color: usize, loss: f64, how: &str) -> (Series, String) {
        let seconds = self.began.elapsed().as_secs_f64();
        self.points.push([seconds, loss]);
        println!("{name:<20} loss {loss:.1e} after {seconds:.2} s, {how}");
        let series = Series {
            name: name.into(),
            points: self.points,
            color,
            line: true,
            ..Series::default()
        };
        (series, format!("{name} {loss:.1e} in {seconds:.1} s"))
    }
}

/// Solves three times, draws the chart, and returns the last line to print.
fn run(options: &Options) -> Result<String, Box<dyn std::error::Error>> {
    let places = (0..100).map(|i| f64::from(i) / 49.5 - 1.0);
    let wave = |x: f64| (std::f64::consts::TAU * x).sin() * (-x).exp() + x / 2.0;
    let data: Dataset<[f64; 1], [f64; 1]> = places.map(|x| ([x], [wave(x)])).collect();
    let first = Curve::<f64>::init(options.seed);

    let (mut curve, mut course) = (first.clone(), Course::new());
    let solution = solve::levenberg_marquardt(&mut curve, &data)
        .goal(GOAL)
        .watch(|_, iteration| course.add(iteration.loss))
        .run()?;
    let how = format!("{} iterations: {}", solution.iterations, solution.stopped);
    let marquardt = course.finish("Levenberg–Marquardt", 0, solution.loss, &how);

    let (mut curve, mut course) = (first.clone(), Course::new());
    let solution = solve::lbfgs(&mut curve, &data)
        .goal(GOAL)
        .iterations(3000)
        .watch(|_, iteration| course.add(iteration.loss))
        .run()?;
    let how = format!("{} iterations: {}", solution.iterations, solution.stopped);
    let lbfgs = course.finish("L-BFGS", 1, solution.loss, &how);

    let (mut curve, mut course) = (first.clone(), Course::new());
    let report = fit(&mut curve, &data)
        .epochs(10_000)
        .batch_size(data.len())
        .learning_rate(0.01)
        .schedule(schedule::cosine)
        .show(Show::Nothing)
        .observe(|event: &Event<'_, Curve<f64>>| match event {
            Event::Epoch { epoch, .. } => course.add(epoch.loss),
            _ => ControlFlow::Continue(()),
        })
        .run()?;
    let how = format!("{} steps on all rows", report.epochs.len());
    let adam = course.finish("Adam", 2, curve.evaluate(&data)?.loss, &how);

    let (series, ends): (Vec<Series>, Vec<String>) = [marquardt, lbfgs, adam].into_iter().unzip();
    let all = || series.iter().flat_map(|series| &series.points);
    let shortest = all().fold(1.0, |least: f64, [seconds, _]| least.min(*seconds));
    let longest = all().fold(0.0, |most: f64, [seconds, _]| most.max(*seconds));
    let least = all().fold(GOAL, |least: f64, [_, loss]| least.min(*loss));
    let picture = chart::svg(&[Chart {
        title: "A network 1-20-20-1 fitted to a smooth curve, in f64".into(),
        subtitle: format!("seed {}, {}", options.seed, chart::processor()),
        x: Axis::log("seconds", [shortest, longest * 1.2]),
        y: Axis::log("mean squared error", [least / 3.0, 3.0]),
        series,
    }]);
    let written = std::fs::write(&options.out, picture);
    written.map_err(|error| format!("{}: cannot write: {error}", options.out.display()))?;
    Ok(format!("{}; drawn in {}", ends.join(", "), options.out.display()))
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
        Ok(last) => {
            println!("{last}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
