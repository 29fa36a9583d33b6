//! Models of one node, encoded by hand, so that the reader is not tested against itself.

use crate::fixture::{Array, Case};

/// A varint.
fn varint(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn number(field: u64, number: i64, to: &mut Vec<u8>) {
    varint(field << 3, to);
    varint(number.cast_unsigned(), to);
}

fn bytes(field: u64, bytes: &[u8], to: &mut Vec<u8>) {
    varint(field << 3 | 2, to);
    varint(bytes.len() as u64, to);
    to.extend(bytes);
}

/// The number of an element type, and whether it is an integer type.
fn kind(name: &str) -> i64 {
    match name {
        "f32" => 1,
        "f64" => 11,
        "i32" => 6,
        "i64" => 7,
        "bool" => 9,
        other => panic!("{other}"),
    }
}

/// An input or output.
fn port(array: &Array) -> Vec<u8> {
    let (mut shape, mut tensor, mut all, mut port) = (vec![], vec![], vec![], vec![]);
    for &length in &array.shape {
        let mut dimension = vec![];
        number(1, length as i64, &mut dimension);
        bytes(1, &dimension, &mut shape);
    }
    number(1, kind(&array.kind), &mut tensor);
    bytes(2, &shape, &mut tensor);
    bytes(1, &tensor, &mut all);
    bytes(1, array.name.as_bytes(), &mut port);
    bytes(2, &all, &mut port);
    port
}

/// An attribute of any type, without the type: files from before attributes had types look like
/// this.
fn attribute(name: &str, value: &str) -> Vec<u8> {
    let mut attribute = vec![];
    bytes(1, name.as_bytes(), &mut attribute);
    let list = value.trim_start_matches('[').trim_end_matches(']').split(',');
    let numbers: Vec<f64> = list.filter_map(|word| word.parse().ok()).collect();
    if let [only] = numbers[..] {
        varint(2 << 3 | 5, &mut attribute);
        attribute.extend((only as f32).to_le_bytes());
        number(3, only as i64, &mut attribute);
    }
    bytes(4, value.as_bytes(), &mut attribute);
    numbers.iter().for_each(|&entry| number(8, entry as i64, &mut attribute));
    attribute
}

/// The model of a case, and which of its inputs are present.
pub(crate) fn model(case: &Case) -> Vec<u8> {
    let (mut node, mut graph, mut opset, mut model) = (vec![], vec![], vec![], vec![]);
    for input in &case.inputs {
        bytes(1, input.as_ref().map_or("", |input| &input.name).as_bytes(), &mut node);
    }
    case.outputs.iter().for_each(|output| bytes(2, output.name.as_bytes(), &mut node));
    bytes(3, case.name.as_bytes(), &mut node);
    bytes(4, case.op.as_bytes(), &mut node);
    case.settings().for_each(|(name, value)| bytes(5, &attribute(name, value), &mut node));
    bytes(1, &node, &mut graph);
    case.inputs.iter().flatten().for_each(|input| bytes(11, &port(input), &mut graph));
    case.outputs.iter().for_each(|output| bytes(12, &port(output), &mut graph));
    number(1, 10, &mut model);
    bytes(7, &graph, &mut model);
    number(2, 22, &mut opset);
    bytes(8, &opset, &mut model);
    model
}
