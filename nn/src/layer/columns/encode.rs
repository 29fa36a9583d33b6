//! From a raw row to what the layers see.

use tensor::{Float, math};

use super::layout::{columns, raw_width};
use super::{ColumnForm, ColumnKind, ColumnWidths};
use crate::layer::encoder::smooth_clip;

/// sign(x)·ln(1 + |x|/unit); x where there is no unit.
pub(super) fn logarithm<T: Float>(x: T, unit: T) -> T {
    match unit > T::zero() {
        true => math::ln_1p(x.abs() / unit) * x.signum(),
        false => x,
    }
}

/// As much of a turn as `share` has behind its whole numbers, as a point of the circle.
fn point<T: Float>(share: f64) -> [T; 2] {
    #[cfg(not(feature = "std"))]
    use num_traits::Float as _;
    let angle = core::f64::consts::TAU * (share - share.floor());
    [T::of(angle.sin()), T::of(angle.cos())]
}

/// Where a word stands among those with a place, by its fingerprint: they are in order.
fn place<T: Float>(words: &[T], fingerprint: &[T]) -> Option<usize> {
    let (mut low, mut high) = (0, words.len() / 2);
    while low < high {
        let middle = (low + high) / 2;
        match words[2 * middle..][..2].partial_cmp(fingerprint) {
            Some(core::cmp::Ordering::Equal) => return Some(middle),
            Some(core::cmp::Ordering::Less) => low = middle + 1,
            _ => high = middle,
        }
    }
    None
}

/// One row: its numbers, then the numbers of vectors, and zeros where there is room for more.
pub(super) fn encode_row<T: Float>(
    forms: &[ColumnForm],
    state: &[T],
    raw: &[T],
    encoded: &mut [T],
) {
    let raw = &raw[..raw_width(forms)];
    encoded.fill(T::zero());
    let (mut floats, mut codes) = encoded.split_at_mut(ColumnWidths::of(forms).floats);
    for (form, at, found) in columns(forms, state) {
        let (own, rest) = core::mem::take(&mut floats).split_at_mut(form.floats());
        floats = rest;
        let x = raw[at];
        let center = |x| smooth_clip((logarithm(x, found.unit) - found.center) * found.scale);
        // An indicator that was never seen would be weighed by chance.
        let is_missing = if x.is_nan() { found.missing } else { T::zero() };
        match form.kind {
            ColumnKind::Category { kept, dimensions } => {
                let place = match x.is_nan() {
                    false => place(found.words, &raw[at..][..2])
                        .or_else(|| (found.other > T::zero()).then_some(kept)),
                    true => (is_missing > T::zero() && !form.complete).then_some(kept + 1),
                };
                if dimensions > 0 {
                    let (own, rest) = core::mem::take(&mut codes).split_at_mut(1);
                    codes = rest;
                    own[0] = place.map_or(-T::one(), |place| T::of(place as f64));
                } else if let Some(place) = place {
                    own[place] = T::one();
                }
                continue;
            }
            _ if x.is_nan() => {}
            ColumnKind::Number { .. } => own[0] = center(x),
            ColumnKind::Flag => own[0] = if x > T::zero() { T::one() } else { -T::one() },
            ColumnKind::Date => {
                let days = x.as_f64();
                own[0] = center(x);
                for (into, share) in
                    own[1..].chunks_exact_mut(2).zip([days / 365.2425, days / 7.0, days])
                {
                    into.copy_from_slice(&point(share));
                }
            }
        }
        if !form.complete {
            own[form.floats() - 1] = is_missing;
        }
    }
}
