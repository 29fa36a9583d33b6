//! Encoding of a raw row of columns.

use core::cmp::Ordering;

use tensor::{Float, math};

use super::layout::columns;
use super::{ColumnForm, ColumnKind, ColumnWidths};
use crate::layer::encoder::smooth_clip;

/// sign(x)·ln(1 + |x|/unit); x if the unit is 0.
pub(super) fn logarithm<T: Float>(x: T, unit: T) -> T {
    match unit > T::zero() {
        true => math::ln_1p(x.abs() / unit) * x.signum(),
        false => x,
    }
}

/// The fractional part of `share`, as an angle: a point on the unit circle.
fn point<T: Float>(share: f64) -> [T; 2] {
    #[cfg(not(feature = "std"))]
    use num_traits::Float as _;
    let angle = core::f64::consts::TAU * (share - share.floor());
    [T::of(angle.sin()), T::of(angle.cos())]
}

/// The index of a word among the known words, by its fingerprint. These are sorted.
fn place<T: Float>(words: &[T], fingerprint: &[T; 2]) -> Option<usize> {
    let order = |word: &[T; 2]| word.partial_cmp(fingerprint).unwrap_or(Ordering::Greater);
    words.as_chunks::<2>().0.binary_search_by(order).ok()
}

/// Encodes one row: its numbers, then the codes of embedded words, then zeros as padding.
///
/// Nothing is indexed unless the compiler can prove the index valid: without the standard library
/// this must not be able to panic. The lengths are right by construction.
pub(super) fn encode_row<T: Float>(
    forms: &[ColumnForm],
    state: &[T],
    raw: &[T],
    encoded: &mut [T],
) {
    encoded.fill(T::zero());
    let floats = ColumnWidths::of(forms).floats;
    let (mut floats, mut codes) = encoded.split_at_mut_checked(floats).unwrap_or_default();
    for (form, at, found) in columns(forms, state) {
        let own = floats.split_off_mut(..form.floats()).unwrap_or_default();
        let raw = raw.get(at..).unwrap_or_default();
        let x = raw.first().copied().unwrap_or_else(T::nan);
        let center = |x| smooth_clip((logarithm(x, found.unit) - found.center) * found.scale);
        // The weight of an indicator that no training row had would be random.
        let is_missing = if x.is_nan() { found.missing } else { T::zero() };
        match form.kind {
            ColumnKind::Category { kept, dimensions } => {
                let place = match raw.first_chunk() {
                    Some(fingerprint) if !x.is_nan() => place(found.words, fingerprint)
                        .or_else(|| (found.other > T::zero()).then_some(kept)),
                    _ => (is_missing > T::zero() && !form.complete).then_some(kept + 1),
                };
                if dimensions > 0 {
                    let code = place.map_or(-T::one(), |place| T::of(place as f64));
                    if let Some(first) = codes.split_off_first_mut() {
                        *first = code;
                    }
                } else if let Some(flag) = place.and_then(|place| own.get_mut(place)) {
                    *flag = T::one();
                }
                continue;
            }
            _ if x.is_nan() => {}
            ColumnKind::Number { .. } => write(own, [center(x)]),
            ColumnKind::Flag => write(own, [if x > T::zero() { T::one() } else { -T::one() }]),
            ColumnKind::Date => {
                let days = x.as_f64();
                let [year, week, day] = [days / 365.2425, days / 7.0, days].map(point);
                write(
                    own,
                    [[center(x)].as_slice(), &year, &week, &day].into_iter().flatten().copied(),
                );
            }
        }
        if let Some(flag) = own.last_mut().filter(|_| !form.complete) {
            *flag = is_missing;
        }
    }
}

/// Writes the first numbers of a column.
fn write<T>(own: &mut [T], numbers: impl IntoIterator<Item = T>) {
    own.iter_mut().zip(numbers).for_each(|(own, number)| *own = number);
}
