//! Micro-batches give the bits of whole batches, in combination with every other feature of a
//! training. (Every layer and every network of the gallery, in both float types:
//! `networks/dynamic.rs`.)

use nn::data::WeightedRows;
use nn::loss::cross_entropy;
use nn::prelude::*;
use nn::{Adam, Clip, Float, Model, Sam, Sgd, Show, TapeModel, Tensors, Threads, Trainer};

use crate::shards::{Rows, bits, rows};

network! {
    struct Net {
        hidden: dense(6 -> 40, relu, l2 = 1e-3),
        drop: dropout(0.2),
        output: dense(3, softmax),
    }
    struct Normed(dense(6 -> 8, relu), batch_norm, dense(3, softmax));
}

/// Weights and losses after three epochs of 70 rows in batches of 32, so that the last batch has 6.
macro_rules! trained {
    ($data:expr $(, $set:ident($($to:expr),*))*) => {{
        let mut net = Net::init(1);
        let training = fit(&mut net, $data).epochs(3).batch_size(32).seed(5).show(Show::Nothing);
        let report = training $(.$set($($to),*))* .run().unwrap();
        let losses: Vec<f64> = report.epochs.iter().map(|epoch| epoch.loss).collect();
        (bits(net.flat()), losses)
    }};
}

#[test]
fn any_size_has_the_bits_of_the_batch() {
    let data = rows(1, 70);
    let whole = trained!(&data);
    for (threads, portion) in [(1, 1), (2, 5), (3, 16), (1, 31), (2, 32), (1, 1000)] {
        let threads = Threads::new(threads).for_any_work();
        assert_eq!(trained!(&data, threads(&threads), micro_batches(portion)), whole, "{portion}");
    }
}

#[test]
fn what_else_a_training_has_sees_the_whole_batch() {
    let data = rows(2, 70);
    let weights = (0..70).map(|row| f64::from(row % 5) * 0.7).collect();
    let weighted = WeightedRows::new(&data, weights).unwrap();
    let classes = || cross_entropy().class_weights([0.3, 5.0, 1.1]).label_smoothing(0.1);
    let sam = || Sam::new(0.05, Adam::new(0.01));
    let clip = || Clip::norm(0.2);
    assert_eq!(trained!(&weighted, micro_batches(7)), trained!(&weighted));
    assert_eq!(
        trained!(&data, loss(classes()), micro_batches(9)),
        trained!(&data, loss(classes()))
    );
    assert_eq!(
        trained!(&weighted, loss(classes()), micro_batches(9)),
        trained!(&weighted, loss(classes()))
    );
    assert_eq!(
        trained!(&data, optimizer(sam()), micro_batches(9)),
        trained!(&data, optimizer(sam()))
    );
    assert_eq!(trained!(&data, clip(clip()), micro_batches(9)), trained!(&data, clip(clip())));
    assert_ne!(trained!(&weighted), trained!(&data));
}

/// Also after batches of other sizes, and with batches of a single micro-batch.
#[test]
fn a_gradient_is_that_of_the_batch() {
    fn check<T: Float>(at: impl Fn(&Rows) -> Vec<[T; 6]>) {
        let data = rows(3, 90);
        let (x, t) = (at(&data), data.targets());
        let net = Net::<T>::init(1);
        let mut portions = Trainer::new(Sgd::new(0.1)).micro_batches(8);
        for count in [8, 90, 3, 33, 64] {
            let mut whole = Trainer::new(Sgd::new(0.1));
            let expected = whole.differentiate(&net, &x[..count], &t[..count]).unwrap();
            let found = portions.differentiate(&net, &x[..count], &t[..count]).unwrap();
            assert_eq!(found, expected);
            assert_eq!(portions.gradient(), whole.gradient());
        }
    }
    check(|data| data.inputs().to_vec());
    check(|data| data.inputs().iter().map(|row| row.map(f64::from)).collect());
}

#[test]
fn a_training_goes_on_in_portions_of_another_size() {
    let data = rows(4, 70);
    let directory = std::env::temp_dir().join(format!("nn-micro-{}", std::process::id()));
    let train = |epochs: usize, portion: usize| {
        let mut net = Net::init(1);
        let training = fit(&mut net, &data).epochs(epochs).batch_size(32).seed(5);
        let training = training.checkpoint(&directory).micro_batches(portion);
        training.show(Show::Nothing).run().unwrap();
        bits(net.flat())
    };
    train(1, 3);
    assert_eq!(train(3, 10), trained!(&data).0);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn what_cannot_be_divided_is_refused() {
    let data = rows(5, 20);
    let mut net = Net::init(1);
    let before = bits(net.flat());
    let refused = fit(&mut net, &data).micro_batches(0).run().unwrap_err().to_string();
    assert!(refused.starts_with("micro-batch: found 0 rows, expected at least 1"), "{refused}");
    let both = fit(&mut net, &data).micro_batches(4).shards(4).run().unwrap_err().to_string();
    assert!(both.contains("choose more of them"), "{both}");
    assert_eq!(bits(net.flat()), before);

    let mut normed = Normed::init(1);
    let refused = fit(&mut normed, &data).micro_batches(4).run().unwrap_err().to_string();
    assert!(refused.contains("Normed") && refused.contains("`shards`"), "{refused}");

    let tensors = Tensors::new(1).values("w", &[6, 3], &[0.1; 18]);
    let mut tape = TapeModel::<_, [f32; 6], nn::data::Class<3>>::new(
        tensors,
        |p, x| x.matmul(p["w"]),
        |logits, targets| logits.soft_cross_entropy(targets),
    );
    let refused = fit(&mut tape, &data).micro_batches(4).run().unwrap_err().to_string();
    assert!(refused.contains("`shards`"), "{refused}");
    let mut trainer = Trainer::new(Sgd::new(0.1)).micro_batches(4);
    assert!(trainer.step(&mut tape, data.inputs(), data.targets()).is_err());

    // A batch with fewer targets than rows.
    let mut trainer = Trainer::new(Sgd::new(0.1)).micro_batches(4);
    let refused = trainer.step(&mut net, data.inputs(), &data.targets()[..19]).unwrap_err();
    assert!(refused.to_string().contains("20 inputs and 19 targets"), "{refused}");
}
