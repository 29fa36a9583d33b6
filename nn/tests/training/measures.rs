//! Metrics in an evaluation: one interface for all heads, several metrics in one pass, and no
//! silent omissions.

use nn::data::{Class, Dataset};
use nn::loss::{cross_entropy, mse};
use nn::metric::{
    Accuracy, BalancedAccuracy, Brier, CalibrationError, ConfusionMatrix, F1, LogLoss, Mae, Metric,
    Observation, Precision, R2, Recall, RocAuc, Target, TopK,
};
use nn::prelude::*;
use nn::{ErrorKind, Threads};

network! {
    struct Classes(dense(2 -> 8, tanh), dense(3, softmax));
    struct Events(dense(2 -> 2, sigmoid));
    struct Numbers(dense(2 -> 1));
    struct Pose {
        trunk: dense(2 -> 4, tanh),
        answer: heads {
            class: dense(4 -> 3, softmax), angle: dense(4 -> 1), yes: dense(4 -> 1, sigmoid),
        },
    }
}

fn inputs(rows: usize) -> Vec<[f32; 2]> {
    (0..rows).map(|i| [(i * 37 % 101) as f32 / 50.0 - 1.0, (i * 53 % 89) as f32 / 44.0]).collect()
}

fn class(row: usize) -> Class<3> {
    Class::new(row * row % 3).unwrap()
}

fn classes(rows: usize) -> Dataset<[f32; 2], Class<3>> {
    Dataset::new(inputs(rows), (0..rows).map(class).collect()).unwrap()
}

#[test]
fn several_metrics_see_every_row_in_one_pass() {
    let (network, data) = (Classes::init(3), classes(5000));
    let metrics = || (Accuracy::default(), F1::macro_mean(), RocAuc::default(), Brier::default());
    let (accuracy, f1, auc, brier) = network.evaluation(&data).measure(metrics()).unwrap();
    assert_eq!(accuracy, network.evaluate(&data).unwrap().accuracy);
    assert_eq!(accuracy, network.evaluation(&data).measure(TopK::new(1)).unwrap());
    assert_eq!(f1, network.evaluation(&data).measure(F1::macro_mean()).unwrap());
    assert_eq!(brier, network.evaluation(&data).measure(Brier::default()).unwrap());
    // Class 2 never occurs.
    assert_eq!(auc, None);
    for threads in [1, 3].map(|count| Threads::new(count).for_any_work()) {
        let evaluation = network.evaluation(&data).threads(&threads);
        assert_eq!(evaluation.measure(metrics()).unwrap(), (accuracy, f1, auc, brier));
    }
    let matrix = network.evaluation(&data).measure(ConfusionMatrix::default()).unwrap();
    let right: f64 = (0..3).map(|class| matrix.count(class, class)).sum();
    assert_eq!(Some(right / 5000.0), accuracy);
}

/// Computed from logits: where an `f32` has rounded to 0, the loss is the exact one of training,
/// not a bound.
#[test]
fn the_log_loss_of_a_softmax_is_its_cross_entropy() {
    let (mut network, data) = (Classes::init(3), classes(100));
    network.parameters_mut().as_mut_slice().iter_mut().for_each(|w| *w *= 300.0);
    let metrics = network.evaluate(&data).unwrap();
    let loss = network.evaluation(&data).measure(LogLoss::default()).unwrap().unwrap();
    assert!(loss > 50.0 && (loss - metrics.loss).abs() < 1e-5 * loss, "{loss} and {metrics}");
}

/// The data that a metric receives from each head, compared with the rows themselves.
#[test]
fn each_of_several_heads_is_measured_alone() {
    #[derive(Default)]
    struct Rows(Vec<Observation>);
    impl Metric for Rows {
        type Value = Vec<Observation>;
        const NAME: &'static str = "rows";
        fn observe(&mut self, row: &Observation) -> nn::Result<()> {
            self.0.push(row.clone());
            Ok(())
        }
        fn finish(self) -> Vec<Observation> {
            self.0
        }
    }

    let network = Pose::init(1);
    let targets = (0..9).map(|row| (class(row), ([row as f32], [(row % 2) as f32]))).collect();
    let data = Dataset::new(inputs(9), targets).unwrap();
    let seen = |head| network.evaluation(&data).head(head).measure(Rows::default()).unwrap();
    let heads = [seen(0), seen(1), seen(2)];
    for (row, x) in data.inputs().iter().enumerate() {
        let [a, b, c, angle, yes] = Network::predict(&network, x).map(f64::from);
        assert_eq!(heads[0][row].outputs().unwrap(), [a, b, c]);
        assert_eq!(heads[1][row].outputs().unwrap(), [angle]);
        assert_eq!(heads[2][row].outputs().unwrap(), [yes]);
        assert_eq!(heads[0][row].target(), Target::Class(class(row).index()));
        assert_eq!(heads[1][row].target(), Target::Numbers(&[row as f64]));
        assert_eq!(heads[2][row].target(), Target::Events(&[(row % 2) as f64]));
        let logits = Network::logits(&network, x).map(f64::from);
        assert_eq!(heads[2][row].logits(), Some(&logits[4..]));
    }
    let alone = network.evaluation(&data).heads().unwrap();
    let accuracy = network.evaluation(&data).head(2).measure(Accuracy::default()).unwrap();
    assert_eq!(accuracy, alone[2].accuracy);
    // All of them together are right or wrong, and have nothing else in common.
    let accuracy = network.evaluation(&data).measure(Accuracy::default()).unwrap();
    assert_eq!(accuracy, network.evaluate(&data).unwrap().accuracy);
    let says = |error: nn::Error, text: &str| assert_eq!(error.to_string(), text);
    says(
        network.evaluation(&data).measure(Recall::macro_mean()).unwrap_err(),
        "recall: target: found the targets of several heads, expected a class, or one event that \
         happens or not; choose one of them with `Evaluation::head`",
    );
    says(
        network.evaluation(&data).head(3).measure(Recall::macro_mean()).unwrap_err(),
        "head: found 3, expected a number below 3, the number of heads of Pose; heads are counted \
         from 0",
    );
    assert!(network.evaluation(&data).head(0).metrics().is_err());
    assert!(network.evaluation(&data).head(0).heads().is_err());
}

#[test]
fn a_loss_that_would_be_left_out_is_refused() {
    let (network, data) = (Classes::init(1), classes(3));
    let chosen = || network.evaluation(&data).loss(cross_entropy().label_smoothing(0.1));
    let error = chosen().measure(Accuracy::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    let expected = "loss: found cross-entropy, expected none; a metric has no loss: leave `loss` \
                    out, or call `metrics`";
    assert_eq!(error.to_string(), expected);
    assert!(chosen().heads().unwrap_err().to_string().starts_with("loss: found cross-entropy"));
    assert!(chosen().metrics().is_ok());
    let numbers = Dataset::new(inputs(2), vec![[0.0], [1.0]]).unwrap();
    let network = Numbers::init(1);
    assert!(network.evaluation(&numbers).loss(mse()).measure(Mae::default()).is_err());
}

#[test]
fn a_metric_that_does_not_fit_says_so_with_its_name() {
    let numbers = Dataset::new(inputs(2), vec![[0.0], [1.0]]).unwrap();
    let network = Numbers::init(1);
    let says = |error: nn::Error, start: &str| {
        assert!(error.to_string().starts_with(start), "{error}");
    };
    let evaluation = || network.evaluation(&numbers);
    says(
        evaluation().measure(F1::macro_mean()).unwrap_err(),
        "F1: target: found numbers, expected",
    );
    says(evaluation().measure(RocAuc::default()).unwrap_err(), "ROC-AUC: target: found numbers");
    let both = evaluation().measure((Mae::default(), LogLoss::default())).unwrap_err();
    says(both, "log loss: target: found numbers");
    assert_eq!(evaluation().measure(Accuracy::default()).unwrap(), None);

    let (network, data) = (Classes::init(1), classes(3));
    says(
        network.evaluation(&data).measure(R2::default()).unwrap_err(),
        "R²: target: found a class",
    );
    let unknown = network.evaluation(&data).measure(Precision::of_class(3)).unwrap_err();
    says(unknown, "precision: class: found 3, expected a number below 3");

    let events = Dataset::new(inputs(2), vec![[0.0, 1.0], [1.0, 1.0]]).unwrap();
    let network = Events::init(1);
    let error = network.evaluation(&events).measure(BalancedAccuracy::default()).unwrap_err();
    says(error, "balanced accuracy: target: found 2 events at once");
    assert!(network.evaluation(&events).measure(Precision::of_class(1)).is_ok());
}

/// NaN never counts as a right prediction, nor yields a plausible value.
#[test]
fn nothing_is_measured_of_outputs_that_are_not_finite() {
    let data = classes(4);
    let mut network = Classes::init(1);
    network.parameters_mut().as_mut_slice().fill(f32::NAN);
    let evaluation = || network.evaluation(&data);
    assert_eq!(evaluation().measure(Accuracy::default()).unwrap(), Some(0.0));
    let error = evaluation().measure(TopK::new(3)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Diverged);
    let text = error.to_string();
    assert!(text.starts_with("top-k accuracy: output 0: found NaN, expected a finite"), "{text}");
    assert!(evaluation().measure(F1::micro_mean()).is_err());
    assert!(evaluation().measure(RocAuc::default()).is_err());
    assert!(evaluation().measure(LogLoss::default()).is_err());
    assert!(evaluation().measure(Brier::default()).is_err());
    assert!(evaluation().measure(CalibrationError::default()).is_err());
    assert!(evaluation().measure(ConfusionMatrix::default()).is_err());
    let numbers = Dataset::new(inputs(2), vec![[0.0], [1.0]]).unwrap();
    let mut network = Numbers::init(1);
    network.parameters_mut().as_mut_slice().fill(f32::MAX);
    assert!(network.evaluation(&numbers).measure(Mae::default()).is_err());
    assert!(network.evaluation(&numbers).measure(R2::default()).is_err());
}
