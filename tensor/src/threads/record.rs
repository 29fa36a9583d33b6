//! Threads that do not exist: the calling one does their work and measures it.
//!
//! On a machine with few cores this shows how the work would be divided on one with many: which
//! sections there are, how long each item takes, and how long all cores together would take.

use std::sync::Mutex;
use std::time::Instant;

use super::pool::{locked, visits};

/// A parallel section that was recorded: the items that are handed out at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Seconds that each item took.
    pub items: Vec<f64>,
    /// 1, or the number of steps in which each item, a stage of a pipeline, takes over from the one
    /// before it.
    pub steps: usize,
}

impl Section {
    /// Seconds that `threads` threads, each on a core of its own, would take if every item took as
    /// long as it did here, and nothing else took any time.
    pub fn seconds(&self, threads: usize) -> f64 {
        if self.steps > 1 { self.of_stages() } else { self.of_items(threads.max(1)) }
    }

    /// Each stage on a thread of its own.
    fn of_stages(&self) -> f64 {
        let mut before = vec![0.0; self.steps];
        for stage in &self.items {
            let mut end = 0.0_f64;
            for before in &mut before {
                end = end.max(*before) + stage / self.steps as f64;
                *before = end;
            }
        }
        before.last().copied().unwrap_or(0.0)
    }

    /// Each thread takes its own items, then those of the others.
    fn of_items(&self, threads: usize) -> f64 {
        let count = self.items.len();
        let mut taken = vec![false; count];
        let mut ends = vec![0.0; threads];
        let mut orders: Vec<_> =
            (0..threads).map(|thread| visits(thread, threads, count)).collect();
        for _ in 0..count {
            // The first thread that is free takes its next item. It finds one: some are left, and
            // every thread visits all.
            let free = (0..threads).min_by(|&a, &b| f64::total_cmp(&ends[a], &ends[b]));
            let free = free.unwrap_or(0);
            if let Some(item) = orders[free].find(|&item| !taken[item]) {
                taken[item] = true;
                ends[free] += self.items[item];
            }
        }
        ends.into_iter().fold(0.0, f64::max)
    }
}

/// What [`Threads::recorded`](super::Threads::recorded) records.
#[derive(Debug, Default)]
pub struct Recording {
    pub(super) threads: usize,
    sections: Mutex<Vec<Section>>,
    /// Held during a section: one inside of an item is a part of it.
    section: Mutex<()>,
}

impl Recording {
    pub(super) fn of(threads: usize) -> Self {
        Recording { threads, ..Recording::default() }
    }

    /// The sections since the last call, in their order.
    pub fn take(&self) -> Vec<Section> {
        std::mem::take(&mut locked(&self.sections))
    }

    /// Does and records all items, `together` at a time; `None` inside of an item.
    pub(super) fn for_each<T>(
        &self,
        items: &mut dyn Iterator<Item = T>,
        steps: usize,
        together: usize,
        work: &dyn Fn(&mut Option<T>),
    ) -> Option<()> {
        let _section = self.section.try_lock().ok()?;
        loop {
            // All are made before the first is done, as for threads that exist.
            let mut slots: Vec<Option<T>> = items.take(together).map(Some).collect();
            let seconds = slots.iter_mut().map(|slot| {
                let start = Instant::now();
                work(slot);
                start.elapsed().as_secs_f64()
            });
            let section = Section { items: seconds.collect(), steps };
            let count = section.items.len();
            if count > 0 {
                locked(&self.sections).push(section);
            }
            if count < together {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Threads;
    use super::*;

    #[test]
    fn the_items_of_sections_are_recorded_and_done() {
        let (threads, recording) = Threads::recorded(8);
        assert_eq!(threads.count(), 8);
        let mut hits = [0; 100];
        threads.for_each(hits.iter_mut(), |hit| {
            threads.for_each(0..3, |_| {});
            *hit += 1;
        });
        assert_eq!(hits, [1; 100]);
        let lengths: Vec<usize> =
            recording.take().iter().map(|section| section.items.len()).collect();
        assert_eq!(lengths, [64, 36]);
        assert!(recording.take().is_empty());
        assert_eq!(threads.worth(false).count(), 1);
    }

    #[test]
    fn items_are_divided_and_stolen() {
        let section = |items: &[f64]| Section { items: items.to_vec(), steps: 1 };
        let even = section(&[1.0; 8]);
        assert_eq!(
            [1, 2, 4, 8, 16].map(|threads| even.seconds(threads)),
            [8.0, 4.0, 2.0, 1.0, 1.0]
        );
        // The second thread has done its items when the first is at its second one, and takes the
        // last of them.
        assert_eq!(section(&[3.0, 1.0, 1.0, 1.0, 1.0, 1.0]).seconds(2), 4.0);
        assert_eq!(section(&[]).seconds(3), 0.0);
    }

    #[test]
    fn a_pipeline_waits_at_both_ends() {
        // Three stages of four steps: (3 + 4 - 1) steps of a quarter.
        let line = Section { items: vec![1.0; 3], steps: 4 };
        assert_eq!(line.seconds(3), 1.5);
    }
}
