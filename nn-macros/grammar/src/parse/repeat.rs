//! The repetition of a layer, `dense(64 -> 64) * 16`, and common wrong forms of it.

use super::layer::{EXAMPLE, unit};
use crate::ast::{Layer, MOST_LAYERS, Repeat};
use crate::tokens::{Cursor, Integer, Report, Token, integer, shown, sign, written};

/// Rejects `16 * dense(…)`.
pub(super) fn count_before(cursor: &mut Cursor<'_, '_>) {
    if let (Some(count), true) = (cursor.peek(0), cursor.sign(1, '*'))
        && count.literal().is_some()
    {
        let advice = format!(
            "write how often the layer is repeated after it: `dense(64 -> 64) * {}`",
            shown(count)
        );
        cursor.unexpected(advice);
        cursor.at += 2;
    }
}

/// Rejects `[dense(64 -> 64); 16]`.
pub(super) fn array(layer: &mut Layer, array: &Token, cursor: &mut Cursor<'_, '_>) {
    let (inside, count) = match array.inner.iter().position(|t| sign(t) == Some(';')) {
        Some(at) => (&array.inner[..at], array.inner.get(at + 1).map(shown)),
        None => (&array.inner[..], None),
    };
    let advice = match count {
        Some(count) => {
            format!("write the layer and how often it is repeated: `dense(64 -> 64) * {count}`")
        }
        None => format!("expected a layer, {EXAMPLE}, found `[`"),
    };
    cursor.report.error(&array.place, advice);
    cursor.at += 1;
    unit(layer, &mut Cursor::new(inside, &mut Report::default()));
}

/// Reads `* 16`.
pub(super) fn repeat(cursor: &mut Cursor<'_, '_>) -> Option<Repeat> {
    const EXAMPLE: &str = "as in `dense(64 -> 64, tanh) * 16`";
    if !cursor.take_sign('*') {
        return None;
    }
    let asterisk = cursor.tokens[cursor.at - 1].place.clone();
    let Some(token) = cursor.peek(0).filter(|token| sign(token) != Some(',')) else {
        cursor.report.error(
            &asterisk,
            format!("write how often the layer is repeated after `*`, {EXAMPLE}"),
        );
        return None;
    };
    let count = token.literal().and_then(count);
    let place = token.place.clone();
    let advice = match count {
        Some(0) => {
            "a layer cannot be repeated 0 times; write 1 or more, or leave the layer out".to_owned()
        }
        Some(count) if count <= MOST_LAYERS => {
            cursor.at += 1;
            return Some(Repeat { count, place });
        }
        Some(_) => format!(
            "`{}` repetitions are more than the compiler can handle; write at most {MOST_LAYERS}",
            shown(token)
        ),
        None => {
            let rest = cursor.rest();
            let part = rest.split(|token| sign(token) == Some(',')).next().unwrap_or_default();
            format!(
                "`{}` is not a number of repetitions: the macro expands the layers and needs an \
                 integer, {EXAMPLE}",
                written(part)
            )
        }
    };
    cursor.report.error(&place, advice);
    cursor.skip_to_comma();
    None
}

/// The value of a literal as a count.
fn count(literal: &str) -> Option<usize> {
    let Integer { value, suffix } = integer(literal)?;
    let count = value.and_then(|value| value.try_into().ok()).unwrap_or(usize::MAX);
    matches!(suffix, "" | "usize").then_some(count)
}
