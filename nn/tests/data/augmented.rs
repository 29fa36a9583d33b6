//! Noise and mixtures of rows: only in training, the same for any number of threads, and invalid
//! settings.

use nn::data::{Augmented, Class, Dataset, Minibatch, Source, View, Visit};
use nn::prelude::*;
use nn::{Show, Threads};

network! { struct Curve(dense(2 -> 8, tanh), dense(1)); }

fn data(rows: usize) -> Dataset<[f32; 2], [f32; 1]> {
    let places = (0..rows).map(|i| i as f32 / 50.0 - 1.0);
    places.map(|x| ([x, x * x], [x.sin()])).collect()
}

fn batch<X: Copy, Y: Copy>(
    source: &dyn Source<X, Y>,
    epoch: u64,
    rows: &[usize],
    threads: usize,
) -> (Vec<X>, Vec<Y>) {
    let mut batch = Minibatch::new();
    let threads = Threads::new(threads).for_any_work();
    batch.gather_for_step(Visit { seed: 5, epoch }, &threads, source, rows);
    (batch.inputs().to_vec(), batch.targets().to_vec())
}

#[test]
fn noise_belongs_to_seed_epoch_and_row() {
    let data = data(10_000);
    let noisy = Augmented::new(&data).noise(0.5).unwrap();
    let rows: Vec<usize> = (0..10_000).collect();
    let (first, targets) = batch(&noisy, 1, &rows, 1);
    assert_eq!(targets, data.targets());
    let each = first.as_flattened().iter().zip(data.inputs().as_flattened());
    let noise: Vec<f32> = each.map(|(noisy, x)| noisy - x).collect();
    let mean = noise.iter().sum::<f32>() / noise.len() as f32;
    let square = noise.iter().map(|x| x * x).sum::<f32>() / noise.len() as f32;
    assert!(mean.abs() < 0.02 && (square.sqrt() - 0.5).abs() < 0.01, "{mean} {square}");
    assert_eq!(batch(&noisy, 1, &rows, 3).0, first);
    assert_ne!(batch(&noisy, 2, &rows, 1).0, first);
    // Within an epoch a row is the same in every batch.
    let some = [77, 3, 9_999];
    assert_eq!(batch(&noisy, 1, &some, 1).0, some.map(|row| first[row]));
    // A view has the rows of its source.
    let view = View::new(&noisy, vec![3, 77]).unwrap();
    assert_eq!(batch(&view, 1, &[1, 0], 1).0, [first[77], first[3]]);
    assert_eq!(view.augmentation(), noisy.augmentation());
    assert_eq!(noisy.augmentation().unwrap(), "noise 0.5, mixup 0");
    // Evaluations use the original rows.
    let mut clean = Minibatch::new();
    clean.gather(&noisy, &some);
    assert_eq!(clean.inputs(), some.map(|row| data.inputs()[row]));
}

/// A mixed row is on the line between two rows of the batch, input and target at the same position.
#[test]
fn mixtures_lie_between_two_rows_of_the_batch() {
    let line: Dataset<[f64; 1], [f64; 2]> =
        (0..100).map(f64::from).map(|x| ([x], [2.0 * x, 1.0])).collect();
    let mixed = Augmented::new(&line).mixup(0.4).unwrap();
    let rows = [10, 20, 30, 40];
    let (x, y) = batch(&mixed, 1, &rows, 1);
    assert!(x.iter().zip(rows).any(|(x, row)| x[0] != row as f64));
    for (x, y) in x.iter().zip(&y) {
        assert!((10.0..=40.0).contains(&x[0]), "{x:?}");
        assert!((y[0] - 2.0 * x[0]).abs() < 1e-12 && (y[1] - 1.0).abs() < 1e-12, "{x:?} {y:?}");
    }
    assert_eq!(batch(&mixed, 1, &rows, 2), (x.clone(), y));
    assert_ne!(batch(&mixed, 2, &rows, 1).0, x);
}

/// Each number is from one of the two rows, and the targets are mixed in the same proportion.
#[test]
fn cut_columns_are_those_of_two_rows_of_the_batch() {
    // A number encodes its row and column, and the row is the target.
    let rows: Vec<[f64; 8]> = (0..100)
        .map(|row| std::array::from_fn(|column| f64::from(row * 10) + column as f64))
        .collect();
    let targets = (0..100).map(|row| [f64::from(row)]).collect();
    let data = Dataset::new(rows, targets).unwrap();
    let mixed = Augmented::new(&data).cutmix(1.0).unwrap();
    let chosen: Vec<usize> = (0..100).rev().collect();
    let (x, y) = batch(&mixed, 1, &chosen, 1);
    let mut replaced = 0;
    for ((x, y), &row) in x.iter().zip(&y).zip(&chosen) {
        let origins = x.map(|number| (number / 10.0).floor());
        assert!(x.iter().enumerate().all(|(column, number)| number % 10.0 == column as f64));
        let own = origins.iter().filter(|&&origin| origin == row as f64).count();
        let other = origins.into_iter().find(|&origin| origin != row as f64);
        let other = other.unwrap_or(row as f64);
        assert!(
            origins.iter().all(|&origin| origin == row as f64 || origin == other),
            "{origins:?}"
        );
        let share = own as f64 / 8.0;
        assert!((y[0] - (share * row as f64 + (1.0 - share) * other)).abs() < 1e-12, "{y:?}");
        replaced += 8 - own;
    }
    // Half of them on average.
    assert!((300..500).contains(&replaced), "{replaced}");
    assert_eq!(batch(&mixed, 1, &chosen, 3), (x.clone(), y));
    assert_ne!(batch(&mixed, 2, &chosen, 1).0, x);
    assert_eq!(mixed.augmentation().unwrap(), "noise 0, cutmix 1");
}

/// On average the classes are mixed by the same shares as the inputs.
#[test]
fn classes_are_one_or_the_other_by_their_shares() {
    let labels: Vec<u8> = (0..20_000).map(|row| (row % 2) as u8).collect();
    let inputs: Vec<[f64; 1]> = labels.iter().map(|&label| [f64::from(label)]).collect();
    let data = Dataset::new(inputs, Class::<2>::from_labels(&labels).unwrap()).unwrap();
    let mixed = Augmented::new(&data).mixup(1.0).unwrap();
    let rows: Vec<usize> = (0..20_000).collect();
    let (x, y) = batch(&mixed, 1, &rows, 2);
    let (mut count, mut ones, mut sum) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y).filter(|(x, _)| (0.6..0.8).contains(&x[0])) {
        count += 1.0;
        sum += x[0];
        ones += y.index() as f64;
    }
    assert!(count > 1000.0, "{count}");
    assert!((ones - sum).abs() / count < 0.05, "{ones} of {count}, not {sum}");
}

#[test]
fn a_training_is_the_same_for_any_number_of_threads_and_goes_on() {
    let data = data(500);
    let augmented = |noise: f64| Augmented::new(&data).noise(noise).unwrap().mixup(0.2).unwrap();
    let train = |noise: f64, threads: usize, epochs: usize, directory: Option<&std::path::Path>| {
        let (mut curve, source) = (Curve::<f32>::init(1), augmented(noise));
        let threads = Threads::new(threads).for_any_work();
        let mut fit = fit(&mut curve, &source).epochs(epochs).threads(&threads).show(Show::Nothing);
        if let Some(directory) = directory {
            fit = fit.checkpoint(directory);
        }
        fit.run().map(|_| curve.parameters().clone())
    };
    let whole = train(0.1, 1, 4, None).unwrap();
    assert_eq!(train(0.1, 3, 4, None).unwrap(), whole);
    assert_ne!(train(0.0, 1, 4, None).unwrap(), whole);
    let directory = std::env::temp_dir().join(format!("augmented-{}", std::process::id()));
    train(0.1, 1, 2, Some(&directory)).unwrap();
    assert_eq!(train(0.1, 1, 4, Some(&directory)).unwrap(), whole);
    let error = train(0.2, 1, 5, Some(&directory)).unwrap_err().to_string();
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(error.contains("augmentation noise 0.1, mixup 0.2"), "{error}");
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let data = data(5);
    for deviation in [-0.1, f64::NAN, f64::INFINITY] {
        let error = Augmented::new(&data).noise(deviation).unwrap_err().to_string();
        assert!(error.starts_with("standard deviation of noise on inputs: found "), "{error}");
    }
    for alpha in [0.0, 1.5, f64::NAN] {
        let error = Augmented::new(&data).mixup(alpha).unwrap_err().to_string();
        assert!(error.starts_with("alpha of mixup: found "), "{error}");
        let error = Augmented::new(&data).cutmix(alpha).unwrap_err().to_string();
        assert!(error.starts_with("alpha of cutmix: found "), "{error}");
    }
}
