//! Encoders before the layers: one function of raw rows, with the same results wherever rows enter.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use nn::data::{Class, Dataset};
use nn::layer::{Dense, Standardize, Then};
use nn::prelude::*;
use nn::{Dynamic, Sgd, Show, Threads, Trainer};

network! {
    struct Plain(dense(3 -> 8, tanh), dense(2, softmax));
    struct Standard(standardize, dense(3 -> 8, tanh), dense(2, softmax));
    struct Least(min_max, dense(3 -> 8, tanh), dense(2, softmax));
    struct Tails(robust, dense(3 -> 8, tanh), dense(2, softmax));
    struct Ranks(quantile, dense(3 -> 8, tanh), dense(2, softmax));
    struct Tenth(scale(1/10), dense(3 -> 8, tanh), dense(2, softmax));
    struct Branches {
        both: concat {
            left: (standardize, dense(2 -> 4, relu)), right: (robust, dense(1 -> 3, tanh)),
        },
        output: dense(2, softmax),
    }
    struct Inner(standardize, dense(3 -> 4));
    struct Outer { inner: Inner, output: dense(2, softmax) }
}

/// Rows of very different magnitudes, and a class that depends on them.
fn rows() -> (Vec<[f32; 3]>, Vec<u8>) {
    let row = |i: u32| {
        let wave = |by: u32| ((i * by % 97) as f32 / 97.0) - 0.5;
        [1000.0 + 50.0 * wave(31), 0.01 * wave(57), wave(83).powi(3) * 90.0]
    };
    let rows: Vec<[f32; 3]> = (0..300).map(row).collect();
    let classes =
        rows.iter().map(|[a, b, c]| u8::from((a - 1000.0) / 50.0 + b * 100.0 + c / 90.0 > 0.1));
    (rows.clone(), classes.collect())
}

fn data() -> Dataset<[f32; 3], Class<2>> {
    let (rows, classes) = rows();
    Dataset::new(rows, Class::from_labels(&classes).unwrap()).unwrap()
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("nn-encoder-{}-{name}.safetensors", std::process::id()))
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

macro_rules! everywhere {
    ($($test:ident: $Network:ty, $text:literal;)*) => {$(
        #[test]
        fn $test() -> nn::Result<()> {
            let data = data();
            let mut network = <$Network>::init(3);
            fit(&mut network, &data).epochs(4).learning_rate(0.02).show(Show::Nothing).run()?;
            // One row, many rows, other threads, in memory and in a file.
            let path = file(stringify!($test));
            network.save(&path)?;
            let loaded = <$Network>::load(&path)?;
            let mut read: Dynamic = Dynamic::parse($text)?.init(3);
            let of_file = read.load(&path)?;
            fit(&mut read, &data.flat()).epochs(4).learning_rate(0.02).show(Show::Nothing).run()?;
            assert_eq!(
                bits(read.parameters()),
                bits(network.parameters().as_slice()),
                "trained at run time"
            );
            let batch = network.predict_batch(data.inputs());
            for (x, answer) in data.inputs().iter().zip(&batch) {
                let one = nn::Network::predict(&network, x);
                assert_eq!(bits(&one), bits(answer));
                assert_eq!(bits(&nn::Network::predict(&loaded, x)), bits(&one), "loaded");
                assert_eq!(bits(&read.predict(x)?), bits(&one), "read at run time");
                assert_eq!(bits(&of_file.predict(x)?), bits(&one), "a file read at run time");
                assert_eq!(bits(&network.clone().predict(x)), bits(&one));
            }
            let activations = read.activations(&data.inputs()[7])?;
            assert_eq!(bits(&activations.last().unwrap().1), bits(&batch[7]));
            // On the tape, too, and in a trainer's own steps.
            network.self_check(5)?;
            let metrics = network.evaluate(&data)?;
            assert_eq!(metrics, read.evaluate(&data.flat())?);
            // The same bits for any number of threads.
            let mut alone = <$Network>::init(3);
            let run = fit(&mut alone, &data).epochs(4).learning_rate(0.02).show(Show::Nothing);
            run.threads(&Threads::new(1)).run()?;
            assert_eq!(bits(alone.parameters().as_slice()), bits(network.parameters().as_slice()));
            std::fs::remove_file(&path).unwrap();
            Ok(())
        }
    )*};
}

everywhere! {
    standardize_is_the_same_everywhere: Standard,
        "standardize, dense(3 -> 8, tanh), dense(2, softmax)";
    min_max_is_the_same_everywhere: Least, "min_max, dense(3 -> 8, tanh), dense(2, softmax)";
    robust_is_the_same_everywhere: Tails, "robust, dense(3 -> 8, tanh), dense(2, softmax)";
    quantile_is_the_same_everywhere: Ranks, "quantile, dense(3 -> 8, tanh), dense(2, softmax)";
    scale_is_the_same_everywhere: Tenth, "scale(1/10), dense(3 -> 8, tanh), dense(2, softmax)";
}

/// A network with `standardize` equals the network on rows that were standardized by hand.
#[test]
fn an_encoder_is_what_was_done_by_hand() -> nn::Result<()> {
    let data = data();
    let mut network = Standard::init(3);
    let adapted = network.adapt(&data)?;
    assert_eq!((adapted.rows, adapted.columns.len()), (300, 3));
    let by_hand = |x: [f32; 3]| -> [f32; 3] {
        std::array::from_fn(|i| {
            let column = &adapted.columns[i].1;
            (x[i] - column.mean as f32) * (1.0 / column.deviation) as f32
        })
    };
    let prepared = data.clone().map_inputs(by_hand);
    let mut plain = Plain::init(3);
    fit(&mut plain, &prepared).epochs(5).show(Show::Nothing).run()?;
    fit(&mut network, &data).epochs(5).show(Show::Nothing).run()?;
    for (raw, prepared) in data.inputs().iter().zip(prepared.inputs()) {
        assert_eq!(bits(&network.predict(raw)), bits(&plain.predict(prepared)));
    }
    let (mean, deviation) = (adapted.columns[0].1.mean, adapted.columns[0].1.deviation);
    assert!((mean - 1000.0).abs() < 5.0 && (10.0..20.0).contains(&deviation), "{mean} {deviation}");
    // A custom training loop gives the same.
    let mut trainers = (Trainer::new(Sgd::new(0.1)), Trainer::new(Sgd::new(0.1)));
    for _ in 0..3 {
        let a = trainers.0.step(&mut network, data.inputs(), data.targets())?;
        let b = trainers.1.step(&mut plain, prepared.inputs(), prepared.targets())?;
        assert_eq!(a.to_bits(), b.to_bits());
    }
    Ok(())
}

#[test]
fn branches_and_networks_inside_have_encoders_of_their_own() -> nn::Result<()> {
    let data = data();
    let mut branches = Branches::init(1);
    fit(&mut branches, &data).epochs(3).show(Show::Nothing).run()?;
    let text = "concat { left: (standardize, dense(2 -> 4, relu)), \
                right: (robust, dense(1 -> 3, tanh)) }, dense(2, softmax)";
    let mut read: Dynamic = Dynamic::parse(text)?.init(1);
    fit(&mut read, &data.flat()).epochs(3).show(Show::Nothing).run()?;
    assert_eq!(bits(branches.parameters().as_slice()), bits(read.parameters()));
    let [a, b, c] = data.inputs()[5];
    assert_eq!(bits(&branches.predict(&[a, b], &[c])), bits(&read.predict(&[a, b, c])?));
    branches.self_check(2)?;

    let mut outer = Outer::init(1);
    fit(&mut outer, &data).epochs(3).show(Show::Nothing).run()?;
    outer.self_check(2)?;
    let path = file("outer");
    outer.save(&path)?;
    assert_eq!(bits(&Outer::load(&path)?.predict(&[a, b, c])), bits(&outer.predict(&[a, b, c])));
    std::fs::remove_file(&path).unwrap();
    Ok(())
}

#[test]
fn a_network_that_was_never_adapted_is_refused() {
    let (data, network) = (data(), Standard::init(1));
    let says = "encoder `layer1` of Standard: found no statistics of the columns, since it was \
                never adapted, expected those of training rows; train it with `fit`";
    let path = file("never");
    for error in [
        network.save(&path).unwrap_err(),
        network.evaluate(&data).unwrap_err(),
        Trainer::new(Sgd::new(0.1))
            .step(&mut network.clone(), data.inputs(), data.targets())
            .unwrap_err(),
        network.self_check(1).unwrap_err(),
    ] {
        assert!(error.to_string().starts_with(says), "{error}");
    }
    assert!(!path.exists());
    let read: Dynamic = Dynamic::parse("standardize, dense(3 -> 2, softmax)").unwrap();
    assert!(read.predict(&[0.0; 3]).unwrap_err().to_string().contains("never adapted"));
    assert!(read.save(&path).is_err() && read.evaluate(&data.flat()).is_err());
    for panicking in [
        Box::new(|| assert_ne!(network.predict(&[0.0; 3]), [0.0; 2])) as Box<dyn Fn()>,
        Box::new(|| assert_ne!(network.logits(&[0.0; 3]), [0.0; 2])),
        Box::new(|| drop(network.predict_batch(&[[0.0; 3]]))),
    ] {
        let panic = catch_unwind(AssertUnwindSafe(panicking)).unwrap_err();
        assert!(panic.downcast_ref::<String>().is_some_and(|text| text.starts_with(says)));
    }
}

#[test]
fn what_was_found_stays_unless_something_else_is_asked_for() -> nn::Result<()> {
    let data = data();
    let shifted = data.clone().map_inputs(|x| x.map(|x| x + 7.0));
    let mut network = Standard::init(1);
    fit(&mut network, &data).epochs(1).show(Show::Nothing).run()?;
    let mean = |network: &Standard| network.parameters().as_slice()[16];
    let first = mean(&network);
    fit(&mut network, &shifted).epochs(1).show(Show::Nothing).run()?;
    assert_eq!(mean(&network), first);
    fit(&mut network, &shifted).epochs(1).adapt_again().show(Show::Nothing).run()?;
    assert!((mean(&network) - first - 7.0).abs() < 1e-2);
    Ok(())
}

/// A fold's network is fitted only to the fold's training rows.
#[test]
fn each_fold_finds_its_own() -> nn::Result<()> {
    let data = data();
    let folds = nn::data::folds(&data, 3).seed(1).views()?;
    let means = std::sync::Mutex::new(Vec::new());
    nn::metric::cross_validate(folds, |train, test, _| {
        let mut network = Standard::init(1);
        fit(&mut network, train).epochs(1).show(Show::Nothing).run()?;
        let rows: Vec<_> =
            train.rows().iter().map(|&row| f64::from(data.inputs()[row][2])).collect();
        let mean = rows.iter().sum::<f64>() / rows.len() as f64;
        let found = f64::from(network.parameters().as_slice()[18]);
        assert!((found - mean).abs() < 1e-4, "{found} {mean}");
        means.lock().unwrap().push(found.to_bits());
        Ok(network.evaluate(test)?.loss)
    })?;
    let mut means = means.into_inner().unwrap();
    means.sort_unstable();
    means.dedup();
    assert_eq!(means.len(), 3);
    Ok(())
}

#[test]
fn a_constant_column_is_named_and_harms_nothing() -> nn::Result<()> {
    let data = data().map_inputs(|[a, _, c]| [a, 4.25, c]);
    let mut network = Standard::init(1);
    let adapted = network.adapt(&data)?;
    assert!(adapted.to_string().contains("column 1: 300 values, 0 missing, all 4.25"), "{adapted}");
    fit(&mut network, &data).epochs(2).show(Show::Nothing).run()?;
    assert!(network.predict(&[1000.0, 4.25, 0.0]).iter().all(|y| y.is_finite()));
    let notes = std::sync::Mutex::new(String::new());
    let note = |event: &nn::Event<'_, Standard>| {
        if let nn::Event::Note { text, .. } = event {
            notes.lock().unwrap().push_str(text);
        }
        std::ops::ControlFlow::Continue(())
    };
    fit(&mut Standard::init(2), &data).epochs(1).observe(note).show(Show::Nothing).run()?;
    assert_eq!(*notes.lock().unwrap(), "the same in all 300 training rows: column 1");
    notes.lock().unwrap().clear();
    let twice = data.map_inputs(|[a, _, _]| [a, a, a]);
    fit(&mut Standard::init(2), &twice).epochs(1).observe(note).show(Show::Nothing).run()?;
    let expected = "the same values in two columns: column 1 as column 0, column 2 as column 0";
    assert_eq!(*notes.lock().unwrap(), expected);
    Ok(())
}

#[test]
fn a_type_written_by_hand_has_encoders_too() -> nn::Result<()> {
    type Hand = nn::Sequential<
        Then<Standardize<3>, Dense<3, 2, nn::activation::Identity>>,
        nn::head::Softmax<2>,
        3,
        2,
    >;
    let (data, mut network) = (data(), Hand::init(1));
    fit(&mut network, &data).epochs(20).learning_rate(0.05).show(Show::Nothing).run()?;
    assert!(network.evaluate(&data)?.accuracy > Some(0.7));
    assert!(Hand::SUMMARY.contains("standardize"));
    Ok(())
}
