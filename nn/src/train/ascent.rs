//! The gradient at a point near the parameters, for optimizers such as SAM.

use tensor::threads::Threads;
use tensor::{Buffer, Float};

use super::Trainer;
use super::clip::norm;
use super::failure::Failure;
use super::memory::Memory;
use super::model::{Batch, Model};
use crate::optim::{Ascent, Optimizer};
use crate::parameters::combine;

/// Added to the norm, so that a gradient of zeros moves nothing.
const SHORTEST: f64 = 1e-12;

impl<M: Model, O: Optimizer<M::Float>> Trainer<M, O> {
    /// Replaces the gradient at the parameters, already computed, with the gradient of the batch at
    /// the point given by `ascent`.
    pub(super) fn climb(
        &mut self,
        model: &mut M,
        batch: Batch<'_, M>,
        rows: usize,
        ascent: Ascent,
    ) -> Result<(), Failure> {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        let original = Buffer::from_slice(model.flat());
        let gradient = &mut self.gradient[..memory.len];
        let scale = scale(ascent, memory, gradient, &original, self.steps, &self.threads)?;
        // Running state follows the first pass, at the parameters themselves.
        if std::mem::take(&mut self.has_state_to_come) {
            memory.update_state(model, &mut self.workspace, &mut self.shards, &self.threads);
        }
        let after = Buffer::from_slice(model.flat());
        step_out(ascent, scale, &self.gradient[..memory.len], model.flat_mut());
        match self.pass(model, batch, rows) {
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

// Not generic over models and optimizers, so that it is compiled once.

/// The factor on the gradient that gives the step the length in `ascent`. Frozen parameters do not
/// move, and do not count in the norm.
fn scale<T: Float>(
    ascent: Ascent,
    memory: &Memory<T>,
    gradient: &mut [T],
    parameters: &[T],
    steps: u64,
    threads: &Threads,
) -> Result<T, Failure> {
    let frozen = memory.tensors.iter().filter(|tensor| !tensor.trained);
    frozen.for_each(|tensor| gradient[tensor.range()].fill(T::of(0.0)));
    let length = match ascent.is_adaptive {
        false => norm(gradient, threads),
        true => {
            let mut scaled = Buffer::from_slice(parameters);
            combine(&mut scaled, gradient, |p, g| p * g);
            norm(&scaled, threads)
        }
    };
    if !length.is_finite() {
        let what = "norm of the gradient".into();
        let found = format!("{length} at step {}", steps + 1);
        return Err(Failure::Diverged { what, found, written: false });
    }
    Ok(T::of(ascent.radius / (length + SHORTEST)))
}

/// Moves the parameters along the gradient.
fn step_out<T: Float>(ascent: Ascent, scale: T, gradient: &[T], parameters: &mut [T]) {
    combine(parameters, gradient, move |p, g| {
        let toward = if ascent.is_adaptive { p * p * g } else { g };
        toward.mul_add(scale, p)
    });
}
