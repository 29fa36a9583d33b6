//! The bits of networks: initial weights, losses, trained weights, predictions, files, tables and
//! diagrams, recorded as hashes in `hashes.txt`, and files that must remain loadable.
//!
//! A change that is not meant to change a result leaves them unchanged. One that is meant to gets a
//! line in `CHANGELOG.md` with its reason, and `WRITE_BITS=1 cargo test -p nn --test bits` writes
//! them anew.

mod networks;
mod rule;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nn::data::Dataset;
use nn::head::Head;
use nn::prelude::*;
use nn::{Adam, Float, Row, Sgd, Show, Threads, Trainer, schedule};
use tensor::random::Random;

use networks::*;
use rule::Rule;

/// Rows of a batch: not a multiple of anything.
const ROWS: usize = 83;

/// FNV-1a, 64 bits (Fowler, Noll and Vo): short, and the same everywhere.
struct Hash(u64);

impl Hash {
    fn of(bytes: impl IntoIterator<Item = u8>) -> u64 {
        let mut hash = Hash(0xcbf2_9ce4_8422_2325);
        bytes.into_iter().for_each(|byte| hash.add(byte));
        hash.0
    }

    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
}

/// The hash of some numbers, bit by bit: an `f32` is widened to `f64` first.
fn numbers<T: Float>(values: &[T]) -> u64 {
    Hash::of(values.iter().flat_map(|value| value.as_f64().to_bits().to_le_bytes()))
}

type Data<N> = Dataset<<N as Architecture>::Input, <N as Architecture>::Target>;

fn data<N: Network>(rows: usize, seed: u64) -> Data<N> {
    let random = Random::new(seed, 77);
    let mut index = 0;
    let mut next = || {
        index += 1;
        random.uniform::<f64>(index)
    };
    let mut inputs = vec![N::Input::zeroed(); rows];
    for x in N::Input::flatten_mut(&mut inputs) {
        *x = N::Float::of(2.0 * next() - 1.0);
    }
    let targets = (0..rows).map(|_| N::Head::example_target(&mut next)).collect();
    Dataset::new(inputs, targets).expect("as many targets as inputs")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bits")
}

/// Some steps on each number of threads, and the results.
fn steps<N: Network>(name: &str, optimizer: Rule, found: &mut Found) -> N {
    let data = data::<N>(ROWS, 5);
    let outcome = |threads: usize| {
        let mut network = N::init(3);
        let threads = Threads::new(threads).for_any_work();
        let mut trainer = Trainer::new(optimizer).threads(&threads).seed(11);
        let mut losses = Vec::new();
        for step in 0..6 {
            trainer.set_rate(1.0 / (1.0 + f64::from(step)));
            let loss = trainer.step(&mut network, data.inputs(), data.targets());
            losses.push(loss.expect("a finite loss"));
        }
        let loss = trainer.differentiate(&network, data.inputs(), data.targets());
        losses.push(loss.expect("a finite loss"));
        let mut outputs = vec![N::Output::zeroed(); ROWS];
        network.predict_into(data.inputs(), &mut outputs, &threads);
        let one = network.predict(&data.inputs()[7]);
        assert_eq!(one.as_slice(), outputs[7].as_slice(), "{name}: one row and many");
        let hashes = [
            ("losses", numbers(&losses)),
            ("gradient", numbers(trainer.gradient())),
            ("parameters", numbers(network.parameters().as_slice())),
            ("predictions", numbers(N::Output::flatten(&outputs))),
        ];
        (hashes, network)
    };
    let (hashes, network) = outcome(1);
    for threads in [2, 3] {
        assert_eq!(outcome(threads).0, hashes, "{name}: 1 and {threads} threads");
    }
    for (what, hash) in hashes {
        found.insert(format!("{name} {what}"), hash);
    }
    network
}

/// The hashes by name.
type Found = BTreeMap<String, u64>;

fn check<N: Network>(name: &str, float: &str, found: &mut Found) {
    let of = |what: &str| format!("{name} {float} {what}");
    let first = N::init(3);
    found.insert(of("init"), numbers(first.parameters().as_slice()));
    found.insert(of("summary"), Hash::of(N::SUMMARY.bytes()));
    found.insert(of("picture"), Hash::of(N::svg().bytes()));

    let sgd = Sgd::new(0.05).momentum(0.8).nesterov();
    steps::<N>(&of("sgd"), Rule::Sgd(sgd), found);
    steps::<N>(&of("descent"), Rule::Sgd(Sgd::new(0.05)), found);
    let network = steps::<N>(&of("adam"), Rule::Adam(Adam::new(0.01)), found);

    let path = std::env::temp_dir().join(format!("bits-{name}-{float}-{}", std::process::id()));
    network.save(&path).expect("a file");
    let bytes = fs::read(&path).expect("the file");
    fs::remove_file(&path).expect("the file is there");
    found.insert(of("file"), Hash::of(bytes.iter().copied()));
    // Large files would add nothing new.
    if N::BYTES < 32 * 1024 {
        let kept = folder().join(format!("files/{name}-{float}.safetensors"));
        if writes() {
            fs::write(&kept, &bytes).expect("a folder `files`");
        }
        let loaded = N::load(&kept).unwrap_or_else(|error| panic!("{error}"));
        let same = loaded.parameters().as_slice() == network.parameters().as_slice();
        assert!(same, "{}: the file holds other numbers than this training gives", kept.display());
    }

    // The order of rows, the schedule, validation, and the loop.
    let (train, validation) = data::<N>(200, 6).split(0.8, 3).expect("two parts");
    let mut network = N::init(8);
    let report = fit(&mut network, &train)
        .optimizer(Rule::Adam(Adam::new(1e-3)))
        .validation(&validation)
        .epochs(2)
        .batch_size(32)
        .seed(4)
        .schedule(schedule::cosine)
        .threads(&Threads::new(2).for_any_work())
        .show(Show::Nothing)
        .run()
        .expect("a training");
    let mut seen = Vec::new();
    for epoch in &report.epochs {
        let measured = epoch.validation.expect("a validation");
        seen.extend([epoch.loss, measured.loss, measured.accuracy.unwrap_or(-1.0)]);
    }
    found.insert(of("fit report"), numbers(&seen));
    found.insert(of("fit parameters"), numbers(network.parameters().as_slice()));
}

/// Whether the hashes are written instead of compared.
fn writes() -> bool {
    std::env::var_os("WRITE_BITS").is_some()
}

#[test]
fn every_bit_is_as_written_down() {
    let mut found = Found::new();
    macro_rules! check {
        ($($Net:ident)*) => {$(
            check::<$Net<f32>>(stringify!($Net), "f32", &mut found);
            check::<$Net<f64>>(stringify!($Net), "f64", &mut found);
        )*};
    }
    check!(
        Plain Dropped Normed Residual Joined Heads Nested Repeated OwnParts Options Wide Unnamed
    );

    let path = folder().join("hashes.txt");
    let text: String = found.iter().map(|(name, hash)| format!("{name}: {hash:016x}\n")).collect();
    if writes() {
        fs::write(&path, &text).expect("a folder to write to");
    }
    let expected = fs::read_to_string(&path).expect("hashes.txt");
    let differ: Vec<String> = expected
        .lines()
        .zip(text.lines())
        .filter(|(expected, found)| expected != found)
        .map(|(expected, found)| format!("{expected} was written down, found {found}"))
        .collect();
    assert!(
        differ.is_empty() && expected.lines().count() == text.lines().count(),
        "{} of {} bits are not as they were; if that is meant, say why in CHANGELOG.md and run the \
         test with WRITE_BITS=1:\n{}",
        differ.len(),
        expected.lines().count(),
        differ.join("\n")
    );
    println!("bits: {} hashes of 12 networks, as written down", found.len());
}
