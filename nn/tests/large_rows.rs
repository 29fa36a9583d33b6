//! Rows that are larger than the stack.

use std::thread;

use nn::data::{Class, Dataset, Minibatch};
use nn::prelude::*;
use nn::{Row, Sgd, Show, Threads, Trainer};

/// Numbers of a color image; 602 KB.
const PIXELS: usize = 224 * 224 * 3;
/// Enough for calls, but not for a row.
const STACK: usize = 256 * 1024;

network! {
    struct Eye(dense(150_528 -> 2, softmax));
    struct Painter(dense(2 -> 150_528, sigmoid));
}

fn images(rows: usize) -> Dataset<[f32; PIXELS], Class<2>> {
    let mut inputs = <[f32; PIXELS]>::zeroed_rows(rows);
    for (index, x) in <[f32; PIXELS]>::flatten_mut(&mut inputs).iter_mut().enumerate() {
        *x = (index % 97) as f32 / 97.0;
    }
    let labels: Vec<u8> = (0..rows).map(|row| (row % 2) as u8).collect();
    Dataset::new(inputs, Class::from_labels(&labels).unwrap()).unwrap()
}

/// Calls `work` on a thread with a small stack.
fn on_little_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(STACK).spawn(work).unwrap().join().unwrap();
}

#[test]
fn data_sets_are_cut_and_gathered() {
    on_little_stack(|| {
        let data = images(6).take(5);
        let mut batch = Minibatch::new();
        batch.gather(&data, &[4, 0, 2]);
        batch.gather_with(&Threads::new(2), &data, &[1, 4, 0, 2]);
        assert!(batch.inputs()[1] == data.inputs()[4]);
        let copy = data.clone();
        let (first, second) = copy.split(0.6, 1).unwrap();
        assert_eq!((first.len(), second.len()), (3, 2));
        drop(batch.clone());
    });
}

#[test]
fn networks_are_trained_judged_and_asked() {
    on_little_stack(|| {
        let data = images(4);
        let mut eye = Eye::init(1);
        fit(&mut eye, &data).epochs(1).learning_rate(1e-6).show(Show::Nothing).run().unwrap();
        let mut trainer = Trainer::new(Sgd::new(1e-6)).threads(&Threads::new(2).for_any_work());
        trainer.step(&mut eye, data.inputs(), data.targets()).unwrap();
        trainer.differentiate(&eye, data.inputs(), data.targets()).unwrap();
        assert_eq!(eye.predict_batch(data.inputs()).len(), 4);
        assert_eq!(eye.predict(&data.inputs()[1]).len(), 2);
        assert!(eye.evaluate(&data).unwrap().accuracy.is_some());
        eye.self_check(1).unwrap();
    });
}

#[test]
fn outputs_are_as_large_as_they_like() {
    on_little_stack(|| {
        let painter = Painter::init(1);
        let mut outputs = <[f32; PIXELS]>::zeroed_rows(3);
        painter.predict_into(&[[0.5, 1.0]; 3], &mut outputs, &Threads::new(2));
        assert!(outputs[2].iter().all(|p| *p > 0.0 && *p < 1.0));
        let outputs = painter.predict_batch(&[[0.5, 1.0]; 3]);
        assert_eq!(outputs.len(), 3);
    });
}
