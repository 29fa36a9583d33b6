//! The columns of a table in C: a struct for a row, and the encoding of each column.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use tensor::Float;

use super::body::{Body, Place, Placed};
use super::pieces::Precision;
use crate::labels::Labels;
use crate::layer::columns::columns as found_columns;
use crate::layer::columns::{ColumnKind, ColumnWidths, ColumnsInfo, tables};
use crate::network::{Described, Port, categories};

/// Reserved words of C, also of later versions and of C++.
const KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "asm",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "compl",
    "concept",
    "const",
    "constexpr",
    "continue",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "not",
    "nullptr",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
    "xor",
];

/// A row of a table in C.
#[derive(Debug, Default)]
pub(super) struct RowStruct {
    /// Its fields.
    pub(super) fields: String,
    /// The code that converts it to a row of numbers.
    pub(super) numbers: String,
}

impl RowStruct {
    /// The struct for a network that takes columns; `None` for one that takes numbers only.
    pub(super) fn of<T: Float>(network: &Described<'_, T>, body: &mut Body) -> Option<Self> {
        let ports = network.inputs();
        if ports.iter().all(|port| port.columns == ColumnsInfo::NONE) {
            return None;
        }
        let (mut row, mut names, mut at) = (RowStruct::default(), HashSet::new(), 0);
        let words = words_of(network);
        let real = body.pieces.precision.real();
        for Port { name, width, columns } in ports {
            if columns == ColumnsInfo::NONE {
                let field = field(&name, &mut names);
                let copy = body.pieces.function("copy")?;
                let _ = writeln!(row.fields, "    {real} {field}[{width}];");
                let _ = writeln!(row.numbers, "    {copy}(input + {at}, row->{field}, {width});");
            }
            let mut own = at;
            for ((name, form), text) in columns.names.iter().zip(columns.forms).zip(columns.texts) {
                let field = field(name, &mut names);
                let known = words.get(name).map_or(String::new(), |some| format!(": {some}"));
                let (kind, function, means) = match form.kind {
                    ColumnKind::Category { .. } => {
                        ("const char *", "word", "a word in UTF-8; NULL or \"\" if it is missing")
                    }
                    ColumnKind::Number { .. } => {
                        ("double ", "number", "a number; NAN if it is missing")
                    }
                    ColumnKind::Flag => {
                        ("double ", "number", "1 for yes, 0 for no; NAN if it is missing")
                    }
                    ColumnKind::Date => {
                        ("double ", "number", "days from 1970-01-01; NAN if they are missing")
                    }
                };
                let function = body.pieces.function(function)?;
                let (text, known) = (comment(text), comment(&known));
                let _ = writeln!(row.fields, "    {kind}{field}; /* {text}: {means}{known} */");
                let _ = writeln!(row.numbers, "    {function}(input + {own}, row->{field});");
                own += form.raw();
            }
            at += width;
            if columns != ColumnsInfo::NONE && own < at {
                // A row has extra columns for the encoded values.
                let _ = writeln!(
                    row.numbers,
                    "    for (size_t i = {own}; i < {at}; i++) input[i] = 0;"
                );
            }
        }
        Some(row)
    }
}

/// The first words of each category, if the network knows them.
fn words_of<T: Float>(network: &Described<'_, T>) -> HashMap<&'static str, String> {
    let words = network.words.by_fingerprint();
    let of_places = |places: Vec<[u32; 2]>| {
        Labels::among(places.iter().filter_map(|place| words.get(place).copied()))
    };
    let categories = categories(network.info, network.parameters);
    let known = categories.map(|(name, places)| (name, of_places(places)));
    known.filter(|(_, words)| !words.is_empty()).map(|(name, words)| (name, words.some())).collect()
}

/// A text that neither ends nor begins a comment.
pub(super) fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *")
}

/// A unique C name for a column.
fn field(name: &str, names: &mut HashSet<String>) -> String {
    let of_c = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let plain: String = name.chars().map(of_c).collect();
    let is_name = plain.starts_with(|first: char| first.is_ascii_alphabetic())
        && !KEYWORDS.contains(&&plain[..]);
    let plain = if is_name { plain } else { format!("column_{plain}") };
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let mut free = [plain.clone()].into_iter().chain(numbered);
    let name = free.find(|name| !names.contains(name)).unwrap_or(plain);
    names.insert(name.clone());
    name
}

/// Adds the encoding of the columns.
pub(super) fn encode(body: &mut Body, layer: &Placed<'_>, x: &Place) -> Option<Place> {
    let forms = layer.info.columns.forms;
    let words = match forms.iter().any(|form| form.words() > 0) {
        true => body.tensor(layer, "words")?,
        false => String::new(),
    };
    let y = body.taken(layer.info.outputs);
    let (mut float, mut code, mut word) = (0, ColumnWidths::of(forms).floats, 0);
    let of = |place: &Place, at: usize| format!("{} + {at}", place.text);
    for (form, raw, found) in found_columns(forms, &layer.parameters) {
        let number = |number| body.pieces.precision.number(number);
        let (unit, center, scale) = (number(found.unit), number(found.center), number(found.scale));
        let (seen, raw) = (number(found.missing), of(x, raw));
        let (name, arguments) = match form.kind {
            ColumnKind::Number { .. } => ("column_number", format!("{unit}, {center}, {scale}")),
            ColumnKind::Date => ("column_date", format!("{center}, {scale}")),
            ColumnKind::Flag => ("column_flag", String::new()),
            ColumnKind::Category { kept, dimensions } => {
                let place = |is_there: bool, place: usize| if is_there { place as i64 } else { -1 };
                let others = place(found.other > 0.0, kept);
                let missing = place(found.missing > 0.0 && !form.complete, kept + 1);
                let places = if dimensions > 0 { 0 } else { form.places() };
                let arguments =
                    format!("{words} + {}, {kept}, {others}, {missing}, {places}", 2 * word);
                word += kept;
                ("column_word", arguments)
            }
        };
        let to = if form.dimensions() > 0 { &mut code } else { &mut float };
        let own = of(&y, *to);
        *to += if form.dimensions() > 0 { 1 } else { form.floats() };
        let comma = if arguments.is_empty() { "" } else { ", " };
        let function = body.pieces.function(name)?;
        let _ = writeln!(body.logits, "    {function}({own}, {raw}{comma}{arguments});");
        if !form.complete && !matches!(form.kind, ColumnKind::Category { .. }) {
            let function = body.pieces.function("column_missing")?;
            let _ = writeln!(body.logits, "    {function}({}, {raw}, {seen});", of(&y, float - 1));
        }
    }
    Some(y)
}

/// The embeddings of words, after the columns that have none.
pub(super) fn vectors(body: &mut Body, layer: &Placed<'_>, x: &Place) -> Option<Place> {
    let forms = layer.info.columns.forms;
    let (floats, table) = (ColumnWidths::of(forms).floats, body.tensor(layer, "vectors")?);
    let (copy, vector) = (body.pieces.function("copy")?, body.pieces.function("vector")?);
    let y = body.taken(layer.info.outputs);
    if floats > 0 {
        let _ = writeln!(body.logits, "    {copy}({}, {}, {floats});", y.text, x.text);
    }
    for (code, [start, places, dimensions, at]) in (floats..).zip(tables(forms)) {
        let _ = writeln!(
            body.logits,
            "    {vector}({} + {at}, {} + {code}, {table} + {start}, {places}, {dimensions});",
            y.text, x.text
        );
    }
    Some(y)
}

/// Converts an output to the units of the target.
pub(super) fn own_units<T: Float>(network: &Described<'_, T>, body: &mut Body) -> Option<()> {
    let Some(place) = network.units else { return Some(()) };
    let units = crate::network::Units::at(network.parameters, place);
    let number = |number: T| body.pieces.precision.number(number.as_f64());
    let (mean, deviation) = (number(units.mean), number(units.deviation));
    let ends = units.ends.map(number);
    let _ = writeln!(body.heads, "    output[0] = output[0] * {deviation} + {mean};");
    if units.log > T::zero() {
        let exp = body.pieces.function("exp")?;
        let _ = writeln!(body.heads, "    output[0] = {exp}(output[0]);");
    }
    if units.clamp > T::zero() {
        let suffix = body.pieces.precision.suffix();
        let [least, most] = ends;
        let _ = writeln!(
            body.heads,
            "    output[0] = fmin{suffix}(fmax{suffix}(output[0], {least}), {most});"
        );
    }
    Some(())
}

/// The row's part of the header.
pub(super) fn header(row: &RowStruct, stem: &str, real: Precision) -> String {
    let (upper, real) = (stem.to_ascii_uppercase(), real.real());
    format!(
        "/* A row of a table. */\ntypedef struct {{\n{}}} {stem}_row;\n\n\
         /* Converts a row to the numbers of a sample. */\n\
         void {stem}_numbers(const {stem}_row *row, {real} input[{upper}_INPUTS]);\n\n\
         /* The outputs for a row. */\nvoid {stem}_predict_row(const {stem}_row *row, {real} \
         output[{upper}_OUTPUTS]);\n\n",
        row.fields
    )
}

/// The row's part of the source.
pub(super) fn source(row: &RowStruct, stem: &str, real: Precision) -> String {
    let (upper, real) = (stem.to_ascii_uppercase(), real.real());
    format!(
        "\nvoid {stem}_numbers(const {stem}_row *row, {real} input[{upper}_INPUTS])\n{{\n{}}}\n\n\
         void {stem}_predict_row(const {stem}_row *row, {real} output[{upper}_OUTPUTS])\n{{\n    \
         {real} input[{upper}_INPUTS];\n    {stem}_numbers(row, input);\n    \
         {stem}_predict(input, output);\n}}\n",
        row.numbers
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_of_c() {
        let mut names = HashSet::new();
        let found = ["area", "area (m²)", "area (ft²)", "int", "2nd", "é", ""]
            .map(|name| field(name, &mut names));
        let expected =
            ["area", "area__m__", "area__ft__", "column_int", "column_2nd", "column__", "column_"];
        assert_eq!(found, expected);
        assert_eq!(field("area (km)", &mut names), "area__km_");
        assert_eq!(field("area-(m-)", &mut names), "area__m___2");
        assert_eq!(comment("a */ b /*/ c"), "a * / b / * / c");
    }
}
