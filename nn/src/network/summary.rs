//! A network's table of layers, computed at compile time.

use crate::head::HeadInfo;
use crate::layer::{Info, LayerInfo, push_or_number};
use crate::text::{Message, Text, digits, equal};

/// Enough for the tables of some 300 layers. Longer ones are truncated, with a last line that says
/// so.
const CAPACITY: usize = 24 * 1024;

/// Widths of the table's columns.
const NAME: usize = 14;
const LAYER: usize = 30;
const OUTPUT: usize = 10;
const PARAMS: usize = 14;

/// The table of the network `name`. Its layers are called `names` (or `layer1`, `layer2`, … where
/// there are too few), its head is `head`, and its elements have `size` bytes.
pub(crate) const fn table(
    name: &str,
    names: &[&str],
    info: &Info,
    head: &HeadInfo,
    size: usize,
) -> Text<CAPACITY> {
    let mut measured = Table::new(Text::counting(), names, [0, 0]);
    measured.layers(info, head);
    let [longest_name, longest_layer] = measured.longest;
    let mut table = Table::new(
        Text::new(),
        names,
        [
            if longest_name < NAME { NAME } else { longest_name + 1 },
            if longest_layer < LAYER { LAYER } else { longest_layer + 1 },
        ],
    );
    table.text.push(name);
    table.text.push(": ");
    table.text.push_number(info.inputs(), ",");
    table.text.push(" -> ");
    table.text.push_number(info.outputs(), ",");
    table.text.push(", ends in ");
    head.push_names(&mut table.text);
    table.text.push("\n");
    table.heading();
    table.rule();
    table.layers(info, head);
    table.rule();
    table.text.push_number(info.params(), ",");
    table.text.push(" parameters, ");
    table.text.push_number(info.stored() * size, ",");
    table.text.push(" bytes; ");
    table.text.push_number(info.flops(), ",");
    table.text.push(" FLOPs per prediction\n");
    table.text
}

struct Table<'a> {
    text: Text<CAPACITY>,
    /// The name of the network that the next layer is in, followed by a dot; empty for the
    /// outermost one.
    inside: Message,
    /// The names of that network's layers.
    names: &'a [&'a str],
    /// The index in `names` of the next layer. It is updated while walking through the layers:
    /// looking up each name from the root would take quadratic time.
    next: usize,
    /// Whether lines were left out.
    is_cut: bool,
    /// Widths of the columns for names and layers.
    columns: [usize; 2],
    /// The longest entry of each.
    longest: [usize; 2],
}

impl<'a> Table<'a> {
    const fn new(text: Text<CAPACITY>, names: &'a [&'a str], columns: [usize; 2]) -> Self {
        let inside = Message::new();
        Table { text, inside, names, next: 0, is_cut: false, columns, longest: [0, 0] }
    }

    const fn heading(&mut self) {
        let start = self.text.len();
        self.text.push("name");
        self.text.push_blanks(start + self.columns[0]);
        self.text.push("layer");
        self.text.push_blanks(start + self.columns[0] + self.columns[1]);
        self.right("output", OUTPUT);
        self.right("parameters", PARAMS);
        self.text.push("\n");
    }

    const fn rule(&mut self) {
        let mut column = 0;
        while column < self.columns[0] + self.columns[1] + OUTPUT + PARAMS {
            self.text.push("─");
            column += 1;
        }
        self.text.push("\n");
    }

    /// Writes a line per layer. `head` replaces the activation of the last layer if it has none.
    const fn layers(&mut self, info: &Info, head: &HeadInfo) {
        const NONE: &HeadInfo = &HeadInfo::NONE;
        match info {
            Info::Layer(layer) => {
                if self.has_room() {
                    let line = self.text.len();
                    self.text.push(self.inside.as_str());
                    push_or_number(self.names, self.next, &mut self.text);
                    self.end_column(0, line);
                    let start = self.text.len();
                    self.layer(layer, head);
                    self.end_column(1, start);
                    self.right_number(layer.outputs, OUTPUT);
                    self.right_number(layer.params, PARAMS);
                    self.text.push("\n");
                    self.columns_of(layer);
                }
                self.next += 1;
            }
            Info::Then(a, b) => {
                self.layers(a, NONE);
                self.layers(b, head);
            }
            Info::Residual(layers) => {
                self.layers(layers, NONE);
                self.joint("x + f(x) of the above", layers.outputs());
            }
            Info::Concat(a, b) | Info::Heads(a, b) => {
                let (of_a, of_b) = head.of_branches();
                self.layers(a, of_a);
                self.layers(b, of_b);
                self.joint("the above, side by side", info.outputs());
            }
            Info::Nested { names, layers, .. } => {
                let (outer, outer_names, at) = (self.inside.len(), self.names, self.next);
                push_or_number(self.names, self.next, &mut self.inside);
                self.inside.push(".");
                (self.names, self.next) = (names, 0);
                self.layers(layers, NONE);
                self.inside.cut(outer);
                (self.names, self.next) = (outer_names, at + 1);
            }
        }
    }

    /// Writes a line per column of a table.
    const fn columns_of(&mut self, layer: &LayerInfo) {
        let mut column = 0;
        while column < layer.columns.texts.len() && self.has_room() {
            let line = self.text.len();
            self.text.push_blanks(line + self.columns[0]);
            let start = self.text.len();
            self.text.push("  ");
            self.text.push(layer.columns.texts[column]);
            let length = self.text.len() - start;
            if length > self.longest[1] {
                self.longest[1] = length;
            }
            self.text.push("\n");
            column += 1;
        }
    }

    /// Whether another line fits. If not, a last line has said so.
    const fn has_room(&mut self) -> bool {
        if self.text.len() + 512 <= CAPACITY {
            return true;
        }
        if !self.is_cut {
            self.is_cut = true;
            self.text.push("… and more layers\n");
        }
        false
    }

    /// Fills with blanks up to the end of a column that began at `start`.
    const fn end_column(&mut self, column: usize, start: usize) {
        let length = self.text.len() - start;
        if length > self.longest[column] {
            self.longest[column] = length;
        }
        self.text.push_blanks(start + self.columns[column]);
    }

    const fn layer(&mut self, layer: &LayerInfo, head: &HeadInfo) {
        self.text.push(layer.kind);
        self.text.push(" ");
        if layer.inputs != layer.outputs || !layer.activation.is_empty() {
            self.text.push_number(layer.inputs, ",");
            self.text.push(" -> ");
        }
        self.text.push_number(layer.outputs, ",");
        if equal(layer.activation.as_bytes(), b"linear") {
            self.text.push(", ");
            head.push_names(&mut self.text);
        } else {
            self.detail(layer.activation);
        }
        self.detail(layer.option);
    }

    const fn detail(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push(", ");
            self.text.push(text);
        }
    }

    /// Writes a line for a joint, which has no parameters and no name.
    const fn joint(&mut self, what: &str, outputs: usize) {
        if self.has_room() {
            let start = self.text.len();
            self.text.push_blanks(start + self.columns[0]);
            self.text.push(what);
            self.text.push_blanks(start + self.columns[0] + self.columns[1]);
            self.right_number(outputs, OUTPUT);
            self.text.push("\n");
        }
    }

    const fn right(&mut self, text: &str, width: usize) {
        let end = self.text.len() + width;
        self.text.push_blanks(end.saturating_sub(text.len()));
        self.text.push(text);
    }

    const fn right_number(&mut self, number: usize, width: usize) {
        let digits = digits(number);
        let end = self.text.len() + width;
        self.text.push_blanks(end.saturating_sub(digits + (digits - 1) / 3));
        self.text.push_number(number, ",");
    }
}
