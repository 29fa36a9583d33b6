//! A repeated layer after the columns of a table. Users do not know the encoded width of the
//! columns, so the first repetition takes that width, even if it differs from the width of the
//! others. `deep: dense(64, relu) * 3` then becomes `deep: dense(64, relu), deep_rest: dense(64,
//! relu) * 2`.

use crate::ast::{Column, Layer, Repeat, Title, Unit};
use crate::tokens::Name;

/// Splits the second layer, if it is repeated after columns.
pub(super) fn layers(list: &mut Vec<Layer>) {
    let [first, second, ..] = &mut list[..] else { return };
    let (Unit::Columns(columns), Unit::Dense(dense, widths)) = (&first.unit, &second.unit) else {
        return;
    };
    let given = Column::widths(columns).outputs as u64;
    let gives = widths.output.as_ref().and_then(|width| width.number());
    let Some(Repeat { count: 2.., .. }) = second.repeat else { return };
    if widths.input.is_some() || gives == Some(given) {
        return;
    }
    let (unit, repeat) = (Unit::Dense(dense.clone(), widths.clone()), second.repeat.take());
    let Title { docs, name, text, word, place } = second.title.clone();
    let name = Name { text: format!("{}_rest", name.plain()), place: name.place, made_up: true };
    let rest = Layer {
        title: Title { docs, name, text, word, place },
        unit,
        repeat: repeat
            .map(|repeat| Repeat { count: repeat.count - 1, ..repeat })
            .filter(|repeat| repeat.count > 1),
        incomplete: second.incomplete,
    };
    list.insert(2, rest);
}
