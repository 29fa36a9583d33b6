//! A training loop of one's own: micro-batches, clipping, AdamW that spares biases, and resuming.

use std::path::Path;

use nn::data::{Batches, Dataset, Minibatch};
use nn::prelude::*;
use nn::{AdamW, Trainer, TrainerState};

/// Trains up to `steps` steps of four micro-batches each, and goes on from what `folder` holds.
pub(crate) fn train<N: Network<Float = f32>>(
    data: &Dataset<N::Input, N::Target>,
    folder: &Path,
    steps: u64,
) -> nn::Result<N> {
    let (weights, state) = (folder.join("weights.safetensors"), folder.join("state.safetensors"));
    let mut network = if weights.exists() { N::load(&weights)? } else { N::init(7) };
    let mut trainer = Trainer::new(AdamW::new(1e-2).weight_decay(0.1));
    if state.exists() {
        trainer.restore(&network, &TrainerState::load(&state)?)?;
    }
    let (mut batches, mut batch) = (Batches::new(data.len(), 8)?, Minibatch::new());
    let mut mean = vec![0.0; network.parameters().as_slice().len()];
    while trainer.steps() < steps {
        batches.order(trainer.steps(), 7);
        mean.fill(0.0);
        for rows in batches.iter().take(4) {
            batch.gather(data, rows);
            trainer.differentiate(&network, batch.inputs(), batch.targets())?;
            mean.iter_mut().zip(trainer.gradient()).for_each(|(mean, g)| *mean += g / 4.0);
        }
        let norm = mean.iter().map(|g| g * g).sum::<f32>().sqrt();
        mean.iter_mut().for_each(|g| *g /= norm.max(1.0));
        trainer.apply(&mut network, &mean)?;
    }
    network.save(&weights)?;
    trainer.state().save(&state)?;
    Ok(network)
}
