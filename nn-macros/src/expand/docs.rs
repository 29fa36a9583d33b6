//! The documentation of the generated items.

use nn_grammar::ast::{Column, DenseNorm, Simple, Width};
use nn_grammar::network::{Step, Unit};

/// The layers as a Markdown table, which follows the user's documentation.
pub(super) fn network(steps: &[Step]) -> String {
    let counts: Vec<Option<u128>> = steps.iter().map(parameters).collect();
    let mut table =
        "\n| layer | | inputs | outputs | parameters |\n|---|---|--:|--:|--:|\n".to_owned();
    for (step, count) in steps.iter().zip(&counts) {
        let name = step.title.name.plain();
        let (input, output) = (cell(&step.input.text()), cell(&step.output.text()));
        let count = count.map_or_else(String::new, |count| count.to_string());
        table += &format!("| `{name}` | {} | {input} | {output} | {count} |\n", kind(step));
    }
    if let Some(total) = counts.iter().copied().sum::<Option<u128>>() {
        table += &format!("\n{total} parameters in total.\n");
    }
    table
}

/// The description of a layer, a line below the user's documentation.
pub(super) fn layer(step: &Step) -> String {
    let name = step.title.name.plain();
    let (input, output) = (step.input.text(), step.output.text());
    format!("\nLayer `{name}`: {}, `{input} -> {output}`.", kind(step))
}

/// A width as a sentence.
pub(super) fn numbers(width: &Width) -> String {
    format!("`{}` numbers.", width.text())
}

/// The kind of a layer, with its activation and options.
fn kind(step: &Step) -> String {
    let inside = || {
        let lists = step.parts().into_iter().map(|steps| {
            let kinds: Vec<String> = steps.iter().map(kind).collect();
            kinds.join(", ")
        });
        lists.collect::<Vec<_>>().join("; ")
    };
    let kind = match &step.unit {
        Unit::Dense { dense, .. } => {
            let activation = dense.activation.as_ref().map(|activation| activation.text());
            let mut kind = format!("dense, {}", cell(activation.as_deref().unwrap_or("linear")));
            for (name, value) in dense.options() {
                kind += &format!(", {name} = {}", cell(&value));
            }
            kind
        }
        Unit::Simple(simple) => simple_layer(simple),
        Unit::Residual(_) => format!("residual ({})", inside()),
        Unit::Input => "input".to_owned(),
        Unit::Columns(columns) => {
            let texts: Vec<String> = columns.iter().map(|column| cell(&column.text())).collect();
            format!("columns ({})", texts.join(", "))
        }
        Unit::Concat(_) => format!("concat ({})", inside()),
        Unit::Heads(_) => format!("heads ({})", inside()),
        Unit::Network(path) | Unit::Own(path) => cell(&path.text),
        Unit::StandIn => String::new(),
    };
    match step.count {
        1 => kind,
        count => format!("{count} × {kind}"),
    }
}

/// `layer norm`, or `dropout 0.2` for a layer with a required number.
fn simple_layer(simple: &Simple) -> String {
    let mut label = simple.row.label.to_owned();
    for (option, number) in simple.options() {
        if let (Some(rule), Some(number)) = (option.number(), number)
            && rule.required.is_some()
        {
            label += &format!(" {}", cell(&number.code.text));
        }
    }
    label
}

/// A number or a word unchanged, everything else as code. A bar is escaped, since it would end the
/// cell.
fn cell(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.') {
        text.to_owned()
    } else {
        format!("`{}`", text.replace('|', "\\|"))
    }
}

/// The number of trainable parameters, if the widths are numbers.
fn parameters(step: &Step) -> Option<u128> {
    let width = |width: &Width| width.number().map(u128::from);
    let one = match &step.unit {
        Unit::Dense { dense, .. } => {
            let bias = u128::from(dense.bias != Some(false));
            let scale = u128::from(dense.norm() == Some(DenseNorm::Weight));
            (width(&step.input)? + bias + scale) * width(&step.output)?
        }
        Unit::Simple(Simple { row, .. }) if (row.parameters)(1) == 0 => 0,
        Unit::Simple(Simple { row, .. }) => (row.parameters)(width(&step.output)?),
        Unit::Input | Unit::StandIn => 0,
        Unit::Columns(columns) => {
            let vectors =
                columns.iter().map(|Column { form, .. }| form.places() * form.dimensions());
            vectors.sum::<usize>() as u128
        }
        Unit::Residual(_) | Unit::Concat(_) | Unit::Heads(_) => {
            step.parts().into_iter().flatten().map(parameters).sum::<Option<u128>>()?
        }
        Unit::Network(_) | Unit::Own(_) => return None,
    };
    Some(one * step.count as u128)
}
