//! The table of what checks each operation, kept as CHECKS.md and compared with what is there.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::pytorch::{self, fixture};
use super::{all_cases, all_comparisons};

#[path = "../../tests/onnx/covers.rs"]
mod covers;

const HEADING: &str = "\
# What checks each operation

Written by the tests: `UPDATE_CHECKS=1 cargo test -p autograd --lib checks` after a change; a test fails when this
page is not what they would write.

- **gradcheck**: cases in the operation's own file that compare its gradient with differences of its value; *exact*:
  how many of them also compare it with dual numbers, but for rounding.
- **ONNX**: backend node tests of the ONNX project that go through the operation, forward (by the reader of ONNX models in `nn`).
- **PyTorch**: cases whose values and gradients are compared with PyTorch's, in f64 and f32 (`tests/pytorch`).

Where a function has a kink, the slope is a convention, which the cases called `kinks` or `extreme` check: 0 for `abs`, `relu`,
`clamp` at its bounds, `hard_sigmoid`, `hard_tanh`, `mae`, `hinge`, and what jumps (`sign`, `floor` and its like); that of the left side for `leaky_relu`,
`elu`, `selu` and `prelu`; equal shares for all that are equal in `max`, `min`, `maximum`, `minimum` and the norm with p = ∞; all as in
PyTorch.

";

#[derive(Default)]
struct Row {
    gradcheck: usize,
    exact: usize,
    onnx: usize,
    pytorch: usize,
    /// Gradients that PyTorch has computed.
    gradients: usize,
    /// Why it is not compared with PyTorch.
    not_yet: Option<&'static str>,
}

/// A row for each operation, in the order of the list that declares them, then what is made of others.
fn rows() -> Vec<(String, Row)> {
    let mut order: Vec<String> = Vec::new();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut row = |name: &str, count: &mut dyn FnMut(&mut Row)| {
        if !rows.contains_key(name) {
            order.push(name.into());
        }
        count(rows.entry(name.into()).or_default());
    };
    for case in all_cases().iter().flat_map(|(_, cases)| cases) {
        row(case.operation(), &mut |row| {
            row.gradcheck += 1;
            row.exact += usize::from(case.is_exact());
        });
    }
    for case in fixture::read("onnx") {
        if covers::not_applicable(&case).is_none() {
            for name in covers::covers(&case) {
                row(name, &mut |row| row.onnx += 1);
            }
        }
    }
    let fixtures = pytorch::fixtures();
    for comparison in all_comparisons().iter().flat_map(|(_, comparisons)| comparisons) {
        row(comparison.operation, &mut |row| row.not_yet = comparison.reason());
        for case in fixtures.get(comparison.operation).into_iter().flatten() {
            row(&case.op, &mut |row| {
                row.pytorch += 1;
                row.gradients += case.outputs.len() - 1;
            });
        }
    }
    let rows = order.into_iter().filter_map(|name| rows.remove_entry(&name));
    rows.collect()
}

fn table() -> String {
    let mut page = HEADING.to_string();
    let rows = rows();
    let total = |count: fn(&Row) -> usize| rows.iter().map(|(_, row)| count(row)).sum::<usize>();
    let mut line = |cells: [&str; 6]| {
        let cells =
            cells.map(|cell| if cell.is_empty() { " ".into() } else { format!(" {cell} ") });
        let _ = writeln!(page, "|{}|", cells.join("|"));
    };
    line(["operation", "gradcheck", "exact", "ONNX", "PyTorch", ""]);
    line(["---", "---:", "---:", "---:", "---:", "---"]);
    for (name, row) in &rows {
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        let note = match row.not_yet {
            Some(why) => why,
            None if row.gradcheck > 0 => "",
            None if row.gradients == 0 => "has no gradient",
            None => "is made of others",
        };
        let numbers = [row.gradcheck, row.exact, row.onnx, row.pytorch].map(count);
        let [gradcheck, exact, onnx, pytorch] = numbers.each_ref().map(String::as_str);
        line([&format!("`{name}`"), gradcheck, exact, onnx, pytorch, note]);
    }
    let _ = writeln!(
        page,
        "\n{} operations: {} gradient checks, {} of them exact; {} cases from PyTorch.",
        rows.len(),
        total(|row| row.gradcheck),
        total(|row| row.exact),
        total(|row| row.pytorch)
    );
    page
}

#[test]
fn the_table_of_checks_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CHECKS.md");
    let page = table();
    println!("{page}");
    if std::env::var_os("UPDATE_CHECKS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "CHECKS.md is out of date: run `UPDATE_CHECKS=1 cargo test -p autograd --lib checks`"
    );
}
