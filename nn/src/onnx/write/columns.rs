//! The columns of a table as ONNX operators: an input for each, of strings if the column is of
//! words.

use std::collections::HashMap;
use std::f64::consts::TAU;

use tensor::Float;

use super::graph::{Graph, integer, list, texts};
use super::layers::Placed;
use super::{Parts, TABLES};
use crate::error::{Error, Result, quoted};
use crate::layer::columns::{
    ColumnForm, ColumnKind, ColumnWidths, ColumnsInfo, Found, columns, tables,
};
use crate::network::Units;
use crate::onnx::proto::{self, data_type};

/// The index of the last vector of a table, zeros, for a word without a vector.
const NO_VECTOR: i64 = -1;

/// Adds an input for each column; their widths add up to that of a raw row.
pub(super) fn inputs(
    graph: &mut Graph,
    block: ColumnsInfo,
    width: usize,
    inputs: &mut Parts,
    ports: &mut Vec<proto::ValueInfo>,
) {
    let (mut rest, count) = (width, block.forms.len());
    for (at, (name, form)) in block.names.iter().zip(block.forms).enumerate() {
        let name = graph.name(name);
        ports.push(match form.kind {
            ColumnKind::Category { .. } => graph.texts(&name, 1),
            _ => graph.value(&name, 1),
        });
        // A raw row has extra columns at its end for the encoded values.
        let own = if at + 1 == count { rest } else { form.raw() };
        rest -= own;
        inputs.push((name, own));
    }
}

/// Adds the encoding of the columns, given their inputs and the known words of each, by
/// fingerprint.
///
/// # Errors
///
/// If a word of the vocabulary is not among them.
pub(super) fn encode<'w, T: Float>(
    graph: &mut Graph,
    layer: &Placed<'_, T>,
    inputs: &Parts,
    words: &dyn Fn(&str) -> HashMap<[u32; 2], &'w str>,
) -> Result<String> {
    let ColumnsInfo { names, forms, .. } = layer.info.columns;
    let (mut floats, mut codes) = (Vec::new(), Vec::new());
    let found = columns(forms, layer.parameters);
    for (((form, _, found), name), (x, _)) in found.zip(names).zip(inputs) {
        match form.kind {
            ColumnKind::Category { dimensions, .. } => {
                let places = places(name, &found, &words(name))?;
                let code = code(graph, form, &found, x, &places);
                match dimensions {
                    0 => {
                        let width = form.floats();
                        let flag =
                            |at: usize| if at / width == at % width { T::one() } else { T::zero() };
                        let flags: Vec<T> = (0..width * width).map(flag).collect();
                        floats.push(vector(graph, layer, name, &flags, width, &code));
                    }
                    _ => codes.push(graph.cast(&code, None)),
                }
            }
            ColumnKind::Number { .. } | ColumnKind::Date => {
                let y = centered(graph, &found, x);
                number(graph, form, &found, x, y, &mut floats);
            }
            ColumnKind::Flag => {
                let (zero, yes, no) = (graph.number(0.0), graph.number(1.0), graph.number(-1.0));
                let is_yes = graph.op("Greater", &[x, &zero]);
                let y = graph.op("Where", &[&is_yes, &yes, &no]);
                number(graph, form, &found, x, y, &mut floats);
            }
        }
    }
    floats.append(&mut codes);
    let parts: Vec<&str> = floats.iter().map(|part| &part[..]).collect();
    Ok(graph.op_with("Concat", &parts, vec![integer("axis", 1)]))
}

/// The encoding of a numeric column that is `y` where present: `y`, the cyclic features of a date,
/// and whether it is missing.
fn number<T: Float>(
    graph: &mut Graph,
    form: &ColumnForm,
    found: &Found<'_, T>,
    x: &str,
    y: String,
    floats: &mut Vec<String>,
) {
    // An infinite value counts as missing, too.
    let distance = graph.op("Sub", &[x, x]);
    let missing = graph.op("IsNaN", &[&distance]);
    let zero = graph.number(0.0);
    let mut shown = vec![y];
    if form.kind == ColumnKind::Date {
        let days = graph.cast(x, Some(data_type::DOUBLE));
        for period in [365.2425, 7.0, 1.0] {
            let (period, turn) = (graph.double(period), graph.double(TAU));
            let share = graph.op("Div", &[&days, &period]);
            let whole = graph.op("Floor", &[&share]);
            let share = graph.op("Sub", &[&share, &whole]);
            let angle = graph.op("Mul", &[&share, &turn]);
            for function in ["Sin", "Cos"] {
                let y = graph.op(function, &[&angle]);
                shown.push(graph.cast(&y, None));
            }
        }
    }
    for y in shown {
        floats.push(graph.op("Where", &[&missing, &zero, &y]));
    }
    if !form.complete {
        let seen = graph.number(found.missing.as_f64());
        floats.push(graph.op("Where", &[&missing, &seen, &zero]));
    }
}

/// z/√(1 + (z/3)²), z = (f(x) − center)·scale, with f(x) = x or sign(x)·ln(1 + |x|/unit).
fn centered<T: Float>(graph: &mut Graph, found: &Found<'_, T>, x: &str) -> String {
    let mut x = x.to_owned();
    if found.unit > T::zero() {
        // For numbers that are small compared with the unit, 1 + |x|/unit loses precision.
        let wide = graph.cast(&x, Some(data_type::DOUBLE));
        let (unit, one) = (graph.double(found.unit.as_f64()), graph.double(1.0));
        let size = graph.op("Abs", &[&wide]);
        let size = graph.op("Div", &[&size, &unit]);
        let sum = graph.op("Add", &[&size, &one]);
        let log = graph.op("Log", &[&sum]);
        let sign = graph.op("Sign", &[&wide]);
        let log = graph.op("Mul", &[&log, &sign]);
        x = graph.cast(&log, None);
    }
    let (center, scale) = (graph.number(found.center.as_f64()), graph.number(found.scale.as_f64()));
    let z = graph.op("Sub", &[&x, &center]);
    let z = graph.op("Mul", &[&z, &scale]);
    smooth_clip(graph, &z)
}

/// z/√(1 + (z/3)²).
pub(super) fn smooth_clip(graph: &mut Graph, z: &str) -> String {
    let (third, one) = (graph.number(1.0 / 3.0), graph.number(1.0));
    let share = graph.op("Mul", &[z, &third]);
    let square = graph.op("Mul", &[&share, &share]);
    let sum = graph.op("Add", &[&square, &one]);
    let root = graph.op("Sqrt", &[&sum]);
    graph.op("Div", &[z, &root])
}

/// The words of a column's vocabulary among these, each with its index.
fn places<'w, T: Float>(
    column: &str,
    found: &Found<'_, T>,
    words: &HashMap<[u32; 2], &'w str>,
) -> Result<Vec<(&'w str, i64)>> {
    let (mut places, mut unknown) = (Vec::new(), 0);
    for (fingerprint, place) in found.fingerprints().zip(0..) {
        match words.get(&fingerprint) {
            Some(&word) => places.push((word, place)),
            None => unknown += 1,
        }
    }
    if unknown == 0 {
        return Ok(places);
    }
    Err(Error::value(
        format!("words of column {}, to be saved as ONNX", quoted(column)),
        format!("{} of {}", places.len(), places.len() + unknown),
        "each word in the network's vocabulary: it has only the fingerprints of the others",
        "give the table that it was trained with by `OnnxOptions::words_of`, or the words by \
         `OnnxOptions::words`",
    ))
}

/// The index of a word among the vectors of its column.
fn code<T: Float>(
    graph: &mut Graph,
    form: &ColumnForm,
    found: &Found<'_, T>,
    x: &str,
    places: &[(&str, i64)],
) -> String {
    let is_seen = |number: T| number > T::zero();
    let others = form.words() as i64;
    let missing = if is_seen(found.missing) && !form.complete { others + 1 } else { NO_VECTOR };
    let (mut words, mut codes): (Vec<&str>, Vec<i64>) = places.iter().copied().unzip();
    words.push("");
    codes.push(missing);
    let settings = vec![
        texts("keys_strings", &words),
        list("values_int64s", &codes),
        integer("default_int64", if is_seen(found.other) { others } else { NO_VECTOR }),
    ];
    graph.op_of(Some(TABLES), "LabelEncoder", &[x], settings)
}

/// The vector of each index, from `vectors`, where they are consecutive; zeros for [`NO_VECTOR`].
fn vector<T: Float>(
    graph: &mut Graph,
    layer: &Placed<'_, T>,
    name: &str,
    vectors: &[T],
    width: usize,
    places: &str,
) -> String {
    let all = [vectors, &vec![T::zero(); width]].concat();
    let table = layer.constant(graph, name, &[all.len() / width, width], &all);
    let y = graph.op_with("Gather", &[&table, places], vec![integer("axis", 0)]);
    let shape = graph.integers(&[0, width as i64]);
    graph.op("Reshape", &[&y, &shape])
}

/// The embeddings of words, after the columns that have none.
pub(super) fn vectors<T: Float>(
    graph: &mut Graph,
    layer: &Placed<'_, T>,
    x: &str,
) -> Option<String> {
    let ColumnsInfo { names, forms, .. } = layer.info.columns;
    let (floats, (_, vectors)) = (ColumnWidths::of(forms).floats, layer.values("vectors")?);
    let mut parts = Vec::new();
    if floats > 0 {
        parts.push(graph.columns(x, 0, floats));
    }
    let named = names.iter().zip(forms).filter(|(_, form)| form.dimensions() > 0);
    for ((at, [start, places, width, _]), (name, _)) in (floats..).zip(tables(forms)).zip(named) {
        let code = graph.columns(x, at, at + 1);
        let code = graph.cast(&code, Some(data_type::INT64));
        let own = &vectors[start..][..places * width];
        parts.push(vector(graph, layer, name, own, width, &code));
    }
    let parts: Vec<&str> = parts.iter().map(|part| &part[..]).collect();
    Some(graph.op_with("Concat", &parts, vec![integer("axis", 1)]))
}

/// Converts an output to the units of the target.
pub(super) fn own_units<T: Float>(graph: &mut Graph, units: Units<T>, y: &str) -> String {
    graph.layer = "units".into();
    let [mean, deviation] = [units.mean, units.deviation].map(|x| graph.number(x.as_f64()));
    let y = graph.op("Mul", &[y, &deviation]);
    let mut y = graph.op("Add", &[&y, &mean]);
    if units.log > T::zero() {
        y = graph.op("Exp", &[&y]);
    }
    if units.clamp > T::zero() {
        let [least, most] = units.ends.map(|x| graph.number(x.as_f64()));
        y = graph.op("Clip", &[&y, &least, &most]);
    }
    y
}
