//! Steps that each rank takes by itself, and the mean of what the ranks then have.

use std::convert::Infallible;
use std::ops::ControlFlow;

use tensor::{Buffer, Float};

use super::failure::Failure;
use crate::distributed::{LocalSteps, World};
use crate::error::Result;

/// Where a rank stands between two means.
pub(super) struct Local<T: Float> {
    world: World,
    steps: LocalSteps,
    /// Steps since the last mean.
    apart: u64,
    /// Whether an observer of this rank has wanted to stop since.
    stops: bool,
    /// Everything of which the mean is taken, one part behind the other; and room for that of another rank.
    numbers: Buffer<T>,
    received: Buffer<T>,
}

impl<T: Float> Local<T> {
    /// `None` where no rank steps by itself.
    pub(super) fn new(world: &World) -> Option<Self> {
        let steps = world.steps_of_its_own().filter(|_| world.size() > 1)?;
        let (numbers, received) = (Buffer::zeroed(0), Buffer::zeroed(0));
        let world = world.clone();
        Some(Local { world, steps, apart: 0, stops: false, numbers, received })
    }

    /// How many steps this rank has taken by itself since the last mean.
    pub(super) fn apart(&self) -> u64 {
        self.apart
    }

    /// Whether each rank takes the next step by itself, after the share `done` of the training and with so many rows in its
    /// batch: every rank needs one.
    pub(super) fn is_next(&self, done: f64, rows: usize) -> bool {
        done >= self.steps.from && rows >= self.world.size()
    }

    /// After a step of this rank's own; an observer may want to stop.
    pub(super) fn stepped(&mut self, flow: ControlFlow<()>) {
        self.apart += 1;
        self.stops |= flow.is_break();
    }

    /// Whether the mean is due after step number `step`.
    pub(super) fn is_due(&self, step: u64) -> bool {
        step.is_multiple_of(self.steps.every)
    }

    /// The same parts on every rank: their means, and that of `loss`. What an observer has wanted since the last time.
    ///
    /// # Errors
    ///
    /// On every rank, if one of them [could not take a step](Local::refuse).
    pub(super) fn join<'p>(
        &mut self,
        parts: impl IntoIterator<Item = &'p mut [T]>,
        loss: &mut f64,
    ) -> Result<ControlFlow<()>>
    where
        T: 'p,
    {
        let [sum, refused] = self.sum([*loss, 0.0])?;
        if refused > 0.0 {
            self.world.agree(Ok(()))?;
        }
        let size = self.world.size() as f64;
        *loss = sum / size;
        let mut parts: Vec<&mut [T]> = parts.into_iter().collect();
        let len = parts.iter().map(|part| part.len()).sum();
        if self.numbers.len() != len {
            self.numbers = Buffer::zeroed(len);
        }
        let mut rest = &mut self.numbers[..];
        for part in &parts {
            let (numbers, others) = rest.split_at_mut(part.len());
            numbers.copy_from_slice(part);
            rest = others;
        }
        self.world.sum(&mut self.numbers, &mut self.received)?;
        let (share, mut rest) = (T::of(1.0 / size), &self.numbers[..]);
        for part in &mut parts {
            let (numbers, others) = rest.split_at(part.len());
            part.iter_mut().zip(numbers).for_each(|(mean, &sum)| *mean = sum * share);
            rest = others;
        }
        self.apart = 0;
        Ok(match std::mem::take(&mut self.stops) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    }

    /// Tells the other ranks, who learn of it when they [join](Local::join), why this one goes no further.
    pub(super) fn refuse(&mut self, failure: Failure) -> Failure {
        let error = failure.saying("this rank found it in a step of its own");
        let told = self.sum([0.0, 1.0]).and_then(|_| self.world.agree::<Infallible>(Err(error)));
        let Err(error) = told;
        Failure::Refused(error)
    }

    /// The sums over all ranks.
    fn sum(&self, numbers: [f64; 2]) -> Result<[f64; 2]> {
        let mut sums = Buffer::from_slice(&numbers);
        self.world.sum(&mut sums, &mut Buffer::zeroed(numbers.len()))?;
        Ok([sums[0], sums[1]])
    }
}
