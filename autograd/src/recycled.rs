//! Containers that return to a pool of their thread when they are dropped.
//!
//! With this pool and the buffers of `tensor`, a step that is recorded repeatedly allocates no
//! memory after the first time, whether the tape is cleared or newly created.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// A container that can be emptied without freeing its memory.
pub(crate) trait Container: Default + 'static {
    fn empty(&mut self);
}

impl<E: 'static> Container for Vec<E> {
    fn empty(&mut self) {
        self.clear();
    }
}

/// A container that returns to its thread's pool when it is dropped.
pub(crate) struct Recycled<C: Container>(C);

/// Maximum number of containers of a type in a thread's pool.
const MOST_KEPT: usize = 4;

thread_local! {
    /// A `Vec<C>` for each type of container C. There are few, so that searching beats hashing.
    static FREE: RefCell<Vec<(TypeId, Box<dyn Any>)>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` with the thread's pool of this type; `None` while the thread ends.
fn with_free<C: Container, R>(f: impl FnOnce(&mut Vec<C>) -> R) -> Option<R> {
    let search = |free: &RefCell<Vec<(TypeId, Box<dyn Any>)>>| {
        let mut free = free.borrow_mut();
        let id = TypeId::of::<C>();
        let at = match free.iter().position(|(of, _)| *of == id) {
            Some(at) => at,
            None => {
                free.push((id, Box::new(Vec::<C>::with_capacity(MOST_KEPT))));
                free.len() - 1
            }
        };
        free[at].1.downcast_mut().map(f)
    };
    FREE.try_with(search).ok().flatten()
}

impl<C: Container> Default for Recycled<C> {
    /// Returns an empty container, from the pool if it has one.
    fn default() -> Self {
        Recycled(with_free(Vec::pop).flatten().unwrap_or_default())
    }
}

impl<C: Container> Drop for Recycled<C> {
    fn drop(&mut self) {
        let mut container = std::mem::take(&mut self.0);
        // Before the pool is borrowed: the elements dropped here may contain such containers.
        container.empty();
        with_free(|free| {
            if free.len() < MOST_KEPT {
                free.push(container);
            }
        });
    }
}

impl<C: Container> Deref for Recycled<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C: Container> DerefMut for Recycled<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.0
    }
}

impl<E: Clone + 'static> Clone for Recycled<Vec<E>> {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.extend_from_slice(self);
        copy
    }
}
