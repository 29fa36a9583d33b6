//! The documentation of what is generated.

use syn::ext::IdentExt;

use crate::ast::{Unit, Width};
use crate::flow::Step;

/// The layers as a Markdown table; it follows the user's own words.
pub(crate) fn network(steps: &[Step<'_>]) -> String {
    let counts: Vec<Option<u128>> = steps.iter().map(parameters).collect();
    let mut table =
        "\n| layer | | inputs | outputs | parameters |\n|---|---|--:|--:|--:|\n".to_owned();
    for (step, count) in steps.iter().zip(&counts) {
        let name = step.layer.name.unraw();
        let (input, output) = (cell(&step.input.text()), cell(&step.output.text()));
        let count = count.map_or_else(String::new, |count| count.to_string());
        table += &format!("| `{name}` | {} | {input} | {output} | {count} |\n", kind(step));
    }
    if let Some(total) = counts.iter().copied().sum::<Option<u128>>() {
        table += &format!("\n{total} parameters in all.\n");
    }
    table
}

/// The line below the user's own about a layer.
pub(crate) fn layer(step: &Step<'_>) -> String {
    let name = step.layer.name.unraw();
    let (input, output) = (step.input.text(), step.output.text());
    format!("\nLayer `{name}`: {}, `{input} -> {output}`.", kind(step))
}

/// The number of values in a width, as a sentence says it.
pub(crate) fn numbers(width: &Width) -> String {
    format!("`{}` numbers.", width.text())
}

/// What a layer is, with its activation and options.
fn kind(step: &Step<'_>) -> String {
    let inside = |parts: &[Vec<Step<'_>>]| {
        let lists: Vec<String> = parts
            .iter()
            .map(|steps| steps.iter().map(kind).collect::<Vec<_>>().join(", "))
            .collect();
        lists.join("; ")
    };
    let kind = match &step.layer.unit {
        Unit::Dense(dense) => {
            let activation = dense.activation.as_ref().map(|activation| activation.text());
            let mut kind = format!("dense, {}", cell(activation.as_deref().unwrap_or("linear")));
            for (name, value) in dense.options() {
                kind += &format!(", {name} = {}", cell(&value));
            }
            kind
        }
        Unit::Dropout { rate } => {
            format!("dropout {}", rate.as_ref().map_or_else(String::new, |rate| cell(&rate.text)))
        }
        Unit::LayerNorm { .. } => "layer norm".to_owned(),
        Unit::BatchNorm { .. } => "batch norm".to_owned(),
        Unit::Residual(_) => format!("residual ({})", inside(&step.parts)),
        Unit::Input(_) => "input".to_owned(),
        Unit::Concat(_) => format!("concat ({})", inside(&step.parts)),
        Unit::Heads(_) => format!("heads ({})", inside(&step.parts)),
        Unit::Network(path) | Unit::Own { path, .. } => cell(&path.text),
        Unit::Missing => String::new(),
    };
    match step.layer.count() {
        1 => kind,
        count => format!("{count} × {kind}"),
    }
}

/// A number or a word as it is, everything else as code; a bar would end the cell.
fn cell(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.') {
        text.to_owned()
    } else {
        format!("`{}`", text.replace('|', "\\|"))
    }
}

/// The numbers that training changes, if the widths are numbers.
fn parameters(step: &Step<'_>) -> Option<u128> {
    let width = |width: &Width| width.number().map(u128::from);
    let one = match &step.layer.unit {
        Unit::Dense(dense) => {
            let bias = u128::from(dense.bias != Some(false));
            (width(&step.input)? + bias) * width(&step.output)?
        }
        Unit::LayerNorm { .. } | Unit::BatchNorm { .. } => 2 * width(&step.input)?,
        Unit::Dropout { .. } | Unit::Input(_) | Unit::Missing => 0,
        Unit::Residual(_) | Unit::Concat(_) | Unit::Heads(_) => {
            step.parts.iter().flatten().map(parameters).sum::<Option<u128>>()?
        }
        Unit::Network(_) | Unit::Own { .. } => return None,
    };
    Some(one * step.layer.count() as u128)
}
