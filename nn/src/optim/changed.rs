//! An optimizer step with a modified gradient.

use tensor::{Buffer, Float};

use super::{Optimizer, Step, Stretch};

/// Block size for modifying a gradient: with the optimizer's state, a block fits in the first-level
/// cache.
const BLOCK: usize = 1024;

/// Takes a step of `rule` with a gradient modified by `change`, which receives the start of the
/// block within the slice and the parameters there. Returns whether all parameters are finite
/// afterwards. The slice is processed in blocks, unless the optimizer requires whole tensors.
pub(super) fn update_by<T: Float, O: Optimizer<T>>(
    rule: &O,
    step: Step,
    stretch: Stretch<'_, T>,
    change: impl Fn(usize, &[T], &mut [T]),
) -> bool {
    let Stretch { parameters, gradient, mut memory, tensor } = stretch;
    if O::WHOLE_TENSORS {
        let mut changed = Buffer::from_slice(gradient);
        change(0, parameters, &mut changed);
        return rule
            .checked_update(step, Stretch { parameters, gradient: &changed, memory, tensor });
    }
    let mut room = [T::zero(); BLOCK];
    let mut is_finite = true;
    let blocks = parameters.chunks_mut(BLOCK).zip(gradient.chunks(BLOCK));
    for (at, (parameters, gradient)) in blocks.enumerate() {
        let changed = &mut room[..gradient.len()];
        changed.copy_from_slice(gradient);
        change(at * BLOCK, parameters, changed);
        let parts = memory.each_mut().map(|slot| {
            let all = std::mem::take(slot);
            let (part, rest) = all.split_at_mut(changed.len().min(all.len()));
            *slot = rest;
            part
        });
        let part = Stretch { parameters, gradient: changed, memory: parts, tensor };
        is_finite &= rule.checked_update(step, part);
    }
    is_finite
}
