//! The names of a network's layers in files and summaries. Repeated layers are numbered. The name
//! of a layer inside another one is prefixed with that layer's name.

use crate::ast::{Branch, Column};
use crate::network::{Step, Unit};

/// The names of all leaves, the layers without others inside them: `hidden`, `deep.0`,
/// `block.layer1`, `inputs.image`.
///
/// ```
/// use nn_grammar::{Declaration, leaf_names, read};
///
/// let Ok(Declaration::Type(chain)) =
///     read("dense(4 -> 4) * 2, residual(dense(4, relu), dense(4))", None)
/// else {
///     panic!("layers without mistakes");
/// };
/// assert_eq!(
///     leaf_names(&chain.steps),
///     ["layer1.0", "layer1.1", "layer2.layer1", "layer2.layer2"]
/// );
/// ```
pub fn leaf_names(steps: &[Step]) -> Vec<String> {
    steps.iter().flat_map(|step| repeated(step, step.title.name.plain())).collect()
}

fn repeated(step: &Step, name: &str) -> Vec<String> {
    match step.count {
        1 => one(step, name),
        count => (0..count).flat_map(|index| one(step, &format!("{name}.{index}"))).collect(),
    }
}

fn one(step: &Step, name: &str) -> Vec<String> {
    match &step.unit {
        Unit::Residual(steps) => numbered(steps, name),
        Unit::Concat(branches) | Unit::Heads(branches) => of_branches(branches, name),
        // The encoder of the rows, followed by the learned vectors.
        Unit::Columns(columns) if Column::widths(columns).has_vectors() => {
            vec![name.to_owned(), format!("{name}.words")]
        }
        _ => vec![name.to_owned()],
    }
}

fn of_branches(branches: &[Branch<Vec<Step>>], name: &str) -> Vec<String> {
    let names = branches.iter().flat_map(|branch| {
        let name = format!("{name}.{}", branch.name.plain());
        match &branch.layers[..] {
            [only] => repeated(only, &name),
            steps => numbered(steps, &name),
        }
    });
    names.collect()
}

fn numbered(steps: &[Step], name: &str) -> Vec<String> {
    let steps = steps.iter().enumerate();
    steps.flat_map(|(at, step)| repeated(step, &format!("{name}.layer{}", at + 1))).collect()
}
