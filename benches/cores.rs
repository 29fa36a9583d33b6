//! What to expect of more cores than this machine has: `cores [WORKLOAD…]`, such as `cores A D`.
//!
//! The work of a training step is divided for 2 to 32 threads, but one thread does all of it and
//! measures each item ([`Threads::recorded`]). From these times the program computes how long as
//! many cores would take: the slowest core of each section, with work stealing, what no section
//! contains, and what a section costs besides its items. That cost, and the time to fetch what
//! other cores have written, are counted; for two cores they are measured, for more assumed.
//!
//! It also trains with as many threads as that, on the cores that there are: the parameters must
//! have the same bits, and the time must not be much longer.

use std::process::ExitCode;
use std::time::Instant;

use benches::protocol::{Task, Workload, median};
use benches::{Deep, Digits, Large, Wide, samples};
use nn::data::Class;
use nn::prelude::*;
use nn::{Adam, Optimizer, Sgd, Threads, Trainer};
use tensor::threads::Section;

/// Workloads by default.
const WORKLOADS: [&str; 6] = ["A", "A-adam", "B", "C", "D", "E"];

const CORES: [usize; 5] = [2, 4, 8, 16, 32];

/// Seconds to wake and to await one more core in a section: assumed, a few misses of a cache.
const WAIT_FOR_ONE: f64 = 0.1e-6;

/// Bytes a second that a core fetches from the caches of others (`tensor::threads`).
const FETCHED: f64 = 200.0 * 1024.0 / 12e-6;

/// Seconds that are measured for each number of cores.
const SECONDS: f64 = 1.0;

fn main() -> ExitCode {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        names = WORKLOADS.map(String::from).to_vec();
    }
    let wait = wait_of_two();
    println!("a section without work, two threads: {:.2} µs", wait * 1e6);
    println!(
        "{:8} {:>5} {:>8} {:>7} {:>8} {:>9} {:>8} {:>8} {:>9} {:>7}",
        "workload",
        "cores",
        "sections",
        "items",
        "alone, %",
        "divided",
        "fetches",
        "expected",
        "measured",
        "bits"
    );
    for name in names {
        let Some(workload) = Workload::named(&name) else {
            eprintln!("error: there is no workload {name}");
            return ExitCode::FAILURE;
        };
        let study = Study { workload, wait };
        let equal = match &name[..] {
            "A" | "A-adam" | "B" | "B-adam" => study.of::<Digits, 784, 10>(),
            "C" => study.of::<Wide, 784, 10>(),
            "D" => study.of::<Deep, 784, 10>(),
            "E" => study.of::<Large, 1024, 1000>(),
            _ => {
                eprintln!("error: {name} is not one of {}", WORKLOADS.join(", "));
                return ExitCode::FAILURE;
            }
        };
        if !equal {
            eprintln!("error: {name}: the number of threads changes the bits");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Seconds that a section of two threads costs besides its items.
fn wait_of_two() -> f64 {
    let threads = Threads::new(2);
    let mut seconds: Vec<f64> = (0..200)
        .map(|_| {
            let start = Instant::now();
            (0..100).for_each(|_| threads.for_each(0..2, |_| {}));
            start.elapsed().as_secs_f64() / 100.0
        })
        .collect();
    median(&mut seconds)
}

/// A workload to be studied.
struct Study {
    workload: Workload,
    /// Seconds that a section of two threads costs besides its items.
    wait: f64,
}

/// A step as it was recorded.
struct Recorded {
    sections: Vec<Section>,
    seconds: f64,
}

impl Recorded {
    /// Seconds outside of all sections.
    fn alone(&self) -> f64 {
        let inside: f64 = self.sections.iter().flat_map(|section| &section.items).sum();
        (self.seconds - inside).max(0.0)
    }

    /// Seconds that so many cores would take, if nothing but the work took time.
    fn divided(&self, cores: usize) -> f64 {
        self.alone() + self.sections.iter().map(|section| section.seconds(cores)).sum::<f64>()
    }
}

impl Study {
    /// Prints a line for each number of cores; returns whether all of them have the same bits.
    fn of<N, const INPUTS: usize, const CLASSES: usize>(&self) -> bool
    where
        N: Network<Float = f32, Input = [f32; INPUTS], Target = Class<CLASSES>>,
    {
        match self.workload.task {
            Task::Adam(rate) => self.by::<N, _, INPUTS, CLASSES>(Adam::new(rate)),
            Task::Sgd(rate) => self.by::<N, _, INPUTS, CLASSES>(Sgd::new(rate)),
            Task::Predict => unreachable!("only workloads that train are studied"),
        }
    }

    fn by<N, O, const INPUTS: usize, const CLASSES: usize>(&self, rule: O) -> bool
    where
        N: Network<Float = f32, Input = [f32; INPUTS], Target = Class<CLASSES>>,
        O: Optimizer<f32> + Clone,
    {
        let rows = self.workload.batch;
        let inputs = samples::<INPUTS>(rows);
        let classes = (0..rows).map(|row| Class::new(row * 7 % CLASSES).expect("below CLASSES"));
        let targets: Vec<Class<CLASSES>> = classes.collect();
        let start = |threads: &Threads| (N::init(1), Trainer::new(rule.clone()).threads(threads));
        let one = Threads::new(1);
        let (mut network, mut trainer) = start(&one);
        let mut step = || {
            let start = Instant::now();
            trainer.step(&mut network, &inputs, &targets).expect("a finite loss");
            start.elapsed().as_secs_f64()
        };
        let longest = (0..3).map(|_| step()).fold(0.0, f64::max);
        let rounds = ((SECONDS / longest) as usize).clamp(5, 2000);
        let mut alone: Vec<f64> = (0..rounds).map(|_| step()).collect();
        let alone = median(&mut alone);
        let expected = hash(&network);
        let mut all_equal = true;
        for cores in CORES {
            let (threads, recording) = Threads::recorded(cores);
            let (mut network, mut trainer) = start(&threads);
            let mut steps: Vec<Recorded> = (0..rounds + 3)
                .map(|_| {
                    recording.take();
                    let start = Instant::now();
                    trainer.step(&mut network, &inputs, &targets).expect("a finite loss");
                    let seconds = start.elapsed().as_secs_f64();
                    Recorded { sections: recording.take(), seconds }
                })
                .collect();
            let recorded_bits = hash(&network);
            // The step of median length; the first ones make memory.
            steps.drain(..3);
            steps.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
            let recorded = steps.swap_remove(steps.len() / 2);

            let real = Threads::new(cores);
            let (mut network, mut trainer) = start(&real);
            let mut seconds: Vec<f64> = (0..rounds + 3)
                .map(|_| {
                    let start = Instant::now();
                    trainer.step(&mut network, &inputs, &targets).expect("a finite loss");
                    start.elapsed().as_secs_f64()
                })
                .collect();
            let is_equal = [hash(&network), recorded_bits] == [expected; 2];
            all_equal &= is_equal;
            let measured = median(&mut seconds[3..]);

            let sections = recorded.sections.len();
            let waits = sections as f64 * (self.wait + (cores - 2) as f64 * WAIT_FOR_ONE);
            let fetched = self.fetched(cores, &recorded);
            let whole = recorded.divided(cores) + waits + fetched / FETCHED;
            let items: Vec<String> =
                recorded.sections.iter().map(|section| section.items.len().to_string()).collect();
            println!(
                "{:8} {cores:>5} {sections:>8} {:>7} {:>8.1} {:>9.2} {:>8.0} {:>8.2} {:>9.2} {:>7}",
                self.workload.name,
                items.join("+"),
                100.0 * recorded.alone() / recorded.seconds,
                alone / recorded.divided(cores),
                fetched / 1024.0,
                alone / whole,
                alone / measured,
                if is_equal { "equal" } else { "OTHER" },
            );
        }
        all_equal
    }

    /// Bytes that each core reads after others have written them, in a step of so many cores.
    fn fetched(&self, cores: usize, recorded: &Recorded) -> f64 {
        if recorded.sections.is_empty() {
            return 0.0;
        }
        let of_others = (cores - 1) as f64 / cores as f64;
        let (rows, widths) = (self.workload.batch, self.workload.widths);
        let weights: usize = self.workload.layers().map(|[inputs, outputs]| inputs * outputs).sum();
        let is_line = recorded.sections[0].steps > 1;
        // In a pipeline, the first weight stays where it is, and its sums move instead.
        let first = widths[0] * widths[1];
        let (moved, sums) =
            if is_line { (weights - first, rows * widths[1]) } else { (weights, 0) };
        // The gradient of a weight is over all rows: of what a layer reads, unless it is the data,
        // and of the gradient of what it computes.
        let hidden: usize = widths[1..widths.len() - 1].iter().sum();
        let computed: usize = widths[1..].iter().sum();
        let batch = rows * (hidden + computed);
        size_of::<f32>() as f64 * (of_others * (moved + batch) as f64 + sums as f64)
    }
}

/// A hash of the parameters' bits.
fn hash<N: Network<Float = f32>>(network: &N) -> u64 {
    network.parameters().as_slice().iter().fold(0xCBF2_9CE4_8422_2325, |hash, parameter| {
        (hash ^ u64::from(parameter.to_bits())).wrapping_mul(0x0100_0000_01B3)
    })
}
