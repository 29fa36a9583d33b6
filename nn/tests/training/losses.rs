//! Every loss with every driver: the trainer and the tape compute the same bits, training with it
//! works, and validation measures the loss that training minimizes.

use nn::autograd::Tape;
use nn::data::{Class, Dataset};
use nn::head::Head;
use nn::loss::{Loss, TrainedWith, binary_cross_entropy, cross_entropy, huber, mae, mse, weighted};
use nn::prelude::*;
use nn::{Row, Sgd, Show, Trainer};
use tensor::random::Random;

network! {
    struct Classes(dense(4 -> 9, tanh), dense(5, softmax));
    struct Answers(dense(4 -> 9, tanh), dense(3, sigmoid));
    struct Numbers(dense(4 -> 9, tanh), dense(2));
}

/// `rows` random inputs with targets created by the head.
fn samples<N: Network>(rows: usize) -> Dataset<N::Input, N::Target> {
    let random = Random::new(1, 2);
    let mut index = 0;
    let mut next = || {
        index += 1;
        random.uniform::<f64>(index)
    };
    let mut inputs = vec![N::Input::zeroed(); rows];
    for x in N::Input::flatten_mut(&mut inputs) {
        *x = nn::Float::of(2.0 * next() - 1.0);
    }
    let targets = (0..rows).map(|_| N::Head::example_target(&mut next)).collect();
    Dataset::new(inputs, targets).unwrap()
}

/// Loss and gradient of the static driver and of the tape, and the loss of an evaluation.
fn same_bits<N: Network<Head: TrainedWith<N::Float, L>>, L: Loss<N::Float, N::Head>>(loss: L) {
    for rows in [1, 13, 40] {
        let (network, data) = (N::init(7), samples::<N>(rows));
        let mut trainer = Trainer::<N, _>::new(Sgd::new(0.0)).loss(loss.clone());
        let fast = trainer.differentiate(&network, data.inputs(), data.targets()).unwrap();

        let tape = Tape::new();
        let on_tape = network.on_tape(&tape).unwrap();
        let logits = on_tape.logits(on_tape.inputs(data.inputs()).unwrap()).unwrap();
        let slow = on_tape.loss_with(loss.clone(), logits, data.targets()).unwrap();
        let gradient = on_tape.flatten(&slow.backward().unwrap()).unwrap();
        assert!(fast == slow.value().item().unwrap(), "{} of {rows} rows", L::NAME);
        assert!(trainer.gradient() == gradient, "{} of {rows} rows", L::NAME);
        assert!(gradient.iter().any(|&slope| slope != num_traits::Zero::zero()), "{}", L::NAME);

        let measured = network.evaluation(&data).loss(loss.clone()).metrics().unwrap().loss;
        let loss = nn::Float::as_f64(fast);
        assert!((measured - loss).abs() < 1e-5 * loss.max(1.0), "{measured} and {loss}");
    }
}

#[test]
fn both_drivers_give_the_same_bits() {
    macro_rules! check {
        ($($Net:ident: $($loss:expr),*;)*) => {$($(
            same_bits::<$Net<f32>, _>($loss);
            same_bits::<$Net<f64>, _>($loss);
        )*)*};
    }
    let weights = [1.0, 2.0, 0.5, 4.0, 0.0];
    check! {
        Classes: cross_entropy(), cross_entropy().label_smoothing(0.1),
            cross_entropy().class_weights(weights),
            weighted(0.3, cross_entropy().label_smoothing(0.2).class_weights(weights));
        Answers: binary_cross_entropy(), binary_cross_entropy().positive_weights([1.0, 5.0, 0.2]),
            weighted(2.0, binary_cross_entropy());
        Numbers: mse(), mae(), huber(0.3), weighted(3.0, huber(1.0));
    }
}

/// The default is used when no loss is set.
#[test]
fn no_loss_is_the_head_s_default() {
    let data = samples::<Classes>(30);
    let train = |named: bool| {
        let mut network = Classes::init(1);
        let training = fit(&mut network, &data).epochs(3).batch_size(8).show(Show::Nothing);
        let report = match named {
            true => training.loss(cross_entropy()).run(),
            false => training.run(),
        };
        (report.unwrap().last().loss, network.parameters().as_slice().to_vec())
    };
    assert_eq!(train(true), train(false));
}

/// A column of numbers with one outlier: the squared error yields the mean, the absolute error the
/// median, and the Huber loss a value between them.
#[test]
fn losses_answer_what_they_are_known_for() {
    network! { struct Constant(dense(1 -> 1)); }
    let numbers = [1.0, 2.0, 3.0, 4.0, 90.0];
    let data = Dataset::new(vec![[0.0]; 5], numbers.map(|number| [number]).to_vec()).unwrap();
    type Head = nn::head::Linear<1>;
    fn answer<L: Loss<f32, Head>>(data: &Dataset<[f32; 1], [f32; 1]>, loss: L) -> f32
    where
        Head: TrainedWith<f32, L>,
    {
        let mut network = Constant::init(1);
        let training =
            fit(&mut network, data).loss(loss).batch_size(5).epochs(3000).learning_rate(0.2);
        training.schedule(nn::schedule::linear).show(Show::Nothing).run().unwrap();
        network.predict(&[0.0])[0]
    }
    assert!((answer(&data, mse()) - 20.0).abs() < 0.1);
    assert!((answer(&data, mae()) - 3.0).abs() < 0.1);
    // (1 − y) + (2 − y) + (3 − y) + (4 − y) + 5 = 0: only the outlier is more than δ away.
    assert!((answer(&data, huber(5.0)) - 3.75).abs() < 0.01);
}

/// A rare class gets the same probability as the frequent one if both have the same total weight.
#[test]
fn class_weights_find_the_rare_class() {
    network! { struct Rare(dense(1 -> 2, softmax)); }
    // Of 100 rows with the same input, 10 have class 1.
    let labels: Vec<u8> = (0..100).map(|row| u8::from(row % 10 == 0)).collect();
    let data = Dataset::new(vec![[1.0]; 100], Class::<2>::from_labels(&labels).unwrap()).unwrap();
    let share = |loss: nn::loss::CrossEntropy<[f64; 2]>| {
        let mut network = Rare::init(1);
        let training = fit(&mut network, &data).loss(loss).batch_size(100).epochs(500);
        training.learning_rate(0.1).show(Show::Nothing).run().unwrap();
        network.predict(&[1.0])[1]
    };
    assert!((share(cross_entropy().class_weights([1.0, 1.0])) - 0.1).abs() < 1e-3);
    assert!((share(cross_entropy().class_weights([1.0, 9.0])) - 0.5).abs() < 1e-3);
}

/// Invalid targets are refused before the first step, with the first rows and the number of them.
#[test]
fn targets_that_the_head_does_not_allow_are_refused() {
    fn refusal<N: Network<Float = f32>>(targets: Vec<N::Target>) -> String {
        let data = Dataset::new(vec![N::Input::zeroed(); targets.len()], targets).unwrap();
        let mut network = N::init(1);
        let before = network.clone();
        let error = fit(&mut network, &data).show(Show::Nothing).run().unwrap_err().to_string();
        assert!(network.parameters() == before.parameters());
        error
    }
    assert_eq!(
        refusal::<Answers>(vec![[0.0, 0.5, 1.0], [0.0, 2.0, 1.0]]),
        "target of row 1 (counted from 0): found 2 (1 of 2 targets is invalid), expected \
         probabilities, numbers from 0 to 1; Answers ends in sigmoid: correct these rows or leave \
         them out"
    );
    assert_eq!(
        refusal::<Numbers>(vec![[f32::NAN, 0.0], [0.0, f32::INFINITY], [0.0, 0.0]]),
        "targets of rows 0, 1 (counted from 0): found NaN, inf (2 of 3 targets are invalid), \
         expected finite numbers; Numbers ends in linear: correct these rows or leave them out"
    );
    let good = Dataset::new(vec![[0.0; 4]], vec![[0.0, 1.0]]).unwrap();
    let bad = Dataset::new(vec![[0.0; 4]], vec![[f32::NAN, 1.0]]).unwrap();
    let mut network = Numbers::init(1);
    let error = fit(&mut network, &good).validation(&bad).show(Show::Nothing).run().unwrap_err();
    assert!(error.to_string().starts_with("validation target of row 0"), "{error}");
}
