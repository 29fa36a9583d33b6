//! Charts with logarithmic axes, as SVG that is legible on light and on dark pages.

use std::fmt::Write;

/// A chart of lines and points over logarithmic axes.
#[derive(Debug)]
pub struct Chart {
    /// The title.
    pub title: String,
    /// The subtitle: machine, command.
    pub subtitle: String,
    /// The horizontal axis; `y` is the vertical one.
    pub x: Axis,
    /// See [`Chart::x`].
    pub y: Axis,
    /// The series, in the order in which they are drawn.
    pub series: Vec<Series>,
}

/// A logarithmic axis.
#[derive(Debug)]
pub struct Axis {
    /// The quantity, with its unit.
    pub name: String,
    /// The values at its ends.
    pub range: [f64; 2],
    /// Ticks: values with a line and a number.
    pub ticks: Vec<f64>,
}

/// A series of points.
#[derive(Default, Debug)]
pub struct Series {
    /// Its name in the legend; none if empty.
    pub name: String,
    /// x and y of each point.
    pub points: Vec<[f64; 2]>,
    /// The index of its color.
    pub color: usize,
    /// Whether a line joins the points.
    pub line: bool,
    /// Whether each point is drawn as a dot.
    pub dots: bool,
    /// A text at each point, or one that is written along the line.
    pub labels: Vec<String>,
}

impl Axis {
    /// From `from` to `to`, with ticks at the powers of ten and, in a range of less than three
    /// decades, at twice and five times those.
    pub fn log(name: impl Into<String>, [from, to]: [f64; 2]) -> Self {
        let steps: &[f64] = if to / from < 1000.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let decades = from.log10().floor() as i32..=to.log10().ceil() as i32;
        let ticks = decades
            .flat_map(|decade| steps.iter().map(move |step| step * 10_f64.powi(decade)))
            .filter(|tick| (from * 0.999..=to * 1.001).contains(tick))
            .collect();
        Axis { name: name.into(), range: [from, to], ticks }
    }

    /// The same axis with those of these ticks that are between its ends.
    #[must_use]
    pub fn ticks(mut self, ticks: impl IntoIterator<Item = f64>) -> Self {
        let [from, to] = self.range;
        self.ticks = ticks.into_iter().filter(|tick| (from..=to).contains(tick)).collect();
        self
    }

    /// The position of `value` between the ends: 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let [from, to] = self.range.map(f64::ln);
        (value.ln() - from) / (to - from)
    }
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 500.0;
/// Margins at the left, top, right and bottom of the axes.
const MARGIN: [f64; 4] = [64.0, 64.0, 24.0, 52.0];

/// Colors for light pages and for dark ones, distinguishable also for the color-blind, and gray.
const PALETTES: [[&str; 5]; 2] = [
    ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#6e7781"],
    ["#58a6ff", "#f0883e", "#3fb950", "#bc8cff", "#8b949e"],
];

fn style() -> String {
    let [light, dark] = PALETTES.map(|palette| {
        let rules = palette.iter().enumerate().map(|(class, color)| {
            format!(".line.c{class} {{ stroke: {color} }} .dot.c{class} {{ fill: {color} }}\n")
        });
        rules.collect::<String>()
    });
    format!(
        "text {{ font: 12px system-ui, sans-serif; fill: #24292f }}\n\
         .title {{ font-size: 15px; font-weight: 600 }}\n\
         .quiet {{ fill: #57606a }}\n\
         .grid {{ stroke: #888888; stroke-opacity: 0.3; fill: none }}\n\
         .line {{ stroke-width: 1.8; fill: none }}\n\
         {light}@media (prefers-color-scheme: dark) {{\n\
         text {{ fill: #e6edf3 }} .quiet {{ fill: #9da7b1 }}\n\
         {dark}}}"
    )
}

/// An SVG image of these charts, one below the other.
pub fn svg(charts: &[Chart]) -> String {
    let height = HEIGHT * charts.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\">\n<style>{}</style>\n",
        style()
    );
    for (row, chart) in charts.iter().enumerate() {
        let _ = writeln!(svg, "<g transform=\"translate(0 {})\">", HEIGHT * row as f64);
        chart.draw(&mut svg);
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

impl Chart {
    fn draw(&self, svg: &mut String) {
        let [left, top, right, bottom] = MARGIN;
        text(svg, [left, 22.0], "title", "start", &self.title);
        text(svg, [left, 40.0], "quiet", "start", &self.subtitle);
        for &tick in &self.x.ticks {
            let x = self.x_at(tick);
            path(svg, "grid", &[[x, top], [x, HEIGHT - bottom]]);
            text(svg, [x, HEIGHT - bottom + 16.0], "quiet", "middle", &number(tick));
        }
        for &tick in &self.y.ticks {
            let y = self.y_at(tick);
            path(svg, "grid", &[[left, y], [WIDTH - right, y]]);
            text(svg, [left - 6.0, y + 4.0], "quiet", "end", &number(tick));
        }
        let middle = 0.5 * (left + WIDTH - right);
        text(svg, [middle, HEIGHT - bottom + 36.0], "", "middle", &self.x.name);
        text(svg, [left, top - 8.0], "", "start", &self.y.name);
        let mut labels = Vec::new();
        for series in &self.series {
            self.draw_series(svg, series, &mut labels);
        }
        self.legend(svg);
    }

    /// `labels` are the positions of the texts that have been drawn.
    fn draw_series(&self, svg: &mut String, series: &Series, labels: &mut Vec<[f64; 2]>) {
        let at: Vec<_> = series.points.iter().map(|&[x, y]| [self.x_at(x), self.y_at(y)]).collect();
        if series.line {
            path(svg, &format!("line c{}", series.color), &at);
            if let ([[x, y], next, ..], [label]) = (&at[..], &series.labels[..]) {
                let angle = (next[1] - y).atan2(next[0] - x).to_degrees();
                let _ = writeln!(
                    svg,
                    "<text transform=\"translate({x:.1} {y:.1}) rotate({angle:.1})\" x=\"14\" \
                     y=\"-5\">{label}</text>"
                );
                return;
            }
        }
        if series.dots {
            for [x, y] in &at {
                let class = series.color;
                let _ = writeln!(
                    svg,
                    "<circle class=\"dot c{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>"
                );
            }
        }
        for (&[x, mut y], label) in at.iter().zip(&series.labels) {
            let is_taken = |y: f64| {
                labels.iter().any(|at| (at[0] - x).abs() < 200.0 && (at[1] - y).abs() < 13.0)
            };
            while is_taken(y) {
                y += 1.0;
            }
            labels.push([x, y]);
            text(svg, [x + 9.0, y + 4.0], "", "start", label);
        }
    }

    /// The names of the series, above the axes at the right.
    fn legend(&self, svg: &mut String) {
        let mut x = WIDTH - MARGIN[2];
        for series in self.series.iter().filter(|series| !series.name.is_empty()).rev() {
            x -= 7.0 * series.name.len() as f64 + 40.0;
            let y = MARGIN[1] - 12.0;
            path(svg, &format!("line c{}", series.color), &[[x, y], [x + 18.0, y]]);
            text(svg, [x + 24.0, y + 4.0], "", "start", &series.name);
        }
    }

    fn x_at(&self, value: f64) -> f64 {
        MARGIN[0] + self.x.place(value) * (WIDTH - MARGIN[0] - MARGIN[2])
    }

    fn y_at(&self, value: f64) -> f64 {
        HEIGHT - MARGIN[3] - self.y.place(value) * (HEIGHT - MARGIN[1] - MARGIN[3])
    }
}

fn text(svg: &mut String, [x, y]: [f64; 2], class: &str, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
    );
}

fn path(svg: &mut String, class: &str, points: &[[f64; 2]]) {
    let points: Vec<_> = points.iter().map(|[x, y]| format!("{x:.1} {y:.1}")).collect();
    let _ = writeln!(svg, "<path class=\"{class}\" d=\"M{}\"/>", points.join("L"));
}

/// Formats a number in a short form.
fn number(value: f64) -> String {
    if (0.01..1e6).contains(&value) { format!("{value}") } else { format!("{value:e}") }
}

/// The name of this machine's processor and the instruction set that is used, for subtitles.
pub fn processor() -> String {
    let isa = tensor::simd::Isa::best();
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{}, {isa:?}", name.map_or("unknown processor", |(_, name)| name))
}
