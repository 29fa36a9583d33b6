//! The documentation of what is generated.

use syn::ext::IdentExt;

use crate::chain::Step;

/// The layers as a Markdown table; it follows the user's own words.
pub(crate) fn network(steps: &[Step<'_>]) -> String {
    let counts: Option<Vec<u128>> = steps.iter().map(parameters).collect();
    let mut table = "\n| layer | inputs | outputs | activation |".to_owned();
    table += if counts.is_some() {
        " parameters |\n|---|--:|--:|---|--:|\n"
    } else {
        "\n|---|--:|--:|---|\n"
    };
    for (at, step) in steps.iter().enumerate() {
        let (name, activation) = (step.layer.name.unraw(), activation(step));
        let (input, output) = (cell(&step.input.text()), cell(&step.output.text()));
        table += &format!("| `{name}` | {input} | {output} | {activation} |");
        table += &counts.as_ref().map_or_else(String::new, |counts| format!(" {} |", counts[at]));
        table += "\n";
    }
    if let Some(counts) = counts {
        table += &format!("\n{} parameters in all.\n", counts.iter().sum::<u128>());
    }
    table
}

/// The line below the user's own about a layer.
pub(crate) fn layer(step: &Step<'_>) -> String {
    let (name, kind) = (step.layer.name.unraw(), &step.layer.kind);
    let (input, output) = (step.input.text(), step.output.text());
    format!("\nLayer `{name}`: {kind} `{input} -> {output}`, {}.", activation(step))
}

fn activation(step: &Step<'_>) -> String {
    step.layer.activation.as_ref().map_or_else(|| "linear".to_owned(), |a| cell(a.text()))
}

/// A number or a word as it is, everything else as code; a bar would end the cell.
fn cell(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        text.to_owned()
    } else {
        format!("`{}`", text.replace('|', "\\|"))
    }
}

/// Weights and biases, if the widths are numbers.
fn parameters(step: &Step<'_>) -> Option<u128> {
    Some((u128::from(step.input.number()?) + 1) * u128::from(step.output.number()?))
}
