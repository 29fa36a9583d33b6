//! Every metric against scikit-learn's function, to 1e-12, on random and degenerate rows:
//! `sklearn/make.py` wrote the expected values.

use std::collections::BTreeSet;

use nn::metric::{
    Accuracy, BalancedAccuracy, Brier, CalibrationError, ClassReport, ConfusionMatrix,
    ExplainedVariance, F1, LogLoss, Mae, Mape, Matthews, MedianAbsoluteError, Metric, Observation,
    Pinball, PrAuc, Precision, R2, Recall, Rmse, Roc, RocAuc, RocCurve, TopK,
};

/// Metrics of the list that are not compared with scikit-learn, and the reason.
const NOT_COMPARED: [(&str, &str); 3] = [
    ("calibration", "the picture of calibration_error, whose bins are compared there"),
    ("class_report", "precision, recall and f1, which are compared, and the report with them"),
    ("residuals", "a picture; its numbers are worked by hand in its examples"),
];

/// One data set with its expected metrics.
struct Case {
    name: String,
    rows: Vec<Observation>,
    /// `None` if the metric is undefined.
    said: Vec<(String, Option<f64>)>,
}

fn read() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut kind = "";
    for line in include_str!("../sklearn/metrics.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["#", ..] | [""] => {}
            ["rows", name, of_kind] => {
                kind = of_kind;
                cases.push(Case { name: name.into(), rows: Vec::new(), said: Vec::new() });
            }
            ["value", metric, x] => {
                cases.last_mut().unwrap().said.push((metric.into(), Some(x.parse().unwrap())));
            }
            ["none", metric, ..] => cases.last_mut().unwrap().said.push((metric.into(), None)),
            _ => {
                let row = answer(kind, line);
                cases.last_mut().unwrap().rows.push(row);
            }
        }
    }
    cases
}

/// A weight, outputs, `|` and targets.
fn answer(kind: &str, line: &str) -> Observation {
    let numbers =
        |text: &str| -> Vec<f64> { text.split_whitespace().map(|x| x.parse().unwrap()).collect() };
    let (left, right) = line.split_once('|').unwrap();
    let (left, targets) = (numbers(left), numbers(right));
    let (weight, outputs) = left.split_first().unwrap();
    let answer = match kind {
        "class" => Observation::of_class(outputs, targets[0] as usize),
        "event" | "events" => Observation::of_events(outputs, &targets),
        "numbers" => Observation::of_numbers(outputs, &targets),
        _ => panic!("{kind}: no such kind of rows"),
    };
    answer.unwrap().weighted(*weight).unwrap()
}

fn of<M: Metric>(mut metric: M, rows: &[Observation]) -> M::Value {
    rows.iter().for_each(|row| metric.observe(row).unwrap());
    metric.finish()
}

/// The same from the logits of the probabilities.
fn with_logits(rows: &[Observation]) -> Vec<Observation> {
    let logits = |row: &Observation| -> Vec<f64> {
        let of = |&p: &f64| {
            if row.decision().is_ok_and(|_| row.outputs().unwrap().len() > 1) {
                p.ln() + 3.0
            } else {
                p.ln() - (1.0 - p).ln()
            }
        };
        row.outputs().unwrap().iter().map(of).collect()
    };
    rows.iter().map(|row| row.clone().with_logits(&logits(row)).unwrap()).collect()
}

/// The value of a metric of the list, by its file name and a setting, for these rows.
fn measured(metric: &str, rows: &[Observation]) -> Option<f64> {
    let mut words = metric.splitn(2, '.');
    let (name, setting) = (words.next().unwrap(), words.next().unwrap_or_default());
    macro_rules! by_label {
        ($Metric:ident, $field:ident) => {
            match setting {
                "macro" => of($Metric::macro_mean(), rows),
                "micro" => of($Metric::micro_mean(), rows),
                "weighted" => of($Metric::weighted_mean(), rows),
                class => {
                    let class = class.parse().unwrap();
                    let report = of(ClassReport::default(), rows).class(class).unwrap();
                    let alone = of($Metric::of_class(class), rows);
                    assert_eq!(report.$field, alone);
                    alone
                }
            }
        };
    }
    let curve = |number: fn(&RocCurve) -> f64| of(Roc::default(), rows).as_ref().map(number);
    match name {
        "accuracy" => of(Accuracy::default(), rows),
        "balanced_accuracy" => of(BalancedAccuracy::default(), rows),
        "brier" => of(Brier::default(), rows),
        "calibration_error" => of(CalibrationError::with_bins(setting.parse().unwrap()), rows),
        "confusion" => {
            let (actual, chosen) = setting.split_once('.').unwrap();
            let matrix = of(ConfusionMatrix::default(), rows);
            Some(matrix.count(actual.parse().unwrap(), chosen.parse().unwrap()))
        }
        "explained_variance" => of(ExplainedVariance::default(), rows),
        "f1" => by_label!(F1, f1),
        "log_loss" => {
            let probabilities = of(LogLoss::default(), rows);
            if rows.iter().all(|row| row.outputs().unwrap().iter().all(|&p| p > 0.0 && p < 1.0)) {
                let logits = of(LogLoss::default(), &with_logits(rows));
                assert!(near(logits, probabilities), "{logits:?}, not {probabilities:?}");
            }
            probabilities
        }
        "mae" => of(Mae::default(), rows),
        "mape" => of(Mape::default(), rows),
        "matthews" => of(Matthews::default(), rows),
        "median_absolute_error" => of(MedianAbsoluteError::default(), rows),
        "pinball" => of(Pinball::new(setting.parse().unwrap()), rows),
        "pr_auc" => of(PrAuc::default(), rows),
        "precision" => by_label!(Precision, precision),
        "r2" => of(R2::default(), rows),
        "recall" => by_label!(Recall, recall),
        "rmse" => of(Rmse::default(), rows),
        "roc" => match setting {
            "points" => curve(|curve| curve.points.len() as f64),
            "false" => curve(|curve| curve.points.iter().map(|p| p.false_positives).sum()),
            "true" => curve(|curve| curve.points.iter().map(|p| p.true_positives).sum()),
            _ => curve(|curve| curve.points[1..].iter().map(|p| p.threshold).sum()),
        },
        "roc_auc" => of(RocAuc::default(), rows),
        "top_k" => of(TopK::new(setting.parse().unwrap()), rows),
        _ => panic!("{metric}: the fixture has it, this test does not"),
    }
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs().max(1.0),
        (a, b) => a.is_none() && b.is_none(),
    }
}

#[test]
fn every_metric_says_what_scikit_learn_says() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for case in read() {
        assert!(!case.rows.is_empty() && !case.said.is_empty(), "{}: nothing there", case.name);
        for (metric, said) in case.said {
            let found = measured(&metric, &case.rows);
            compared += 1;
            if !near(found, said) {
                wrong.push(format!("{metric} of {}: {found:?}, not {said:?}", case.name));
            }
        }
    }
    assert!(compared > 600, "only {compared} values");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A metric in the list without values in the fixture, and without a reason, is named here.
#[test]
fn every_metric_of_the_list_is_compared() {
    let list = include_str!("../../src/metric/mod.rs").rsplit("metrics! {").next().unwrap();
    let list = list.split('}').next().unwrap();
    let files: BTreeSet<&str> =
        list.split(',').filter_map(|row| row.trim().split_once("::")).map(|row| row.0).collect();
    assert!(files.len() > 20, "the list was not found: {files:?}");
    let cases = read();
    let said = |file: &str| -> BTreeSet<&str> {
        let all = cases.iter().flat_map(|case| &case.said);
        let of = |metric: &str| {
            let name = metric.split('.').next().unwrap();
            let full = match name {
                "confusion" => "confusion_matrix",
                "roc" => "roc_curve",
                name => name,
            };
            full == file
        };
        all.filter(|(metric, said)| said.is_some() && of(metric)).map(|(m, _)| &m[..]).collect()
    };
    for file in &files {
        let reason = NOT_COMPARED.iter().find(|(name, _)| name == file);
        match (said(file).is_empty(), reason) {
            (true, None) => panic!(
                "{file} is not compared with scikit-learn: add it to sklearn/make.py, or a reason \
                 here"
            ),
            (false, Some(_)) => panic!("{file} is compared: take its reason away"),
            _ => {}
        }
    }
    for (name, _) in NOT_COMPARED {
        assert!(files.contains(name), "{name} is not in the list any more");
    }
}
