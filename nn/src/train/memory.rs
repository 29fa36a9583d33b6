//! The optimizer's state for a model.

use std::ops::Range;

use tensor::threads::Threads;
use tensor::{Buffer, Float};

use super::groups::Groups;
use super::model::Model;
use super::shards::{Shards, state_of};
use crate::error::{Error, Result};
use crate::optim::{MOST_MEMORY, Optimizer};
use crate::parameters::{NamedTensor, TensorKind, all_finite};

/// The tensors of a model, and the optimizer's state for their elements.
pub(super) struct Memory<T: Float> {
    pub(super) tensors: Vec<NamedTensor>,
    /// The factor on the weight decay of each tensor, without the current schedule.
    decays: Vec<f64>,
    /// The current factor on all of them.
    decay: f64,
    /// Whether some tensors are trained differently from others.
    pub(super) has_groups: bool,
    /// Ranges of the state of frozen layers, with buffers to restore it.
    pub(super) frozen: Vec<(Range<usize>, Buffer<T>)>,
    /// Ranges of the state that follows the batches, such as running means.
    pub(super) kept: Vec<Range<usize>>,
    /// Ranges of everything that is not trained.
    pub(super) state: Vec<Range<usize>>,
    /// Each as long as the flat parameters; empty for slots that the optimizer does not use.
    pub(super) slots: [Buffer<T>; MOST_MEMORY],
    /// Number of flat parameters.
    pub(super) len: usize,
}

impl<T: Float> Memory<T> {
    /// Allocates zeros for each value of the optimizer's state.
    ///
    /// # Errors
    ///
    /// If the model's tensors are not consecutive parts of its flat parameters, or the groups do
    /// not fit them.
    pub(super) fn of<M, O>(model: &M, groups: &Groups) -> Result<Self>
    where
        M: Model<Float = T>,
        O: Optimizer<T>,
    {
        let mut tensors = model.tensors();
        let len = model.flat().len();
        check_places(&tensors, len)?;
        let frozen = groups.apply(&mut tensors, O::NAME, O::DECAYS)?;
        Ok(Self::zeroed(tensors, len, O::MEMORY.len(), &frozen, !groups.is_empty()))
    }

    /// `slots` zeros for each of `len` parameters, which belong to these tensors. (Not generic over
    /// models and optimizers, so that it is compiled once.)
    fn zeroed(
        tensors: Vec<NamedTensor>,
        len: usize,
        slots: usize,
        frozen: &[usize],
        are_named: bool,
    ) -> Self {
        let of_slot = |slot| if slot < slots { len } else { 0 };
        let slots = std::array::from_fn(|slot| Buffer::zeroed(of_slot(slot)));
        let frozen = frozen.iter().map(|&at| &tensors[at]);
        let frozen = frozen.filter(|tensor| tensor.kind == TensorKind::State);
        let frozen = frozen.map(NamedTensor::range);
        let frozen = frozen.map(|range| (range.clone(), Buffer::zeroed(range.len())));
        let frozen = frozen.collect();
        let is_usual = |tensor: &NamedTensor| tensor.rate == 1.0 && tensor.decay == 1.0;
        let has_groups = are_named || !tensors.iter().all(is_usual);
        let state = tensors.iter().filter(|tensor| !tensor.trained).map(NamedTensor::range);
        let kept = state_of(&tensors);
        let (decays, decay) = (tensors.iter().map(|tensor| tensor.decay).collect(), 1.0);
        Memory {
            decays,
            decay,
            kept,
            state: state.collect(),
            tensors,
            has_groups,
            frozen,
            slots,
            len,
        }
    }

    /// Sets the current factor on the weight decay of all tensors.
    pub(super) fn set_decay(&mut self, factor: f64) {
        if factor.to_bits() == self.decay.to_bits() {
            return;
        }
        self.decay = factor;
        for (tensor, decay) in self.tensors.iter_mut().zip(&self.decays) {
            tensor.decay = decay * factor;
        }
    }

    /// [`Model::update_state`], except for the state of frozen layers.
    pub(super) fn update_state<M>(
        &mut self,
        model: &mut M,
        workspace: &mut M::Workspace,
        shards: &mut Option<Shards<M>>,
        threads: &Threads,
    ) where
        M: Model<Float = T>,
    {
        for (range, state) in &mut self.frozen {
            state.copy_from_slice(&model.flat()[range.clone()]);
        }
        match shards {
            Some(shards) => shards.update_state(model, &self.kept, threads),
            None => model.update_state(workspace),
        }
        for (range, state) in &self.frozen {
            model.flat_mut()[range.clone()].copy_from_slice(state);
        }
    }

    /// The trained tensors, for each of the slots `names`: name, tensor, and the whole slot.
    pub(super) fn named(
        &self,
        names: &'static [&'static str],
    ) -> impl Iterator<Item = (String, &NamedTensor, &[T])> {
        names.iter().zip(&self.slots).flat_map(|(remembered, slot)| {
            let trained = self.tensors.iter().filter(|tensor| tensor.trained);
            trained.map(move |tensor| (format!("{}.{remembered}", tensor.name), tensor, &slot[..]))
        })
    }

    /// The first tensor whose state contains a number that is not finite, and that number.
    pub(super) fn first_wrong(&self, names: &'static [&'static str]) -> Option<(String, String)> {
        if self.slots.iter().all(|slot| all_finite(slot)) {
            return None;
        }
        self.named(names).find_map(|(name, tensor, slot)| {
            let wrong = slot[tensor.range()].iter().find(|x| !x.is_finite())?;
            Some((name, wrong.to_string()))
        })
    }
}

/// Refuses tensors that overlap, are not in the order of their offsets, or end beyond the `len`
/// parameters. An optimizer would update some parameters twice and others never.
fn check_places(tensors: &[NamedTensor], len: usize) -> Result<()> {
    let mut end = 0;
    for tensor in tensors {
        // Not `range`, whose end may overflow.
        let tensor_end = tensor.offset.checked_add(tensor.len());
        match tensor_end.filter(|&tensor_end| end <= tensor.offset && tensor_end <= len) {
            Some(tensor_end) => end = tensor_end,
            None => {
                return Err(Error::value(
                    format!("tensor `{}` of the model", tensor.name),
                    format!("{} numbers from {} on", tensor.len(), tensor.offset),
                    format!("an offset from {end} to {len}, after the previous tensor"),
                    "correct `Model::tensors`, which lists the parts of `Model::flat` in the order \
                     of their offsets",
                ));
            }
        }
    }
    Ok(())
}
