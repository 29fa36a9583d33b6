//! A program whose only dependency is `nn`.

#![deny(warnings, missing_debug_implementations)]

mod own_loop;

use nn::autograd::Tape;
use nn::data::{Class, Dataset};
use nn::loss::cross_entropy;
use nn::metric::Accuracy;
use nn::prelude::*;
use nn::tensor::Tensor;
use nn::{AdamW, ErrorKind, Fit, Show, Threads};

network! { pub struct Sign(dense(1 -> 4, tanh), dense(2, softmax)); }

/// A network in a type of one's own.
#[derive(Clone, Debug)]
pub struct Judge {
    /// Shown as its name, its layers and its parameters.
    pub network: Sign,
    /// Rows that it has seen.
    pub seen: usize,
}

fn is_send<T: Send>(_: &T) {}

fn main() -> nn::Result<()> {
    // Data from rows, from columns, and back.
    let data: Dataset<[f32; 1], i64> =
        (-20..=20_i8).map(|x| ([f32::from(x) / 10.0], i64::from(x > 0))).collect();
    let (inputs, labels): (Vec<_>, Vec<_>) = data.into_iter().unzip();
    let data = Dataset::try_from((inputs, Class::from_labels(&labels)?))?;
    assert_eq!(data.get(40), Some((&[2.0], &Class::new(1_u8)?)));
    assert_eq!(data.iter().filter(|(_, class)| class.index() == 1).count(), 20);
    let halves = data.clone().map_inputs(|[x]| [x / 2.0]).map_targets(|class| class.index());
    assert_eq!(halves.get(0), Some((&[-1.0], &0)));

    // Training, with the learning rate behind the optimizer, and somewhere else.
    let mut judge = Judge { network: Sign::init(3), seen: 0 };
    let fit: Fit<'_, Sign, AdamW> = fit(&mut judge.network, &data)
        .optimizer(AdamW::new(1.0))
        .learning_rate(0.05)
        .epochs(30)
        .batch_size(8)
        .show(Show::Nothing);
    is_send(&fit);
    let report = std::thread::scope(|scope| scope.spawn(|| fit.run()).join().expect("no panic"))?;
    judge.seen = data.len() * report.epochs.len();

    // Judging, by all threads and by one.
    let metrics = judge.network.evaluate(&data)?;
    let one = Threads::new(1);
    let smoothed =
        judge.network.evaluation(&data).threads(&one).loss(cross_entropy().label_smoothing(0.1));
    assert!(smoothed.metrics()?.loss > metrics.loss);
    let accuracy = judge.network.evaluation(&data).measure(Accuracy::default())?;
    assert_eq!(accuracy, metrics.accuracy);
    println!("{judge:?}: {metrics}");

    // Classes with names.
    let words = ["minus", "plus"];
    let named: Dataset<_, Class<2>> = Dataset::from_words(vec![[-1.0], [1.0]], &words)?;
    judge.network.name_classes(named.class_names().expect("names"))?;
    let label = judge.network.predict_class(&[1.5])?;
    println!("{label}: class {}", label.class());
    assert_eq!(label, "plus");

    // Errors that a program can tell apart; `unwrap_err` wants `Debug` of a network.
    assert_eq!(Sign::load("no such file").unwrap_err().kind(), ErrorKind::Io);

    // A loop of one's own, in two halves.
    let folder = std::env::temp_dir().join(format!("nn-user-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    own_loop::train::<Sign>(&data, &folder, 5)?;
    let resumed = own_loop::train::<Sign>(&data, &folder, 20)?;
    std::fs::remove_dir_all(&folder).expect("the folder");
    assert!(resumed.evaluate(&data)?.loss < Sign::init(7).evaluate(&data)?.loss);

    // The crates below.
    let tape = Tape::new();
    let x = tape.parameter(Tensor::from([1.0_f32, 2.0]));
    println!("{}", (x * x).sum()?.backward()?.of(x)?);
    Ok(())
}
