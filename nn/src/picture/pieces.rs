//! Converts the layers of a network to the pieces of its picture.

use super::canvas::{Font, grouped};
use super::plan::{Piece, Role, Row};
use crate::head::HeadInfo;
use crate::layer::{Info, LayerInfo};

/// The row of a whole network.
pub(super) fn network(names: &[&str], info: &Info, head: &HeadInfo) -> Row {
    let mut row = pieces(info, &mut Names { names, next: 0 }, Some(head));
    begin(&mut row, info);
    row
}

/// Adds the network's inputs before its first layer, unless that has several inputs.
fn begin(row: &mut Row, info: &Info) {
    if !matches!(row.0.first(), Some(Piece::Lanes { inputs: true, .. })) {
        row.0.insert(0, inputs("input", info.inputs()));
    }
}

fn inputs(name: &str, width: usize) -> Piece {
    let label = vec![(Font::Name, name.to_string()), (Font::Detail, grouped(width))];
    Piece::Units { width, role: Role::Input, label, room: 0.0 }
}

/// The names of the layers, one after the other.
struct Names<'a> {
    names: &'a [&'a str],
    next: usize,
}

impl Names<'_> {
    fn next(&mut self) -> String {
        let at = self.next;
        self.next += 1;
        self.names.get(at).map_or_else(|| format!("layer{}", at + 1), |name| (*name).to_string())
    }
}

/// Returns the pieces of `info`. `head` is its head, if it is the end of the network.
fn pieces(info: &Info, names: &mut Names<'_>, head: Option<&HeadInfo>) -> Row {
    let mut parts = Vec::new();
    flatten(info, &mut parts);
    let mut row = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let alike = parts[at..].iter().take_while(|part| same(parts[at], part)).count();
        let last = at + alike == parts.len();
        // The last layer has the head, and so looks different.
        let run = if last && head.is_some() { alike - 1 } else { alike };
        if run > 3 {
            row.extend(piece(parts[at], names, None));
            for _ in 1..run - 1 {
                let _ = piece(parts[at], names, None);
            }
            let label = vec![(Font::Name, format!("{} more", run - 2))];
            row.push(Piece::More { width: parts[at].outputs(), label });
            row.extend(piece(parts[at], names, None));
            at += run;
        } else {
            let last = at + 1 == parts.len();
            row.extend(piece(parts[at], names, head.filter(|_| last)));
            at += 1;
        }
    }
    Row(row)
}

/// Collects the layers that follow one another.
fn flatten<'a>(info: &'a Info, into: &mut Vec<&'a Info>) {
    match info {
        Info::Then(a, b) => {
            flatten(a, into);
            flatten(b, into);
        }
        other => into.push(other),
    }
}

/// Whether two layers look the same except for their names.
fn same(a: &Info, b: &Info) -> bool {
    match (a, b) {
        (Info::Layer(a), Info::Layer(b)) => {
            (a.kind, a.inputs, a.outputs, a.activation, a.option, a.params)
                == (b.kind, b.inputs, b.outputs, b.activation, b.option, b.params)
        }
        (Info::Residual(a), Info::Residual(b)) => same(a, b),
        (Info::Then(a, b), Info::Then(c, d))
        | (Info::Concat(a, b), Info::Concat(c, d))
        | (Info::Heads(a, b), Info::Heads(c, d)) => same(a, c) && same(b, d),
        (Info::Nested { name: a, .. }, Info::Nested { name: b, .. }) => a == b,
        _ => false,
    }
}

/// Returns the piece of one layer, and one for the head if it cannot be shown as the layer's
/// activation.
fn piece(info: &Info, names: &mut Names<'_>, head: Option<&HeadInfo>) -> Vec<Piece> {
    let (mut piece, shown) = match info {
        Info::Layer(layer) => {
            let shown = layer.activation == "linear";
            (self::layer(layer, names.next(), head), shown)
        }
        Info::Residual(layers) => (Piece::Residual(pieces(layers, names, None)), false),
        Info::Concat(a, b) => {
            let mut rows = Vec::new();
            branches([a, b], names, &mut rows);
            align(rows.iter_mut().filter_map(|row| row.0.last_mut()).collect());
            (Piece::Lanes { rows, inputs: true }, false)
        }
        Info::Heads(a, b) => {
            let mut rows = Vec::new();
            heads([a, b], names, head, &mut rows);
            align(rows.iter_mut().filter_map(|row| row.0.first_mut()).collect());
            let shown = matches!(head, Some(HeadInfo::Both(..)));
            (Piece::Lanes { rows, inputs: false }, shown)
        }
        Info::Nested { name, names: inner, layers } => {
            let row = pieces(layers, &mut Names { names: inner, next: 0 }, None);
            (Piece::Nested { title: format!("{}: {name}", names.next()), row }, false)
        }
        Info::Then(..) => unreachable!("layers that follow one another are taken apart before"),
    };
    match head {
        Some(head) if !shown && *head != HeadInfo::NONE => {
            let label = vec![(Font::Name, head.to_string())];
            vec![piece, Piece::Bar { width: info.outputs(), chance: false, label, room: 0.0 }]
        }
        Some(_) => {
            if let Piece::Units { role, .. } = &mut piece {
                *role = Role::Output;
            }
            vec![piece]
        }
        None => vec![piece],
    }
}

/// Collects the lanes of several inputs. Nested branches are put on the same level.
fn branches(parts: [&Info; 2], names: &mut Names<'_>, rows: &mut Vec<Row>) {
    for part in parts {
        match part {
            Info::Concat(a, b) => branches([a, b], names, rows),
            Info::Layer(layer) if layer.kind == "input" => {
                rows.push(Row(vec![inputs(&names.next(), layer.inputs)]));
            }
            other => {
                let mut row = pieces(other, names, None);
                begin(&mut row, other);
                rows.push(row);
            }
        }
    }
}

/// Gives layers of different lanes that are above one another the same room.
fn align(mut column: Vec<&mut Piece>) {
    let widest = column.iter().map(|piece| piece.width()).fold(0.0, f64::max);
    for piece in &mut column {
        if let Piece::Units { room, .. } | Piece::Bar { room, .. } = piece {
            *room = widest;
        }
    }
}

/// Collects the lanes of several heads. Nested heads are put on the same level.
fn heads(parts: [&Info; 2], names: &mut Names<'_>, head: Option<&HeadInfo>, rows: &mut Vec<Row>) {
    let of_parts = match head {
        Some(HeadInfo::Both(a, b)) => [Some(*a), Some(*b)],
        _ => [None, None],
    };
    for (part, head) in parts.into_iter().zip(of_parts) {
        match part {
            Info::Heads(a, b) => heads([a, b], names, head, rows),
            other => rows.push(pieces(other, names, head)),
        }
    }
}

/// Returns the piece of a single layer.
fn layer(layer: &LayerInfo, name: String, head: Option<&HeadInfo>) -> Piece {
    let mut label = vec![(Font::Name, name)];
    let mut line = |font, text: String| {
        if !text.is_empty() {
            label.push((font, text));
        }
    };
    let same_width = layer.inputs == layer.outputs && layer.activation.is_empty();
    line(
        Font::Detail,
        match same_width {
            true => layer.kind.to_string(),
            false => {
                format!("{} {} → {}", layer.kind, grouped(layer.inputs), grouped(layer.outputs))
            }
        },
    );
    line(
        Font::Detail,
        match (layer.activation, head) {
            ("linear", Some(head)) => head.to_string(),
            (activation, _) => activation.to_string(),
        },
    );
    let norm = layer.kind.ends_with("_norm") && !layer.option.is_empty();
    line(Font::Detail, if norm { format!("ε {}", layer.option) } else { layer.option.to_string() });
    if layer.params > 0 {
        line(Font::Number, grouped(layer.params));
    }
    let (width, chance) = (layer.outputs, layer.kind == "dropout");
    match layer.kind {
        "dense" => Piece::Units { width, role: Role::Hidden, label, room: 0.0 },
        _ => Piece::Bar { width, chance, label, room: 0.0 },
    }
}
