//! Local steps: each rank steps alone for a while, then the ranks average their parameters.

use std::convert::Infallible;
use std::ops::ControlFlow;

use tensor::{Buffer, Float};

use super::failure::Failure;
use crate::distributed::{LocalSteps, World};
use crate::error::Result;

/// State of a rank between two averages.
pub(super) struct Local<T: Float> {
    world: World,
    steps: LocalSteps,
    /// Local steps since the last average.
    apart: u64,
    /// Whether an observer of this rank has requested a stop since then.
    stops: bool,
    /// Everything that is averaged, one part after another, with a buffer for the data of another
    /// rank.
    numbers: Buffer<T>,
    received: Buffer<T>,
}

impl<T: Float> Local<T> {
    /// `None` if ranks take no local steps.
    pub(super) fn new(world: &World) -> Option<Self> {
        let steps = world.steps_of_its_own().filter(|_| world.size() > 1)?;
        let (numbers, received) = (Buffer::zeroed(0), Buffer::zeroed(0));
        let world = world.clone();
        Some(Local { world, steps, apart: 0, stops: false, numbers, received })
    }

    /// Number of local steps of this rank since the last average.
    pub(super) fn apart(&self) -> u64 {
        self.apart
    }

    /// Whether the next step is a local one, after the fraction `done` of the training and with
    /// `rows` rows in its batch. Every rank needs a row.
    pub(super) fn is_next(&self, done: f64, rows: usize) -> bool {
        done >= self.steps.from && rows >= self.world.size()
    }

    /// Records a local step, after which an observer may request a stop.
    pub(super) fn stepped(&mut self, flow: ControlFlow<()>) {
        self.apart += 1;
        self.stops |= flow.is_break();
    }

    /// Whether the average is due after step number `step`.
    pub(super) fn is_due(&self, step: u64) -> bool {
        step.is_multiple_of(self.steps.every)
    }

    /// Averages the same parts on every rank, and `loss`. Returns the observers' decision since the
    /// last time.
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

    /// Informs the other ranks, at their next [join](Local::join), why this one cannot continue.
    pub(super) fn refuse(&mut self, failure: Failure) -> Failure {
        let error = failure.saying("found by this rank in a local step");
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
