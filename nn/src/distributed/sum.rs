//! Sums over all ranks in the order of a binary tree.

use std::any::Any;
use std::ops::Range;

use tensor::simd::vectorize;
use tensor::{Buffer, Float};

use super::Collective;
use crate::error::{Error, Result};

/// From this many bytes on, four ranks or more add in halves: below it the number of messages
/// dominates, above it the number of bytes.
const LONG: usize = 32 * 1024;
/// An upper bound on the number of halvings.
const MOST_HALVINGS: usize = usize::BITS as usize;

/// Number types that a [`Collective`] can send.
trait Passed: Float {
    fn exchange(collective: &dyn Collective, partner: usize, send: &[Self], receive: &mut [Self]);
    fn sum(collective: &dyn Collective, numbers: &mut [Self]) -> bool;
}

impl Passed for f32 {
    fn exchange(collective: &dyn Collective, partner: usize, send: &[f32], receive: &mut [f32]) {
        collective.exchange_f32(partner, send, receive);
    }

    fn sum(collective: &dyn Collective, numbers: &mut [f32]) -> bool {
        collective.sum_f32(numbers)
    }
}

impl Passed for f64 {
    fn exchange(collective: &dyn Collective, partner: usize, send: &[f64], receive: &mut [f64]) {
        collective.exchange_f64(partner, send, receive);
    }

    fn sum(collective: &dyn Collective, numbers: &mut [f64]) -> bool {
        collective.sum_f64(numbers)
    }
}

/// [`World::sum`](super::World::sum) for number types that can be sent.
pub(super) fn sum<T: Float>(
    collective: &dyn Collective,
    sums: &mut Buffer<T>,
    received: &mut Buffer<T>,
    by_engine: bool,
) -> Result<()> {
    let (any, room): (&mut dyn Any, &mut dyn Any) = (sums, received);
    if let (Some(sums), Some(received)) = (any.downcast_mut(), room.downcast_mut()) {
        sum_passed::<f32>(collective, sums, received, by_engine);
        return Ok(());
    }
    if let (Some(sums), Some(received)) = (any.downcast_mut(), room.downcast_mut()) {
        sum_passed::<f64>(collective, sums, received, by_engine);
        return Ok(());
    }
    Err(Error::value(
        "float type of a model that several ranks train",
        std::any::type_name::<T>(),
        "f32 or f64",
        "train it on one rank",
    ))
}

fn sum_passed<T: Passed>(
    collective: &dyn Collective,
    sums: &mut Buffer<T>,
    received: &mut Buffer<T>,
    by_engine: bool,
) {
    let is_long = size_of_val(&sums[..]) >= LONG && collective.size() >= 4;
    if by_engine && T::sum(collective, sums) {
        return;
    }
    match is_long {
        true => by_halves(collective, sums, received, |partner, sums, part, room| {
            T::exchange(collective, partner, &sums[part], room);
        }),
        false => whole(collective, sums, received),
    }
}

/// Each pair of subtrees exchanges all its sums.
fn whole<T: Passed>(collective: &dyn Collective, sums: &mut [T], received: &mut [T]) {
    let (rank, received) = (collective.rank(), &mut received[..sums.len()]);
    for partner in partners(rank, collective.size()) {
        T::exchange(collective, partner, sums, received);
        add(sums, received);
    }
}

/// Of each pair of subtrees one adds the first half, the other the second; then the halves are put
/// together again, in reverse order. `exchange` sends numbers to a partner, which it may round, and
/// receives as many as the buffer holds.
pub(super) fn by_halves<T: Float>(
    collective: &dyn Collective,
    sums: &mut [T],
    received: &mut [T],
    mut exchange: impl FnMut(usize, &mut [T], Range<usize>, &mut [T]),
) {
    let (rank, mut own) = (collective.rank(), 0..sums.len());
    let mut halvings: [(Range<usize>, Range<usize>); MOST_HALVINGS] =
        std::array::from_fn(|_| (0..0, 0..0));
    let mut count = 0;
    for partner in partners(rank, collective.size()) {
        let middle = own.start + own.len() / 2;
        let (first, second) = (own.start..middle, middle..own.end);
        let (kept, given) = if rank < partner { (first, second) } else { (second, first) };
        let room = &mut received[..kept.len()];
        exchange(partner, sums, given.clone(), room);
        add(&mut sums[kept.clone()], room);
        own = kept.clone();
        halvings[count] = (kept, given);
        count += 1;
    }
    for (place, (kept, given)) in halvings[..count].iter().enumerate().rev() {
        let room = &mut received[..given.len()];
        exchange(rank ^ (1 << place), sums, kept.clone(), room);
        sums[given.clone()].copy_from_slice(room);
    }
}

/// The ranks with which rank `rank` of `size` adds, in order.
fn partners(rank: usize, size: usize) -> impl Iterator<Item = usize> {
    (0..size.ilog2()).map(move |place| rank ^ (1 << place))
}

/// sums ← sums + others
fn add<T: Float>(sums: &mut [T], others: &[T]) {
    vectorize(|| sums.iter_mut().zip(others).for_each(|(sum, &other)| *sum = *sum + other));
}

#[cfg(test)]
mod tests {
    use super::super::threads;
    use super::*;

    /// The same tree, written as a recursion.
    fn tree(leaves: &[Vec<f32>]) -> Vec<f32> {
        match leaves {
            [leaf] => leaf.clone(),
            leaves => {
                let (left, right) = leaves.split_at(leaves.len() / 2);
                tree(left).iter().zip(tree(right)).map(|(a, b)| a + b).collect()
            }
        }
    }

    #[test]
    fn every_rank_has_the_sum_of_the_tree() {
        for len in [1, 2, 3, 7, 1001, LONG / 4, LONG / 4 + 5, LONG] {
            for size in [1, 2, 4, 8, 16] {
                let leaf = |rank: usize| {
                    let number = |i: usize| ((i * 31 + rank * 17) % 101) as f32 / 7.3 - 5.0;
                    (0..len).map(number).collect::<Vec<f32>>()
                };
                let wanted = tree(&(0..size).map(leaf).collect::<Vec<_>>());
                let found = threads::run(size, |world| {
                    let mut sums = Buffer::from_slice(&leaf(world.rank()));
                    let mut received = Buffer::zeroed(0);
                    world.sum(&mut sums, &mut received).unwrap();
                    sums.to_vec()
                });
                for sums in found {
                    assert!(
                        sums.iter().zip(&wanted).all(|(a, b)| a.to_bits() == b.to_bits()),
                        "{len} numbers, {size} ranks"
                    );
                }
            }
        }
    }
}
