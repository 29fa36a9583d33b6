//! Sections by threads of any number, with panics and with large items.

use std::collections::HashSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::pool::{SLOTS, locked, visits};
use super::*;

#[test]
fn every_item_is_done_once() {
    for count in [0, 1, 2, 3, 8] {
        let threads = Threads::new(count);
        assert_eq!(threads.count(), count.max(1));
        for round in 0..(if cfg!(miri) { 20 } else { 200 }) {
            let mut hits = vec![0; round % 17];
            threads.for_each(hits.iter_mut(), |hit| *hit += 1);
            assert!(hits.iter().all(|&hit| hit == 1), "{count} threads, round {round}");
        }
    }
}

#[test]
fn more_items_than_slots() {
    let mut hits = vec![0; 5 * SLOTS / 2];
    Threads::new(3).for_each(hits.iter_mut(), |hit| *hit += 1);
    assert_eq!(hits, [1; 5 * SLOTS / 2]);
}

/// For any numbers of threads and items, every thread visits every item once, its own part first.
#[test]
fn visits_cover_all_items() {
    for threads in 1..6 {
        for count in (0..20).step_by(if cfg!(miri) { 4 } else { 1 }) {
            let mut firsts = Vec::new();
            for thread in 0..threads {
                let order: Vec<usize> = visits(thread, threads, count).collect();
                assert_eq!(order.iter().collect::<HashSet<_>>().len(), count);
                assert_eq!(order.len(), count);
                firsts.extend(order.first().filter(|_| count >= threads).copied());
            }
            let distinct: HashSet<_> = firsts.iter().collect();
            assert_eq!(distinct.len(), firsts.len(), "{threads} threads, {count} items");
        }
    }
}

#[test]
fn helpers_take_part() {
    let threads = Threads::new(2);
    let seen = Mutex::new(HashSet::new());
    // Each item waits until both threads have come, so one thread alone could not finish.
    threads.for_each(0..2, |_| {
        locked(&seen).insert(std::thread::current().id());
        while locked(&seen).len() < 2 {
            std::thread::yield_now();
        }
    });
    assert_eq!(locked(&seen).len(), 2);
}

#[test]
fn a_section_inside_a_section_is_computed_by_its_caller() {
    let threads = Threads::new(3);
    let sum = AtomicUsize::new(0);
    threads.for_each(0..10, |i| {
        threads.for_each(0..10, |j| {
            sum.fetch_add(i * j, Ordering::Relaxed);
        });
    });
    assert_eq!(sum.into_inner(), 45 * 45);
}

#[test]
fn a_panic_reaches_the_caller_and_the_threads_stay_usable() {
    let threads = Threads::new(2);
    for _ in 0..(if cfg!(miri) { 3 } else { 50 }) {
        let result = catch_unwind(AssertUnwindSafe(|| {
            threads.for_each(0..100, |i| assert!(i != 60, "item {i} fails"));
        }));
        let payload = result.expect_err("the panic must arrive");
        assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some("item 60 fails"));
    }
    let sum = AtomicUsize::new(0);
    threads.for_each(0..100, |i| {
        sum.fetch_add(i, Ordering::Relaxed);
    });
    assert_eq!(sum.into_inner(), 4950);
}

/// With one item per thread, each item waits until all threads have arrived.
fn all_take_part(threads: &Threads) -> bool {
    let seen = Mutex::new(HashSet::new());
    let began = Instant::now();
    threads.for_each(0..threads.count(), |_| {
        locked(&seen).insert(std::thread::current().id());
        while locked(&seen).len() < threads.count() && began.elapsed().as_secs() < 20 {
            std::thread::yield_now();
        }
    });
    locked(&seen).len() == threads.count()
}

#[test]
fn all_threads_take_part_after_a_panic_on_any_of_them() {
    let threads = Threads::new(2);
    assert!(all_take_part(&threads));
    for failing in (0..8).step_by(if cfg!(miri) { 3 } else { 1 }) {
        let result = catch_unwind(AssertUnwindSafe(|| {
            threads.for_each(0..8, |i| assert!(i != failing));
        }));
        assert!(result.is_err());
        assert!(all_take_part(&threads), "after a panic of item {failing}");
    }
}

/// A payload that panics again when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("a payload was dropped");
    }
}

/// Every thread panics with a [`Payload`] in the same section; one of them must arrive.
fn all_panic(threads: &Threads) {
    let came = AtomicUsize::new(0);
    let began = Instant::now();
    threads.for_each(0..threads.count(), |_| {
        came.fetch_add(1, Ordering::Relaxed);
        while came.load(Ordering::Relaxed) < threads.count() && began.elapsed().as_secs() < 20 {
            std::thread::yield_now();
        }
        std::panic::panic_any(Payload);
    });
}

fn catches_payload(section: impl FnOnce()) {
    let payload = catch_unwind(AssertUnwindSafe(section)).expect_err("the panic must arrive");
    assert!(payload.is::<Payload>(), "another panic arrives");
    std::mem::forget(payload);
}

/// Fails, instead of hanging, if `work` has not ended after a while.
fn in_time(work: impl FnOnce() + Send + 'static) {
    let (end, ended) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        work();
        let _ = end.send(());
    });
    let waited = ended.recv_timeout(Duration::from_secs(60));
    assert!(waited != Err(RecvTimeoutError::Timeout), "a section never ended");
    assert!(thread.join().is_ok());
}

#[test]
fn a_payload_that_panics_when_it_is_dropped_stops_nobody() {
    for count in if cfg!(miri) { vec![2, 3] } else { vec![2, 3, 5] } {
        in_time(move || {
            let threads = Threads::new(count);
            for _ in 0..(if cfg!(miri) { 1 } else { 20 }) {
                catches_payload(|| all_panic(&threads));
            }
            assert!(all_take_part(&threads));
        });
    }
}

/// The caller's own panic continues; a helper's is stored in the pool when the pool is dropped.
#[test]
fn a_pool_ends_in_peace_with_the_panic_of_a_helper_in_it() {
    in_time(|| {
        let threads = Threads::new(2);
        catches_payload(|| all_panic(&threads));
        drop(threads);
        // Here the pool is dropped while the caller's panic unwinds.
        catches_payload(|| all_panic(&Threads::new(2)));
    });
}

#[test]
fn threads_that_are_refused_are_done_without() {
    let started = AtomicUsize::new(0);
    let spawn = |most: usize| {
        let started = &started;
        move |name: String, help: Box<dyn FnOnce() + Send>| {
            if started.fetch_add(1, Ordering::Relaxed) >= most {
                return Err(io::Error::other("no more threads"));
            }
            std::thread::Builder::new().name(name).spawn(help)
        }
    };
    for (most, count) in [(0, 1), (1, 2), (2, 3)] {
        started.store(0, Ordering::Relaxed);
        let threads = Threads::with(8, spawn(most));
        assert_eq!(threads.count(), count);
        let mut hits = [0; 100];
        threads.for_each(hits.iter_mut(), |hit| *hit += 1);
        assert_eq!(hits, [1; 100]);
    }
}

#[test]
fn large_items_need_little_stack() {
    fn check<const BYTES: usize>(items: usize) {
        let work = move || {
            let done = AtomicUsize::new(0);
            let threads = Threads::new(2);
            let items = (0..items).map(|item| [item as u8; BYTES]);
            threads.for_each(items, |item| {
                done.fetch_add(usize::from(item[BYTES / 2]) + 1, Ordering::Relaxed);
            });
            done.into_inner()
        };
        let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap();
        assert_eq!(thread.join().unwrap(), (0..items).map(|item| item + 1).sum());
    }
    check::<100>(200);
    check::<2_000>(200);
    check::<10_000>(200);
    check::<40_000>(3);
    check::<100_000>(3);
}

#[test]
fn sleeping_helpers_wake_up() {
    let threads = Threads::new(2);
    for _ in 0..5 {
        std::thread::sleep(Duration::from_millis(2));
        let mut hits = [0; 64];
        threads.for_each(hits.iter_mut(), |hit| *hit += 1);
        assert_eq!(hits, [1; 64]);
    }
}
