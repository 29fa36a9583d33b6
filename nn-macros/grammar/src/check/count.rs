//! The limit on the number of layers, which the compiler sets.

use crate::ast::MOST_LAYERS;
use crate::network::{Step, Unit};
use crate::tokens::Report;

/// Counts the layers. A repetition that exceeds the limit is removed, and the first one is
/// reported.
pub(super) fn layers(steps: &mut [Step], report: &mut Report) {
    count(steps, &mut false, report);
}

fn count(steps: &mut [Step], reported: &mut bool, report: &mut Report) -> usize {
    let mut sum = 0_usize;
    for step in steps {
        let one = match &mut step.unit {
            Unit::Residual(inner) => count(inner, reported, report),
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter_mut().map(|part| count(&mut part.layers, reported, report)).sum()
            }
            _ => 1,
        };
        let all = sum.saturating_add(one.saturating_mul(step.count));
        if all <= MOST_LAYERS {
            sum = all;
            continue;
        }
        if !*reported {
            *reported = true;
            let advice = format!(
                "with {} there are {all} layers, more than the compiler can handle; write at most \
                 {MOST_LAYERS}",
                step.title.text
            );
            report.error(&step.title.place, advice);
        }
        step.count = 1;
        sum = sum.saturating_add(one);
    }
    sum
}
