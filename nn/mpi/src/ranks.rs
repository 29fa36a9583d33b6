//! The ranks of an MPI job as a [`nn`] collective.

use std::sync::Arc;

use mpi::collective::SystemOperation;
use mpi::point_to_point::send_receive_into;
use mpi::topology::{Communicator as _, SimpleCommunicator};
use mpi::traits::{CommunicatorCollectives as _, Equivalence, Root as _};
use nn::distributed::Collective;

use crate::host;
use crate::watchdog::Watchdog;

/// This rank.
pub(crate) struct Ranks {
    rank: usize,
    size: usize,
    watchdog: Arc<Watchdog>,
}

impl Ranks {
    pub(crate) fn new(rank: usize, size: usize, watchdog: Arc<Watchdog>) -> Self {
        Ranks { rank, size, watchdog }
    }

    fn exchange<T: Equivalence>(&self, partner: usize, send: &[T], receive: &mut [T]) {
        let world = SimpleCommunicator::world();
        let process = world.process_at_rank(partner as i32);
        self.watchdog.wait(partner, || send_receive_into(send, &process, receive, &process));
    }

    fn sum<T: Equivalence + Copy>(&self, numbers: &mut [T]) {
        let own = numbers.to_vec();
        let world = SimpleCommunicator::world();
        // All ranks are waited for; the watchdog gets the next one, the likeliest to be late.
        let next = (self.rank + 1) % self.size;
        self.watchdog
            .wait(next, || world.all_reduce_into(&own[..], numbers, SystemOperation::sum()));
    }
}

impl Collective for Ranks {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn exchange_f32(&self, partner: usize, send: &[f32], receive: &mut [f32]) {
        self.exchange(partner, send, receive);
    }

    fn exchange_f64(&self, partner: usize, send: &[f64], receive: &mut [f64]) {
        self.exchange(partner, send, receive);
    }

    fn exchange_u16(&self, partner: usize, send: &[u16], receive: &mut [u16]) {
        self.exchange(partner, send, receive);
    }

    fn broadcast(&self, root: usize, bytes: &mut [u8]) {
        // The address of an empty slice is 1, which Open MPI takes for `MPI_IN_PLACE`.
        if bytes.is_empty() {
            return;
        }
        let world = SimpleCommunicator::world();
        let process = world.process_at_rank(root as i32);
        self.watchdog.wait(root, || process.broadcast_into(bytes));
    }

    fn barrier(&self) {
        let next = (self.rank + 1) % self.size;
        self.watchdog.wait(next, || SimpleCommunicator::world().barrier());
    }

    fn abort(&self, message: &str) -> ! {
        eprintln!(
            "error: {message} (rank {} of {} on {}; the job ends)",
            self.rank,
            self.size,
            host()
        );
        SimpleCommunicator::world().abort(1)
    }

    fn sum_f32(&self, numbers: &mut [f32]) -> bool {
        self.sum(numbers);
        true
    }

    fn sum_f64(&self, numbers: &mut [f64]) -> bool {
        self.sum(numbers);
        true
    }
}
