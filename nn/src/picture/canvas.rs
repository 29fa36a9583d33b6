//! Writes shapes as one self-contained SVG document.

use std::fmt::Write as _;

/// A position, in pixels from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The shapes of a picture, back to front.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    /// Connections, at the back.
    wires: String,
    shapes: String,
    texts: String,
}

/// The style of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Font {
    /// The network's name.
    Title,
    /// A layer's name.
    Name,
    /// A layer's kind and widths.
    Detail,
    /// Its number of parameters.
    Number,
}

impl Font {
    fn class(self) -> &'static str {
        match self {
            Font::Title => "title",
            Font::Name => "name",
            Font::Detail => "detail",
            Font::Number => "number",
        }
    }

    /// Font size in pixels.
    const fn size(self) -> f64 {
        match self {
            Font::Title => 17.0,
            Font::Name => 12.5,
            Font::Detail | Font::Number => 11.0,
        }
    }

    /// Approximate width of `text` in any sans-serif font.
    pub(super) fn width(self, text: &str) -> f64 {
        let bold = if matches!(self, Font::Title | Font::Name) { 1.08 } else { 1.0 };
        let em = |character: char| match character {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '|' | '\'' => 0.3,
            'f' | 'r' | 't' | ' ' | '(' | ')' | '-' => 0.38,
            'm' | 'w' | 'M' | 'W' | '→' => 0.9,
            c if c.is_ascii_uppercase() => 0.7,
            c if c.is_ascii() => 0.57,
            _ => 1.0,
        };
        text.chars().map(em).sum::<f64>() * self.size() * bold
    }
}

/// Colors for light and dark mode. The picture has its own background, so that it is readable on a
/// page that does not follow the system's setting.
const STYLE: &str = "\
.nn-net{font-family:ui-sans-serif,system-ui,-apple-system,\
'Segoe UI',Roboto,Helvetica,Arial,'DejaVu Sans',sans-serif}\
.nn-net .page{fill:#fbfcfe;stroke:#e3e8ef}\
.nn-net .wire{fill:none;stroke:#7b8ba5;stroke-width:.8;stroke-opacity:.34}\
.nn-net .faint{stroke-opacity:.16}\
.nn-net .skip{fill:none;stroke:#d9822b;stroke-width:1.8}\
.nn-net .input{fill:#8a97ab}\
.nn-net .hidden{fill:#3b82d6}\
.nn-net .output{fill:#1f9d74}\
.nn-net .more{fill:#7b8ba5}\
.nn-net .ghost{fill:#3b82d6;fill-opacity:.28}\
.nn-net .bar{fill:#8b6fd0;fill-opacity:.9}\
.nn-net .chance{fill:#8b6fd0;fill-opacity:.12;stroke:#8b6fd0;stroke-width:1.4;stroke-dasharray:4 3}\
.nn-net .sum{fill:#fbfcfe;stroke:#d9822b;stroke-width:1.8}\
.nn-net .frame{fill:#3b82d6;fill-opacity:.05;stroke:#9fb2cc;stroke-dasharray:5 4}\
.nn-net text{text-anchor:middle;fill:#1c2633;\
stroke:#fbfcfe;stroke-width:3.5px;stroke-linejoin:round;paint-order:stroke}\
.nn-net .title{font-size:17px;font-weight:650;text-anchor:start}\
.nn-net .lead{text-anchor:start}\
.nn-net .name{font-size:12.5px;font-weight:650}\
.nn-net .detail,.nn-net .number{font-size:11px}\
.nn-net .detail{fill:#46556a}\
.nn-net .number{fill:#728197}\
@media(prefers-color-scheme:dark){\
.nn-net .page{fill:#12171f;stroke:#28313e}\
.nn-net .wire{stroke:#93a4bd}\
.nn-net .input{fill:#8e9bb0}\
.nn-net .hidden,.nn-net .ghost{fill:#5a9cec}\
.nn-net .output{fill:#35bd8f}\
.nn-net .bar{fill:#a38ae6}\
.nn-net .chance{fill:#a38ae6;stroke:#a38ae6}\
.nn-net .skip{stroke:#e8973f}\
.nn-net .sum{fill:#12171f;stroke:#e8973f}\
.nn-net .frame{stroke:#4a5a71}\
.nn-net text{fill:#e6ecf4;stroke:#12171f}\
.nn-net .detail{fill:#b0bdcf}\
.nn-net .number{fill:#8695aa}\
}";

impl Canvas {
    /// Adds straight lines from each of `from` to each of `to`.
    pub(super) fn dense(&mut self, from: &[Point], to: &[Point], class: &str) {
        self.lines(from.iter().flat_map(|&a| to.iter().map(move |&b| (a, b))), class);
    }

    /// Adds straight lines, as one shape.
    pub(super) fn lines(&mut self, lines: impl IntoIterator<Item = (Point, Point)>, class: &str) {
        let mut path = String::new();
        for (a, b) in lines {
            let _ = write!(path, "M{} {}L{} {}", Px(a.x), Px(a.y), Px(b.x), Px(b.y));
        }
        if !path.is_empty() {
            let _ = writeln!(self.wires, r#"<path class="{class}" d="{path}"/>"#);
        }
    }

    /// Adds a line of any form, given the `d` of an SVG path.
    pub(super) fn path(&mut self, d: &str, class: &str) {
        let _ = writeln!(self.wires, r#"<path class="{class}" d="{d}"/>"#);
    }

    /// Adds dots of one radius, as one group.
    pub(super) fn dots(&mut self, centers: &[Point], radius: f64, class: &str) {
        let _ = write!(self.shapes, r#"<g class="{class}">"#);
        for center in centers {
            let (x, y, r) = (Px(center.x), Px(center.y), Px(radius));
            let _ = write!(self.shapes, r#"<circle cx="{x}" cy="{y}" r="{r}"/>"#);
        }
        let _ = writeln!(self.shapes, "</g>");
    }

    /// Adds a rectangle with round corners around `center`.
    pub(super) fn bar(&mut self, center: Point, [width, height]: [f64; 2], class: &str) {
        let (x, y) = (Px(center.x - width / 2.0), Px(center.y - height / 2.0));
        let (w, h, r) = (Px(width), Px(height), Px(width.min(height) / 2.0));
        let _ = writeln!(
            self.shapes,
            r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/>"#
        );
    }

    /// Adds a frame, behind everything.
    pub(super) fn frame(&mut self, [left, top, right, bottom]: [f64; 4], class: &str) {
        let (x, y) = (Px(left), Px(top));
        let (w, h) = (Px(right - left), Px(bottom - top));
        let frame = format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"10\"/>\n"
        );
        self.wires.insert_str(0, &frame);
    }

    /// Adds `text` with its baseline at `at`. The text is centered there, or begins there if it is
    /// a title or `lead` is set.
    pub(super) fn text(&mut self, at: Point, font: Font, lead: bool, text: &str) {
        let (x, y, text) = (Px(at.x), Px(at.y), escaped(text));
        let (class, lead) = (font.class(), if lead { " lead" } else { "" });
        let _ =
            writeln!(self.texts, r#"<text class="{class}{lead}" x="{x}" y="{y}">{text}</text>"#);
    }

    /// Returns the document.
    pub(super) fn finish(mut self, [width, height]: [f64; 2], description: &str) -> String {
        self.frame([0.5, 0.5, width - 0.5, height - 0.5], "page");
        let (w, h, label) = (Px(width), Px(height), escaped(description));
        let Canvas { wires, shapes, texts } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"nn-net\" role=\"img\" \
             width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n\
             <title>{label}</title>\n<style>{STYLE}</style>\n{wires}{shapes}{texts}</svg>\n"
        )
    }
}

/// A coordinate as text.
pub(super) fn px(value: f64) -> String {
    Px(value).to_string()
}

/// A coordinate with at most two decimals, the same on every machine.
struct Px(f64);

impl std::fmt::Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hundredths = (self.0 * 100.0).round() as i64;
        let sign = if hundredths < 0 { "-" } else { "" };
        let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
        match (part, part % 10) {
            (0, _) => write!(f, "{sign}{whole}"),
            (_, 0) => write!(f, "{sign}{whole}.{}", part / 10),
            _ => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

/// Escapes `text` as the content of an element; replaces characters that XML does not allow.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Returns `number` with a comma between groups of three digits.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
