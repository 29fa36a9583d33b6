//! The numbers of a layer make sense.

use crate::ast::{Layer, Real, Unit, Width};
use crate::report::Report;
use crate::widths::LARGEST;

/// Widths and options are numbers that make sense.
pub(crate) fn values(layer: &Layer, report: &mut Report) {
    let widths = layer.widths();
    let same = matches!(layer.unit, Unit::Input(_));
    let written = widths.input.iter().chain(widths.output.iter().filter(|_| !same));
    for width in written.filter(|width| !width.guessed) {
        width_is_possible(width, layer, report);
    }
    let mut within = |number: &Option<Real>, fits: fn(f64) -> bool, advice: &str| {
        if let Some(Real { place, value: Some(value), text, .. }) = number
            && !fits(*value)
        {
            report.error(place, advice.replace("{}", text));
        }
    };
    let epsilon = "`{}` is no epsilon; write a small number above 0, such as `1e-5`";
    match &layer.unit {
        Unit::Dense(dense) => within(
            &dense.l2,
            |l2| l2 >= 0.0,
            "`{}` is no penalty: it would reward large weights; write 0 or more, such as `1e-4`",
        ),
        Unit::Dropout { rate } => within(
            rate,
            |rate| (0.0..1.0).contains(&rate),
            "`{}` is no rate: it is the part of the units that is silenced; write 0 or more and \
             less than 1, such as `0.2`",
        ),
        Unit::LayerNorm { epsilon: number } => within(number, |number| number > 0.0, epsilon),
        Unit::BatchNorm { momentum, epsilon: number } => {
            within(
                momentum,
                |momentum| momentum > 0.0 && momentum <= 1.0,
                "`{}` is no momentum: it is the weight of the newest batch; write more than 0 and \
                 1 at most, such as `0.1`",
            );
            within(number, |number| number > 0.0, epsilon);
        }
        _ => {}
    }
}

fn width_is_possible(width: &Width, layer: &Layer, report: &mut Report) {
    let title = &layer.title;
    match width.number() {
        Some(0) => {
            let advice =
                format!("a width of {title} is zero; write the number of units, 1 or more");
            report.error(&width.place, advice);
        }
        Some(number) if number > LARGEST => {
            let advice = format!(
                "a width of {title} is {number}; write a number of units that fits into memory, \
                 {LARGEST} at most"
            );
            report.error(&width.place, advice);
        }
        _ => {}
    }
}
