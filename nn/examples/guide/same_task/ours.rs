//! The task of every file in this folder: images of ten classes in memory; 784-128-10 with dropout
//! 0.1; AdamW with warm-up, then a cosine schedule; gradients clipped to a norm of 1; early
//! stopping after five epochs without improvement, returning the best network; a checkpoint after
//! each epoch, from which the next call resumes; the accuracy on a test set at the end.

use std::path::Path;

use nn::data::{Class, Source};
use nn::prelude::*;
use nn::{AdamW, Clip, Result, schedule};

network! { struct Model(dense(784 -> 128, relu), dropout(0.1), dense(10, softmax)); }

type Images<'d> = &'d dyn Source<[f32; 784], Class<10>>;

pub(crate) fn train(
    train: Images<'_>,
    validation: Images<'_>,
    test: Images<'_>,
    run: &Path,
) -> Result<Option<f64>> {
    let mut model = Model::init(1);
    fit(&mut model, train)
        .validation(validation)
        .optimizer(AdamW::new(1e-3))
        .schedule(schedule::warm_up(0.1, schedule::cosine))
        .clip(Clip::norm(1.0))
        .epochs(30)
        .early_stopping(5)
        .checkpoint(run)
        .run()?;
    Ok(model.evaluate(test)?.accuracy)
}
