//! The gradient near the parameters, for a rule that asks for it.

use num_traits::Float as _;
use tensor::{Buffer, Float as _};

use super::Trainer;
use super::clip::norm;
use super::failure::Failure;
use super::model::{Batch, Model};
use crate::optim::{Ascent, Optimizer};
use crate::parameters::combine;

/// Added to a length, so that a gradient of zeros leads nowhere.
const SHORTEST: f64 = 1e-12;

impl<M: Model, O: Optimizer<M::Float>> Trainer<M, O> {
    /// Puts the gradient of the batch at the place that `ascent` says in the place of that at the parameters, which is there.
    pub(super) fn climb(
        &mut self,
        model: &mut M,
        batch: Batch<'_, M>,
        ascent: Ascent,
    ) -> std::result::Result<(), Failure> {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        // What is frozen stays, and does not count in the length.
        let frozen = memory.tensors.iter().filter(|tensor| !tensor.trained);
        frozen.for_each(|tensor| self.gradient[tensor.range()].fill(M::Float::of(0.0)));
        let original = Buffer::from_slice(model.flat());
        let length = match ascent.is_adaptive {
            false => norm(&self.gradient),
            true => {
                let mut scaled = Buffer::from_slice(&original);
                combine(&mut scaled, &self.gradient, |p, g| p * g);
                norm(&scaled)
            }
        };
        if !length.is_finite() {
            let what = "length of the gradient".into();
            let found = format!("{length} at step {}", self.steps + 1);
            return Err(Failure::Diverged { what, found, written: false });
        }
        // What follows the batches by itself follows the first pass, at the parameters themselves.
        if std::mem::take(&mut self.has_state_to_come) {
            memory.update_state(model, &mut self.workspace);
        }
        let after = Buffer::from_slice(model.flat());
        let scale = M::Float::of(ascent.radius / (length + SHORTEST));
        combine(model.flat_mut(), &self.gradient, |p, g| {
            let toward = if ascent.is_adaptive { p * p * g } else { g };
            toward.mul_add(scale, p)
        });
        match self.pass(model, batch) {
            Ok(_) => {
                self.compute_gradient(model, batch);
                model.flat_mut().copy_from_slice(&after);
            }
            Err(failure) => {
                model.flat_mut().copy_from_slice(&original);
                return Err(failure.of("sam"));
            }
        }
        self.has_state_to_come = false;
        Ok(())
    }
}
