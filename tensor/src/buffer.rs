//! Aligned memory for elements, with a free list per thread.
//!
//! A training loop allocates the same few sizes over and over. Fresh memory of that size costs
//! page faults, and to allocate a small tensor takes longer than to compute with it. So the thread
//! that drops the last user of a block retains it for the next allocation of its size: the elements
//! together with their reference count, ready to be shared again.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::float::Float;

/// An owned slice of elements, aligned to 64 bytes (a cache line).
///
/// (If the element's size does not divide 64, the alignment is that of the element. Memory adopted
/// from a vector has the vector's alignment.)
pub struct Buffer<T: 'static> {
    /// No other reference to the block exists; `None` if there are no elements.
    block: Option<Arc<Block<T>>>,
}

/// The immutable buffer of a tensor, shared by its clones.
pub(crate) struct Shared<T: 'static> {
    block: Option<Arc<Block<T>>>,
}

struct Block<T> {
    /// The elements, with padding before and after them.
    memory: Vec<T>,
    start: usize,
    len: usize,
    /// The number of its size class, see [`Class`].
    class: usize,
}

const ALIGNMENT: usize = 64;

impl<T: Float> Buffer<T> {
    /// `len` elements of unspecified value, to be overwritten: the contents of an earlier buffer.
    /// In builds with debug assertions they are NaN, so that a forgotten one is noticed.
    pub fn stale(len: usize) -> Self {
        Self::filled(len, &mut |_| ())
    }

    /// `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        Self::filled(len, &mut |values| values.fill(T::zero()))
    }

    /// A copy of `values`.
    pub fn from_slice(values: &[T]) -> Self {
        Self::filled(values.len(), &mut |to| to.copy_from_slice(values))
    }

    /// Adopts the memory of `values` without copying: it begins where the vector's does, and is
    /// freed when dropped.
    pub(crate) fn adopted(values: Vec<T>) -> Self {
        let len = values.len();
        // Of a class that no thread ever takes from, so that none retains it.
        let block = Block { memory: values, start: 0, len, class: usize::MAX };
        Buffer { block: (len > 0).then(|| Arc::new(block)) }
    }

    /// `len` elements written by `fill`; before that, their values are unspecified. (`dyn`:
    /// hundreds of callers share this code.)
    pub(crate) fn filled(len: usize, fill: &mut dyn FnMut(&mut [T])) -> Self {
        if len == 0 {
            fill(&mut []);
            return Buffer { block: None };
        }
        let class = Class::of(len);
        let mut block = take(class).unwrap_or_else(|| Arc::new(Block::fresh(class)));
        let unshared = alone(&mut block);
        unshared.len = len;
        if cfg!(debug_assertions) {
            unshared.elements_mut().fill(T::nan());
        }
        fill(unshared.elements_mut());
        Buffer { block: Some(block) }
    }

    /// Makes the buffer immutable, so that it can be shared.
    #[inline]
    pub(crate) fn share(mut self) -> Shared<T> {
        Shared { block: self.block.take() }
    }
}

impl<T: Float> Block<T> {
    /// Zeros in newly allocated memory.
    fn fresh(class: Class) -> Self {
        let memory = vec![T::zero(); class.size + slack::<T>()];
        // `align_offset` returns usize::MAX where no offset aligns.
        let offset = memory.as_ptr().align_offset(ALIGNMENT);
        let start = if offset <= slack::<T>() { offset } else { 0 };
        Block { memory, start, len: 0, class: class.number }
    }
}

impl<T> Block<T> {
    #[inline]
    fn elements(&self) -> &[T] {
        &self.memory[self.start..][..self.len]
    }

    #[inline]
    fn elements_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..][..self.len]
    }
}

/// The block of the only reference to it.
#[inline]
fn alone<T>(block: &mut Arc<Block<T>>) -> &mut Block<T> {
    match Arc::get_mut(block) {
        Some(block) => block,
        None => unreachable!("a block is shared only after its buffer is gone"),
    }
}

/// Extra elements of a block, so that an aligned start lies inside.
const fn slack<T>() -> usize {
    match size_of::<T>() {
        0 => 0,
        size => ALIGNMENT / size,
    }
}

/// The size class of a length: the next of 16·2ᵏ·(1, 1¼, 1½, 1¾), so that at most a fifth is wasted
/// and few sizes occur.
#[derive(Clone, Copy)]
struct Class {
    size: usize,
    /// The number of this size.
    number: usize,
}

impl Class {
    #[inline]
    fn of(len: usize) -> Self {
        let step = (len.next_power_of_two() / 8).max(16);
        let steps = len.div_ceil(step); // 1..=8
        let octave = (step / 16).trailing_zeros() as usize;
        Class { size: steps * step, number: octave * 8 + steps - 1 }
    }
}

// ---- free blocks ----

thread_local! {
    static FREE: RefCell<FreeLists> =
        const { RefCell::new(FreeLists { by_type: Vec::new(), bytes: 0 }) };
}

struct FreeLists {
    /// A [`FreeBlocks`] for each type of element: few, so that searching beats hashing.
    by_type: Vec<(TypeId, Box<dyn Any>)>,
    bytes: usize,
}

/// The free blocks of one type, by the number of their class.
type FreeBlocks<T> = Vec<FreeClass<T>>;

struct FreeClass<T> {
    blocks: Vec<Arc<Block<T>>>,
    /// Blocks of this class that this thread has taken and not put back. No more than these are
    /// retained: a thread that only drops the blocks of others would never use them. Counted by
    /// class, since a block serves only its own class.
    owed: usize,
}

impl<T> FreeClass<T> {
    const EMPTY: Self = FreeClass { blocks: Vec::new(), owed: 0 };
}

/// Most bytes that a thread retains; further blocks are freed.
const MOST_KEPT: usize = 256 << 20;

impl FreeLists {
    #[inline(always)] // into its two callers
    fn of<T: 'static>(&mut self) -> Option<&mut FreeBlocks<T>> {
        let id = TypeId::of::<T>();
        let at = match self.by_type.iter().position(|(of, _)| *of == id) {
            Some(at) => at,
            None => {
                self.by_type.push((id, Box::new(FreeBlocks::<T>::new())));
                self.by_type.len() - 1
            }
        };
        self.by_type[at].1.downcast_mut()
    }
}

#[inline]
fn take<T: 'static>(class: Class) -> Option<Arc<Block<T>>> {
    // While the thread ends, its list is gone, and no block can be reused.
    FREE.try_with(|free| {
        let mut free = free.borrow_mut();
        let classes = free.of::<T>()?;
        if classes.len() <= class.number {
            classes.resize_with(class.number + 1, || FreeClass::EMPTY);
        }
        let of_class = &mut classes[class.number];
        of_class.owed += 1;
        let block = of_class.blocks.pop()?;
        free.bytes -= size_of_val(&block.memory[..]);
        Some(block)
    })
    .ok()
    .flatten()
}

#[inline]
fn put_back<T: 'static>(block: &mut Option<Arc<Block<T>>>) {
    let Some(block) = block.take() else { return };
    // No other thread can begin to share a block that only this reference sees. (Two references
    // that are dropped at once may both see the other; then the block is simply freed.)
    if Arc::strong_count(&block) == 1 {
        keep(block);
    }
}

fn keep<T: 'static>(block: Arc<Block<T>>) {
    let bytes = size_of_val(&block.memory[..]);
    // A thread that is ending retains no block.
    let _ = FREE.try_with(|free| {
        let mut free = free.borrow_mut();
        let fits = free.bytes + bytes <= MOST_KEPT;
        // A class that this thread never took from has no entry.
        let Some(of_class) = free.of::<T>().and_then(|classes| classes.get_mut(block.class)) else {
            return;
        };
        let Some(owed) = of_class.owed.checked_sub(1) else { return };
        of_class.owed = owed;
        if fits {
            of_class.blocks.push(block);
            free.bytes += bytes;
        }
    });
}

impl<T: 'static> Drop for Buffer<T> {
    #[inline]
    fn drop(&mut self) {
        put_back(&mut self.block);
    }
}

impl<T: 'static> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        put_back(&mut self.block);
    }
}

// ---- as slices ----

impl<T: 'static> Deref for Buffer<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.block.as_deref().map_or(&[], Block::elements)
    }
}

impl<T: 'static> DerefMut for Buffer<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        self.block.as_mut().map_or(&mut [], |block| alone(block).elements_mut())
    }
}

impl<T: 'static> Deref for Shared<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.block.as_deref().map_or(&[], Block::elements)
    }
}

impl<T: 'static> Shared<T> {
    /// The elements, mutable, if this is the only reference.
    #[inline]
    pub(crate) fn unshared_mut(&mut self) -> Option<&mut [T]> {
        Some(Arc::get_mut(self.block.as_mut()?)?.elements_mut())
    }
}

impl<T: 'static> Clone for Shared<T> {
    /// Another reference to the same memory.
    #[inline]
    fn clone(&self) -> Self {
        Shared { block: self.block.clone() }
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

/// Longer buffers and tensors show only this many elements at each end of an axis.
pub(crate) const EDGE: usize = 3;
/// The most elements that are shown without abbreviation.
pub(crate) const LONG: usize = 1000;

/// The elements in brackets. Long buffers are abbreviated, as tensors are.
impl<T: fmt::Debug + 'static> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len() <= LONG {
            return fmt::Debug::fmt(&self[..], f);
        }
        let (first, rest) = self.split_at(EDGE);
        let (between, last) = rest.split_at(rest.len() - EDGE);
        let between = format_args!("… {} more", between.len());
        f.debug_list().entries(first).entry(&between).entries(last).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_buffer_is_abbreviated_in_debug_output() {
        let mut short = Buffer::<f32>::zeroed(LONG);
        short[1] = 2.5;
        assert_eq!(format!("{short:?}"), format!("{:?}", &short[..]));
        let mut long = Buffer::<f32>::zeroed(LONG + 1);
        (long[2], long[LONG]) = (1.0, -3.0);
        assert_eq!(format!("{long:?}"), "[0.0, 0.0, 1.0, … 995 more, 0.0, 0.0, -3.0]");
    }

    /// One thread makes buffers, another drops them.
    #[test]
    fn a_thread_keeps_no_more_than_it_has_taken() {
        let kept = || FREE.with(|free| free.borrow().bytes);
        let others: Vec<Buffer<f32>> = (0..50).map(|_| Buffer::zeroed(1000)).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                drop(others);
                assert_eq!(kept(), 0);
                drop(Buffer::<f32>::zeroed(1000));
                assert!(kept() >= 4000);
            });
        });
    }

    #[test]
    fn memory_of_others_is_not_kept() {
        let kept = || FREE.with(|free| free.borrow().bytes);
        let values = vec![1.0_f32; 1000];
        let place = values.as_ptr();
        let buffer = Buffer::adopted(values);
        assert_eq!((buffer.as_ptr(), buffer.len()), (place, 1000));
        let before = kept();
        drop(buffer);
        assert_eq!(kept(), before);
        assert!(Buffer::<f32>::adopted(Vec::new()).is_empty());
    }

    /// A stage of a pipeline: it drops a buffer of one size before it takes one of another size.
    #[test]
    fn what_a_thread_takes_is_no_leave_to_keep_other_sizes() {
        let kept = || FREE.with(|free| free.borrow().bytes);
        let others: Vec<Buffer<f32>> = (0..50).map(|_| Buffer::zeroed(1000)).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut addresses = std::collections::HashSet::new();
                for other in others {
                    let own = Buffer::<f32>::zeroed(2000);
                    addresses.insert(own.as_ptr().addr());
                    drop(other);
                    drop(own);
                }
                assert!(kept() < 2 * 2000 * size_of::<f32>(), "{} bytes", kept());
                assert_eq!(addresses.len(), 1, "its own size is used again");
            });
        });
    }

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
    fn classes_are_counted_and_large_enough() {
        let mut before = Class { size: 0, number: 0 };
        for len in (1..3000).chain([100_352, 1 << 40]) {
            let class = Class::of(len);
            assert!(len <= class.size && class.size <= len.next_multiple_of(16) * 5 / 4, "{len}");
            // Another size is another number, and the other way round.
            assert_eq!(
                class.size == before.size,
                class.number == before.number && len > 1,
                "{len}"
            );
            before = class;
        }
    }

    #[test]
    fn what_is_shared_is_used_again_only_after_its_last_user() {
        let shared = Buffer::<f32>::zeroed(555).share();
        let (address, other) = (shared.as_ptr(), shared.clone());
        drop(shared);
        assert_ne!(Buffer::<f32>::zeroed(555).as_ptr(), address);
        assert!(other.iter().all(|&x| x == 0.0));
        drop(other);
        assert_eq!(Buffer::<f32>::stale(555).as_ptr(), address);
    }

    #[test]
    #[cfg(debug_assertions)]
    fn stale_elements_are_seen() {
        assert!(Buffer::<f32>::stale(9).iter().all(|x| x.is_nan()));
    }
}
