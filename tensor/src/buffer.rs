//! Memory for elements: aligned, and used again.
//!
//! A training loop asks for the same few sizes over and over, and fresh memory of that size costs
//! page faults. So a dropped buffer is kept, by the thread that drops it, for the next of its size.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::float::Float;

/// A slice of elements that begins at a multiple of 64 bytes, a cache line.
///
/// (Where the element's size does not divide 64, the alignment is that of the element.)
pub struct Buffer<T: 'static> {
    /// The elements, and some before and after them.
    memory: Vec<T>,
    start: usize,
    len: usize,
}

const ALIGNMENT: usize = 64;

impl<T: Float> Buffer<T> {
    /// `len` elements of unspecified value, to be overwritten: what an earlier buffer left behind.
    /// In builds with debug assertions they are NaN, so that a forgotten one is seen.
    pub fn stale(len: usize) -> Self {
        let mut buffer = Self::recycled(len).unwrap_or_else(|| Self::fresh(len));
        if cfg!(debug_assertions) {
            buffer.fill(T::nan());
        }
        buffer
    }

    /// `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        match Self::recycled(len) {
            Some(mut buffer) => {
                buffer.fill(T::zero());
                buffer
            }
            None => Self::fresh(len),
        }
    }

    /// The elements of `values`, copied.
    pub fn from_slice(values: &[T]) -> Self {
        let mut buffer = Self::recycled(values.len()).unwrap_or_else(|| Self::fresh(values.len()));
        buffer.copy_from_slice(values);
        buffer
    }

    /// `len` zeros in memory that no buffer had before.
    fn fresh(len: usize) -> Self {
        if len == 0 {
            return Buffer { memory: Vec::new(), start: 0, len: 0 };
        }
        let memory = vec![T::zero(); class_size(len) + slack::<T>()];
        // `align_offset` answers usize::MAX where no offset aligns.
        let offset = memory.as_ptr().align_offset(ALIGNMENT);
        let start = if offset <= slack::<T>() { offset } else { 0 };
        Buffer { memory, start, len }
    }

    fn recycled(len: usize) -> Option<Self> {
        if len == 0 {
            return None;
        }
        // The thread's list is gone while the thread ends; then there is nothing to reuse.
        let (memory, start) =
            FREE.try_with(|free| free.borrow_mut().take::<T>(class_size(len))).ok().flatten()?;
        Some(Buffer { memory, start, len })
    }
}

impl<T: 'static> Drop for Buffer<T> {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        if memory.capacity() > 0 {
            let start = self.start;
            // Nothing is kept by a thread that is ending.
            let _ = FREE.try_with(|free| {
                if let Ok(mut free) = free.try_borrow_mut() {
                    free.put(memory, start);
                }
            });
        }
    }
}

/// Elements that a block may be longer than asked for, so that an aligned start lies inside.
const fn slack<T>() -> usize {
    match size_of::<T>() {
        0 => 0,
        size => ALIGNMENT / size,
    }
}

/// The size of the blocks that serve `len` elements: the next of 16·2ᵏ·(1, 1¼, 1½, 1¾), so that at most a
/// fifth is wasted and few sizes occur.
fn class_size(len: usize) -> usize {
    let step = (len.next_power_of_two() / 8).max(16);
    len.next_multiple_of(step)
}

thread_local! {
    static FREE: RefCell<FreeList> = RefCell::new(FreeList::default());
}

/// Blocks that nobody uses, by element type and size.
#[derive(Default)]
struct FreeList {
    blocks: HashMap<(TypeId, usize), Box<dyn Any>>,
    bytes: usize,
}

/// Bytes that a thread keeps at most; what comes beyond is given back to the system.
const MOST_KEPT: usize = 256 << 20;

impl FreeList {
    fn take<T: 'static>(&mut self, class: usize) -> Option<(Vec<T>, usize)> {
        let blocks = self.blocks.get_mut(&(TypeId::of::<T>(), class))?;
        let block = blocks.downcast_mut::<Vec<(Vec<T>, usize)>>()?.pop()?;
        self.bytes -= size_of_val(&block.0[..]);
        Some(block)
    }

    fn put<T: 'static>(&mut self, memory: Vec<T>, start: usize) {
        let bytes = size_of_val(&memory[..]);
        if self.bytes + bytes > MOST_KEPT {
            return;
        }
        let class = memory.len() - slack::<T>();
        let blocks = self
            .blocks
            .entry((TypeId::of::<T>(), class))
            .or_insert_with(|| Box::new(Vec::<(Vec<T>, usize)>::new()));
        if let Some(blocks) = blocks.downcast_mut::<Vec<(Vec<T>, usize)>>() {
            blocks.push((memory, start));
            self.bytes += bytes;
        }
    }
}

impl<T: 'static> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.memory[self.start..self.start + self.len]
    }
}

impl<T: 'static> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..self.start + self.len]
    }
}

impl<T: Float> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Buffer::from_slice(self)
    }
}

impl<T: Float> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self[..], f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_aligned_zeroed_and_as_long_as_asked_for() {
        for len in [0, 1, 15, 16, 17, 1000, 100_352] {
            let buffer = Buffer::<f32>::zeroed(len);
            assert_eq!((buffer.len(), buffer.iter().any(|&x| x != 0.0)), (len, false));
            assert!(len == 0 || buffer.as_ptr().addr().is_multiple_of(ALIGNMENT), "{len}");
            let double = Buffer::<f64>::from_slice(&vec![1.5; len]);
            assert!(double.iter().all(|&x| x == 1.5) && double.len() == len);
            assert!(len == 0 || double.as_ptr().addr().is_multiple_of(ALIGNMENT), "{len}");
        }
    }

    #[test]
    fn memory_is_used_again_for_the_same_size_and_type_alone() {
        let mut first = Buffer::<f32>::zeroed(777);
        first.fill(3.0);
        let address = first.as_ptr();
        drop(first);
        let other = Buffer::<f64>::zeroed(777);
        assert_ne!(other.as_ptr().cast(), address);
        let again = Buffer::<f32>::zeroed(770); // the same class
        assert_eq!(again.as_ptr(), address);
        assert!(again.iter().all(|&x| x == 0.0) && again.len() == 770);
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let block = MOST_KEPT / size_of::<f32>() / 3;
        drop([(); 4].map(|()| Buffer::<f32>::zeroed(block)));
        FREE.with(|free| assert!(free.borrow().bytes <= MOST_KEPT));
    }

    #[test]
    #[cfg(debug_assertions)]
    fn stale_elements_are_seen() {
        assert!(Buffer::<f32>::stale(9).iter().all(|x| x.is_nan()));
    }
}
