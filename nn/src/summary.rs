//! A network's table of layers, written by the compiler.

use crate::head::HeadInfo;
use crate::inference::{Info, LayerInfo, Names};

/// Text made in a constant: a buffer and how much of it is filled.
#[derive(Debug)]
pub(crate) struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
    /// Whether rows were left out.
    is_cut: bool,
    /// Widths of the columns for names and for layers.
    columns: [usize; 2],
    /// The longest entry of each.
    longest: [usize; 2],
}

/// Enough for the tables of some 300 layers; longer ones end in a line that says so.
const CAPACITY: usize = 24 * 1024;

/// Widths of the table's columns; the first two are wider where an entry needs it.
const NAME: usize = 14;
const LAYER: usize = 30;
const OUTPUT: usize = 10;
const PARAMS: usize = 14;

impl Text {
    /// The table of the network `name`, whose layers are called `names` (or `layer1`, `layer2`, … where
    /// there are too few), ending in `head`, with elements of `size` bytes.
    pub(crate) const fn summary(
        name: &str,
        names: &[&str],
        info: &Info,
        head: &HeadInfo,
        size: usize,
    ) -> Text {
        let names = Names { names, outer: None };
        let mut measured = Text::new([0, 0]);
        measured.layers(info, &names, &mut 0, head);
        let [longest_name, longest_layer] = measured.longest;
        let mut text = Text::new([
            if longest_name < NAME { NAME } else { longest_name + 1 },
            if longest_layer < LAYER { LAYER } else { longest_layer + 1 },
        ]);
        text.push(name);
        text.push(": ");
        text.number(info.inputs());
        text.push(" -> ");
        text.number(info.outputs());
        text.push(", ends in ");
        text.heads(head);
        text.push("\n");
        text.heading();
        text.rule();
        text.layers(info, &names, &mut 0, head);
        text.rule();
        text.number(info.params());
        text.push(" parameters, ");
        text.number(info.stored() * size);
        text.push(" bytes; ");
        text.number(info.flops());
        text.push(" FLOPs per prediction\n");
        text
    }

    const fn new(columns: [usize; 2]) -> Text {
        Text { bytes: [b' '; CAPACITY], len: 0, is_cut: false, columns, longest: [0, 0] }
    }

    /// The text.
    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("a summary is cut inside a character"),
        }
    }

    const fn heading(&mut self) {
        let start = self.len;
        self.push("name");
        self.fill(start + self.columns[0]);
        self.push("layer");
        self.fill(start + self.columns[0] + self.columns[1]);
        self.right("output", OUTPUT);
        self.right("parameters", PARAMS);
        self.push("\n");
    }

    const fn rule(&mut self) {
        let mut column = 0;
        while column < self.columns[0] + self.columns[1] + OUTPUT + PARAMS {
            self.push("─");
            column += 1;
        }
        self.push("\n");
    }

    /// The rows of all layers; `head` stands in place of the activation of the last if that has none.
    const fn layers(&mut self, info: &Info, names: &Names<'_>, index: &mut usize, head: &HeadInfo) {
        const NONE: &HeadInfo = &HeadInfo::NONE;
        match info {
            Info::Layer(layer) => {
                if self.has_room() {
                    let line = self.len;
                    self.name(names, *index);
                    self.end_column(0, line);
                    let start = self.len;
                    self.layer(layer, head);
                    self.end_column(1, start);
                    self.right_number(layer.outputs, OUTPUT);
                    self.right_number(layer.params, PARAMS);
                    self.push("\n");
                }
                *index += 1;
            }
            Info::Then(a, b) => {
                self.layers(a, names, index, NONE);
                self.layers(b, names, index, head);
            }
            Info::Residual(layers) => {
                self.layers(layers, names, index, NONE);
                self.joint("x + f(x) of the above", layers.outputs());
            }
            Info::Inputs(a, b) | Info::Heads(a, b) => {
                let (of_a, of_b) = head.of_branches();
                self.layers(a, names, index, of_a);
                self.layers(b, names, index, of_b);
                self.joint("the above, side by side", info.outputs());
            }
            Info::Nested { names: inner, layers, .. } => {
                let inner = Names { names: inner, outer: Some((names, *index)) };
                self.layers(layers, &inner, &mut 0, NONE);
                *index += 1;
            }
        }
    }

    /// Whether another row fits; if not, a last one has said so.
    const fn has_room(&mut self) -> bool {
        if self.len + 512 <= CAPACITY {
            return true;
        }
        if !self.is_cut {
            self.is_cut = true;
            self.push("… and more layers\n");
        }
        false
    }

    /// Blanks up to the end of a column that began at `start`.
    const fn end_column(&mut self, column: usize, start: usize) {
        let length = self.len - start;
        if length > self.longest[column] {
            self.longest[column] = length;
        }
        self.fill(start + self.columns[column]);
    }

    const fn name(&mut self, names: &Names<'_>, index: usize) {
        if let Some((outer, at)) = names.outer {
            self.name(outer, at);
            self.push(".");
        }
        if index < names.names.len() {
            self.push(names.names[index]);
        } else {
            self.push("layer");
            self.number(index + 1);
        }
    }

    /// The heads' names.
    const fn heads(&mut self, head: &HeadInfo) {
        match head {
            HeadInfo::One(name) => self.push(name),
            HeadInfo::Both(a, b) => {
                self.heads(a);
                self.push(", ");
                self.heads(b);
            }
        }
    }

    const fn layer(&mut self, layer: &LayerInfo, head: &HeadInfo) {
        self.push(layer.kind);
        self.push(" ");
        if layer.inputs != layer.outputs || !layer.activation.is_empty() {
            self.number(layer.inputs);
            self.push(" -> ");
        }
        self.number(layer.outputs);
        if equal(layer.activation, "linear") {
            self.push(", ");
            self.heads(head);
        } else {
            self.detail(layer.activation);
        }
        self.detail(layer.option);
    }

    const fn detail(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(", ");
            self.push(text);
        }
    }

    /// A row for what has no parameters and no name: where layers come together.
    const fn joint(&mut self, what: &str, outputs: usize) {
        if self.has_room() {
            let start = self.len;
            self.fill(start + self.columns[0]);
            self.push(what);
            self.fill(start + self.columns[0] + self.columns[1]);
            self.right_number(outputs, OUTPUT);
            self.push("\n");
        }
    }

    const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() && self.len < CAPACITY {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
    }

    /// Blanks up to the position `end`, if it is not passed already.
    const fn fill(&mut self, end: usize) {
        while self.len < end {
            self.push(" ");
        }
    }

    const fn right(&mut self, text: &str, width: usize) {
        let end = self.len + width;
        self.fill(end.saturating_sub(text.len()));
        self.push(text);
    }

    const fn right_number(&mut self, number: usize, width: usize) {
        let digits = digits(number);
        let end = self.len + width;
        self.fill(end.saturating_sub(digits + (digits - 1) / 3));
        self.number(number);
    }

    /// `number` with a comma every three digits.
    const fn number(&mut self, number: usize) {
        let mut left = digits(number);
        while left > 0 {
            left -= 1;
            let digit = (number / 10_usize.pow(left as u32) % 10) as u8;
            self.push(match std::str::from_utf8(&[b'0' + digit]) {
                Ok(digit) => digit,
                Err(_) => panic!("a digit is one byte"),
            });
            if left > 0 && left.is_multiple_of(3) {
                self.push(",");
            }
        }
    }
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// Number of decimal digits.
const fn digits(number: usize) -> usize {
    match number.checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}
