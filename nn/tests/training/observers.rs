//! Files and notes written by observers: complete tables, and no duplicates after a training
//! resumes.

use std::fs;
use std::ops::ControlFlow::{Break, Continue};
use std::path::PathBuf;

use nn::data::{Class, Dataset};
use nn::log::{Csv, JsonLines, TensorBoard};
use nn::{Event, Show, Spikes, fit, network};

network! { struct Sign(dense(2 -> 3, tanh), dense(2, softmax)); }

struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nn-logs-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Directory(path)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn data(rows: usize) -> Dataset<[f32; 2], Class<2>> {
    let row = |i: usize| ([i as f32 * 0.7 % 1.0, i as f32 * 0.3 % 1.0], i * 5 % 3 / 2);
    (0..rows).map(row).map(|(x, class)| (x, Class::new(class).unwrap())).collect()
}

/// Four epochs of seven steps with every log, where each run stops after one of these steps;
/// returns the files.
fn logs(name: &str, stops: &[u64]) -> [String; 2] {
    let directory = Directory::new(name);
    let (train, test) = (data(70), data(20));
    for &stop in stops {
        let mut sign = Sign::init(1);
        let stops_there = move |event: &Event<'_, Sign>| match event {
            Event::Step { number, .. } if *number == stop => Break(()),
            _ => Continue(()),
        };
        fit(&mut sign, &train)
            .validation(&test)
            .measure("a, \"b\"", |_| Ok(Some(0.5)))
            .measure("nothing", |_| Ok(None))
            .epochs(4)
            .batch_size(10)
            .checkpoint(directory.0.join("run"))
            .observe(Csv::create(directory.0.join("logs/log.csv")).unwrap())
            .observe(JsonLines::create(directory.0.join("log.jsonl")).unwrap().steps(3))
            .observe(TensorBoard::create(&directory.0).unwrap().steps(1))
            .observe(stops_there)
            .show(Show::Nothing)
            .run()
            .unwrap();
    }
    // 28 steps of two numbers, four epochs of five: a record of at least 40 bytes each.
    let events = fs::metadata(directory.0.join("events.out.tfevents.0.nn")).unwrap().len();
    assert!(events > 40 * (56 + 20) && events < 90 * (56 + 20), "{events}");
    [directory.read("logs/log.csv"), directory.read("log.jsonl")]
}

/// The log without times.
fn without_seconds(text: &str) -> Vec<String> {
    let line = |line: &str| match line.rsplit_once([',', '"']) {
        Some((before, _)) if !line.contains("step") => before.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect()
}

#[test]
fn a_row_for_every_epoch_and_an_object_for_every_third_step() {
    let [csv, json] = logs("whole", &[u64::MAX]);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(
        rows[0],
        "epoch,loss,validation_loss,validation_accuracy,\"a, \"\"b\"\"\",nothing,seconds"
    );
    assert_eq!(rows.len(), 1 + 4);
    assert!(rows[4].starts_with("4,0.") && rows[4].contains(",0.5,,"), "{}", rows[4]);
    assert!(rows[1..].iter().all(|row| row.split(',').count() == 7));

    let steps = json.lines().filter(|line| line.starts_with("{\"step\":")).count();
    assert_eq!((steps, json.lines().count()), (28 / 3, 28 / 3 + 4));
    let epoch = json.lines().rfind(|line| line.starts_with("{\"epoch\":4")).unwrap();
    assert!(epoch.contains("\"a, \\\"b\\\"\":0.5,\"nothing\":null,\"seconds\":"), "{epoch}");
    assert!(json.contains("{\"step\":3,\"epoch\":1,\"loss\":0."), "{json}");
}

#[test]
fn nothing_stands_twice_where_a_training_goes_on() {
    let whole = logs("undisturbed", &[u64::MAX]);
    // Within an epoch, at its end, and in its first step.
    let interrupted = logs("interrupted", &[5, 9, 14, 22, u64::MAX]);
    for (whole, interrupted) in whole.iter().zip(&interrupted) {
        // An interrupted epoch also writes a row. After resuming, only the row of the complete
        // epoch remains.
        assert_eq!(without_seconds(whole), without_seconds(interrupted));
    }
}

#[test]
fn a_log_that_is_lost_is_said_and_stops_nothing() {
    let directory = Directory::new("lost");
    let train = data(30);
    let path = directory.0.join("log.csv");
    let run = |epochs| {
        let mut notes = Vec::new();
        let mut sign = Sign::init(1);
        let watch = |event: &Event<'_, Sign>| {
            if let Event::Note { text, .. } = event {
                notes.push((*text).to_owned());
            }
            Continue(())
        };
        let run = fit(&mut sign, &train).epochs(epochs).checkpoint(directory.0.join("run"));
        let run = run.observe(Csv::create(&path).unwrap()).observe(watch).show(Show::Nothing);
        assert_eq!(run.run().unwrap().epochs.len(), epochs);
        notes
    };
    assert!(run(2).is_empty());
    fs::write(&path, "epoch").unwrap();
    let notes = run(3);
    assert!(notes.iter().any(|note| note.contains("shorter than the")), "{notes:?}");
    assert_eq!(directory.read("log.csv").lines().count(), 2, "a row of names, and the third epoch");
    let error = Csv::create(directory.0.join("log.csv/inside.csv")).unwrap_err().to_string();
    assert!(error.contains("log.csv"), "{error}");
}

/// A device without space for a single byte.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_nothing() {
    let mut notes = Vec::new();
    let mut sign = Sign::init(1);
    let watch = |event: &Event<'_, Sign>| {
        if let Event::Note { text, .. } = event {
            notes.push((*text).to_owned());
        }
        Continue(())
    };
    let train = data(30);
    let run = fit(&mut sign, &train).epochs(3).observe(JsonLines::create("/dev/full").unwrap());
    run.observe(watch).show(Show::Nothing).run().unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].starts_with("/dev/full: no further record can be written (No space left"),
        "{notes:?}"
    );
}

#[test]
fn a_spike_names_the_rows_of_its_batch_and_is_said_once() {
    let mut targets = vec![[1.0_f32]; 150];
    targets[97] = [-40.0];
    let data = Dataset::new(vec![[0.5_f32]; 150], targets).unwrap();
    network! { struct Line(dense(1 -> 1)); }
    for (threads, batch) in [(1, 3), (2, 5)] {
        let mut notes = Vec::new();
        let mut line = Line::init(4);
        let watch = |event: &Event<'_, Line>| {
            if let Event::Note { text, .. } = event {
                notes.push((*text).to_owned());
            }
            Continue(())
        };
        let training = fit(&mut line, &data).epochs(2).batch_size(batch).seed(2);
        let training = training.optimizer(nn::Sgd::new(1e-4)).threads(&nn::Threads::new(threads));
        let training = training.observe(Spikes::new(8.0)).observe(watch).show(Show::Nothing);
        training.run().unwrap();
        // The row occurs once per epoch; its second occurrence may be within the window of the
        // first.
        assert!((1..=2).contains(&notes.len()), "{notes:?}");
        for note in &notes {
            let rows = note.split("; rows ").nth(1).unwrap().split(" of").next().unwrap();
            let rows: Vec<usize> = rows.split(", ").map(|row| row.parse().unwrap()).collect();
            assert!(rows.len() == batch && rows.contains(&97), "{note}");
            assert!(note.contains("the loss jumps to"), "{note}");
        }
    }
}
