//! What a tape for export records: every operation, whether or not it has a gradient.
//!
//! It is separate from the record that the backward pass needs, so that a tape for training does
//! not pay for it.

use std::any::Any;
use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The operation of each result, by the number of the variable.
#[derive(Default)]
pub(crate) struct Trace {
    calls: RefCell<BTreeMap<usize, Traced>>,
}

/// The operation that a variable is an output of.
pub(crate) struct Traced {
    /// All outputs share it.
    pub(crate) operation: Rc<dyn Any>,
    pub(crate) inputs: Vec<usize>,
    /// The mask of a `select`.
    pub(crate) mask: Option<usize>,
    /// The index of the variable among the outputs.
    pub(crate) output: usize,
}

impl Trace {
    /// Adds an operation whose outputs are the variables from `first` on.
    pub(crate) fn add(
        &self,
        first: usize,
        outputs: usize,
        operation: Rc<dyn Any>,
        inputs: &[usize],
    ) {
        let mut calls = self.calls.borrow_mut();
        for output in 0..outputs {
            let (operation, inputs) = (operation.clone(), inputs.to_vec());
            calls.insert(first + output, Traced { operation, inputs, mask: None, output });
        }
    }

    /// Adds the mask of the `select` whose result is `y`.
    pub(crate) fn mask(&self, y: usize, mask: usize) {
        if let Some(call) = self.calls.borrow_mut().get_mut(&y) {
            call.mask = Some(mask);
        }
    }

    pub(crate) fn calls(&self) -> Ref<'_, BTreeMap<usize, Traced>> {
        self.calls.borrow()
    }
}
