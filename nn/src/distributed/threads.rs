//! Ranks that are threads of one process, for experiments and tests of what several processes do.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex, PoisonError};

use super::{Collective, World};

/// A message: numbers of any type.
type Message = Box<dyn Any + Send>;

/// One of the ranks.
struct Rank {
    rank: usize,
    /// Senders to every rank.
    to: Vec<Sender<Message>>,
    /// Receivers from every rank.
    from: Vec<Mutex<Receiver<Message>>>,
    barrier: Arc<Barrier>,
}

/// Runs `work` on `size` ranks, each a thread with its own [`World`], and returns their results in
/// order.
///
/// ```
/// use nn::data::Dataset;
/// use nn::prelude::*;
/// use nn::{Show, distributed::threads};
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// let data: Dataset<[f32; 1], [f32; 1]> =
///     (0..16).map(|i| i as f32).map(|x| ([x / 16.0], [x])).collect();
/// let trained = threads::run(2, |world| {
///     let mut line = Line::init(1);
///     fit(&mut line, &data).distributed(&world).show(Show::Nothing).run().unwrap();
///     line
/// });
/// assert_eq!(trained[0].parameters(), trained[1].parameters());
/// ```
///
/// # Panics
///
/// If one of the ranks does. The others then panic as soon as they wait for it.
pub fn run<R: Send>(size: usize, work: impl Fn(World) -> R + Sync) -> Vec<R> {
    let mut to: Vec<Vec<Sender<Message>>> = (0..size).map(|_| Vec::new()).collect();
    let barrier = Arc::new(Barrier::new(size));
    let mut ranks: Vec<Rank> = Vec::with_capacity(size);
    for rank in 0..size {
        let mut from = Vec::with_capacity(size);
        for senders in &mut to {
            let (sender, receiver) = channel();
            senders.push(sender);
            from.push(Mutex::new(receiver));
        }
        ranks.push(Rank { rank, to: Vec::new(), from, barrier: Arc::clone(&barrier) });
    }
    for (rank, to) in ranks.iter_mut().zip(to) {
        rank.to = to;
    }
    let work = &work;
    std::thread::scope(|scope| {
        let spawn = |rank| scope.spawn(move || work(World::new(rank)));
        let handles: Vec<_> = ranks.into_iter().map(spawn).collect();
        let results: Vec<_> = handles.into_iter().map(|handle| handle.join()).collect();
        let each =
            results.into_iter().map(|result| result.unwrap_or_else(|panic| resume_unwind(panic)));
        each.collect()
    })
}

impl Rank {
    fn send<T: Copy + Send + 'static>(&self, to: usize, numbers: &[T]) {
        if self.to[to].send(Box::new(numbers.to_vec())).is_err() {
            panic!("rank {}: rank {to} has ended", self.rank);
        }
    }

    fn receive<T: Copy + Send + 'static>(&self, from: usize, numbers: &mut [T]) {
        let receiver = self.from[from].lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(message) = receiver.recv() else {
            panic!("rank {}: rank {from} has ended", self.rank);
        };
        match message.downcast::<Vec<T>>() {
            Ok(message) if message.len() == numbers.len() => numbers.copy_from_slice(&message),
            _ => {
                panic!("rank {}: rank {from} has sent an unexpected message", self.rank)
            }
        }
    }
}

impl Collective for Rank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn exchange_f32(&self, partner: usize, send: &[f32], receive: &mut [f32]) {
        self.send(partner, send);
        self.receive(partner, receive);
    }

    fn exchange_f64(&self, partner: usize, send: &[f64], receive: &mut [f64]) {
        self.send(partner, send);
        self.receive(partner, receive);
    }

    fn exchange_u16(&self, partner: usize, send: &[u16], receive: &mut [u16]) {
        self.send(partner, send);
        self.receive(partner, receive);
    }

    fn broadcast(&self, root: usize, bytes: &mut [u8]) {
        match self.rank == root {
            true => (0..self.size()).filter(|&to| to != root).for_each(|to| self.send(to, bytes)),
            false => self.receive(root, bytes),
        }
    }

    fn barrier(&self) {
        self.barrier.wait();
    }

    fn abort(&self, message: &str) -> ! {
        panic!("rank {}: {message}", self.rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_a_rank_that_has_ended_ends() {
        let ended = std::panic::catch_unwind(|| {
            run(2, |world| {
                let mut byte = [0];
                if world.is_first() {
                    panic!("on purpose");
                }
                world.collective.broadcast(0, &mut byte);
            })
        });
        assert_eq!(ended.unwrap_err().downcast_ref::<&str>(), Some(&"on purpose"));
    }

    #[test]
    fn all_have_the_bytes_of_one() {
        let found = run(3, |world| {
            let mut bytes = [world.rank() as u8; 4];
            world.collective.broadcast(1, &mut bytes);
            world.barrier();
            bytes
        });
        assert_eq!(found, [[1; 4]; 3]);
    }
}
