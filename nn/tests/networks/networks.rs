//! Declared networks: description, predictions, saving and loading.

use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::{Show, Threads};

network! {
    /// Classifies images.
    #[derive(Debug, PartialEq)]
    pub struct Digits { hidden: dense(784 -> 128, relu), output: dense(10, softmax) }
    struct Small(dense(3 -> 5, tanh), dense(2, softmax));
    struct Other(dense(3 -> 5, relu), dense(2, softmax));
    struct Answers(dense(2 -> 3, tanh), dense(2, sigmoid));
}

const _: () =
    assert!(Digits::PARAMS == 101_770 && Digits::BYTES == 407_080 && Digits::FLOPS == 203_264);

#[test]
fn the_summary_is_a_constant_table() {
    const SUMMARY: &str = Digits::SUMMARY;
    assert_eq!(
        SUMMARY,
        "\
Digits: 784 -> 10, ends in softmax
name          layer                             output    parameters
────────────────────────────────────────────────────────────────────
hidden        dense 784 -> 128, relu               128       100,480
output        dense 128 -> 10, softmax              10         1,290
────────────────────────────────────────────────────────────────────
101,770 parameters, 407,080 bytes; 203,264 FLOPs per prediction
"
    );
    assert_eq!(Digits::init(0).to_string(), SUMMARY);
    assert_eq!(<Digits<f64> as Architecture>::BYTES, 814_160);
    assert_eq!(<Digits as Architecture>::STEP_FLOPS, 409_088);
}

/// Compares with the formula, using the accessors' weights.
#[test]
fn predict_is_the_formula() {
    let small = Small::init(9);
    let x = [0.3, -1.0, 2.0];
    let (first, second) = (small.layer1(), small.layer2());
    let hidden: [f32; 5] = std::array::from_fn(|o| {
        (first.bias[o] + (0..3).map(|i| x[i] * first.weight[i][o]).sum::<f32>()).tanh()
    });
    let logits: [f32; 2] = std::array::from_fn(|o| {
        second.bias[o] + (0..5).map(|i| hidden[i] * second.weight[i][o]).sum::<f32>()
    });
    let total: f32 = logits.iter().map(|z| z.exp()).sum();
    for (got, z) in small.predict(&x).iter().zip(logits) {
        assert!((got - z.exp() / total).abs() < 1e-6);
    }
}

#[test]
fn a_batch_is_answered_like_its_rows_by_any_number_of_threads() {
    let digits = Digits::init(2);
    let inputs: Vec<[f32; 784]> = (0..131)
        .map(|row| std::array::from_fn(|i| ((row * 31 + i * 7) % 256) as f32 / 256.0))
        .collect();
    let one_by_one: Vec<_> = inputs.iter().map(|input| digits.predict(input)).collect();
    assert_eq!(digits.predict_batch(&inputs), one_by_one);
    assert!(digits.predict_batch(&[]).is_empty());
    for threads in [1, 2, 5] {
        let mut outputs = vec![[0.0; 10]; inputs.len()];
        digits.predict_into(&inputs, &mut outputs, &Threads::new(threads));
        assert_eq!(outputs, one_by_one, "{threads} threads");
    }
}

#[test]
fn first_weights_depend_on_the_seed_and_suit_the_activation() {
    assert_eq!(Digits::init(1).parameters(), Digits::init(1).parameters());
    assert_ne!(Digits::init(1).parameters(), Digits::init(2).parameters());
    let digits = Digits::init(3);
    let deviation =
        |values: &[f32]| (values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32).sqrt();
    let (hidden, output) = (digits.hidden(), digits.output());
    assert!(
        (deviation(hidden.weight.as_flattened()) / (2.0_f32 / 784.0).sqrt() - 1.0).abs() < 0.02
    );
    assert!((deviation(output.weight.as_flattened()) / (2.0_f32 / 138.0).sqrt() - 1.0).abs() < 0.1);
    assert!(hidden.bias.iter().chain(output.bias).all(|&b| b == 0.0));
}

#[test]
fn what_is_saved_is_loaded() {
    let dir = scratch("saved");
    let path = dir.join("digits.safetensors");
    let digits = Digits::init(4);
    digits.save(&path).unwrap();
    assert_eq!(Digits::load(&path).unwrap(), digits);
    let double = <Small<f64> as Network>::init(4);
    double.save(dir.join("double")).unwrap();
    let loaded = <Small<f64> as Checkpoint>::load(dir.join("double")).unwrap();
    assert_eq!(loaded.parameters(), double.parameters());
}

#[test]
fn what_does_not_match_is_refused() {
    let dir = scratch("refused");
    let path = dir.join("small.safetensors");
    let small = Small::init(4);
    small.save(&path).unwrap();
    let refusal = |error: nn::Error| error.to_string().replace(&path.display().to_string(), "FILE");
    let error = refusal(Other::load(&path).map(|_| ()).unwrap_err());
    assert!(
        error.contains("dense(3 -> 5, tanh), dense(2, softmax)")
            || error.contains("dense(3 -> 5, tanh), dense(5 -> 2, softmax)"),
        "{error}"
    );
    assert!(error.contains("relu"), "{error}");
    let error = refusal(Digits::load(&path).map(|_| ()).unwrap_err());
    assert!(error.starts_with("FILE"), "{error}");
    // Wider numbers can hold the same values; narrower ones cannot.
    let wide = <Small<f64> as Checkpoint>::load(&path).unwrap();
    let values = wide.parameters().as_slice().iter().map(|&w| w as f32);
    assert!(values.eq(small.parameters().as_slice().iter().copied()));
    let double = dir.join("double.safetensors");
    wide.save(&double).unwrap();
    let error = Small::load(&double).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("F64") && error.contains("F32"), "{error}");
    let narrowed = Small::load_with(&double, nn::LoadOptions::new().narrow()).unwrap();
    assert_eq!(narrowed.parameters(), small.parameters());
    assert!(Small::load(dir.join("absent")).is_err());

    // A failed save leaves the file unchanged.
    let mut broken = small.clone();
    broken.parameters_mut().as_mut_slice()[3] = f32::NAN;
    let error = refusal(broken.save(&path).unwrap_err());
    assert!(error.contains("layer1.weight"), "{error}");
    assert_eq!(Small::load(&path).unwrap().parameters(), small.parameters());
}

fn scratch(name: &str) -> std::path::PathBuf {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

#[test]
fn training_learns_and_the_seed_decides_everything() {
    let inputs: Vec<[f32; 3]> = (0..300)
        .map(|i| std::array::from_fn(|j| ((i * 37 + j * 101) % 97) as f32 / 48.5 - 1.0))
        .collect();
    let labels: Vec<u8> = inputs.iter().map(|x| u8::from(x[0] * x[1] > 0.0)).collect();
    let data = Dataset::new(inputs, Class::<2>::from_labels(&labels).unwrap()).unwrap();
    let train = |seed: u64, threads: usize| {
        let mut network = Small::init(1);
        let report = fit(&mut network, &data)
            .validation(&data)
            .epochs(60)
            .batch_size(16)
            .learning_rate(0.02)
            .schedule(nn::schedule::linear)
            .seed(seed)
            .threads(&Threads::new(threads))
            .show(Show::Nothing)
            .run()
            .unwrap();
        (network, report)
    };
    let (network, report) = train(1, 1);
    let last = report.last().validation.unwrap();
    assert!(last.accuracy.unwrap() > 0.95, "{report}");
    assert!(report.epochs[0].loss > 2.0 * last.loss, "{report}");
    assert_eq!(train(1, 2).0.parameters(), network.parameters());
    assert_ne!(train(2, 1).0.parameters(), network.parameters());
    assert_eq!(network.evaluate(&data).unwrap(), last);
}

#[test]
fn independent_answers_are_right_only_together() {
    let data = Dataset::new(vec![[0.0, 0.0], [1.0, 1.0]], vec![[0.0, 1.0], [1.0, 1.0]]).unwrap();
    let mut network = Answers::init(3);
    fit(&mut network, &data).epochs(400).learning_rate(0.05).show(Show::Nothing).run().unwrap();
    assert_eq!(network.evaluate(&data).unwrap().accuracy, Some(1.0));
}

#[test]
fn nothing_to_train_on_is_an_error() {
    let none = Dataset::new(Vec::<[f32; 3]>::new(), Vec::<Class<2>>::new()).unwrap();
    let mut network = Small::init(0);
    assert!(fit(&mut network, &none).show(Show::Nothing).run().is_err());
    let one = Dataset::new(vec![[0.0; 3]], Class::from_labels(&[1]).unwrap()).unwrap();
    assert!(fit(&mut network, &one).batch_size(0).show(Show::Nothing).run().is_err());
    let error = fit(&mut network, &one).epochs(0).show(Show::Nothing).run().unwrap_err();
    assert!(error.to_string().starts_with("epochs: found 0, expected at least 1"), "{error}");
}
