//! Draws pieces as shapes, each at its position.

use super::canvas::{Canvas, Font, Point, px};
use super::plan::{
    Column, FAN, FRAME, LANES, LINE, Label, Piece, Role, Row, SKIP, SUM, TO_LABEL, UNIT,
};

/// Margin around the picture.
const MARGIN: f64 = 22.0;
/// Height of the title and the line below it.
const HEADING: f64 = 56.0;
const RADIUS: f64 = 7.0;
const BAR: f64 = 15.0;

/// The output side of a piece.
#[derive(Clone, Debug)]
struct Port {
    /// One point per unit that is shown.
    points: Vec<Point>,
    /// The middle of the piece, where a path around the next pieces begins.
    center: f64,
    /// Its top.
    top: f64,
}

/// Draws a row, with the network's name and a subtitle.
pub(super) fn picture(name: &str, subtitle: &str, row: &Row) -> String {
    let mut canvas = Canvas::default();
    let heading = Font::Title.width(name).max(Font::Detail.width(subtitle));
    let width = row.width().max(heading) + 2.0 * MARGIN;
    let half = row.half();
    let axis = MARGIN + HEADING + row.up();
    let height = axis + row.down(half) + MARGIN - LINE / 2.0;
    canvas.text(Point { x: MARGIN, y: MARGIN + 16.0 }, Font::Title, true, name);
    canvas.text(Point { x: MARGIN, y: MARGIN + 35.0 }, Font::Detail, true, subtitle);
    let left = (width - row.width()) / 2.0;
    row.draw(&mut canvas, [left, axis], half, None);
    canvas.finish([width, height.round()], &format!("{name}: {subtitle}"))
}

impl Row {
    /// Draws the pieces from `x` on along `axis`, connected to `port`, with labels below `half`.
    fn draw(
        &self,
        canvas: &mut Canvas,
        [mut x, axis]: [f64; 2],
        half: f64,
        mut port: Option<Port>,
    ) -> Option<Port> {
        for piece in &self.0 {
            port = piece.draw(canvas, [x, axis], half, port);
            x += piece.width();
        }
        port
    }
}

impl Piece {
    fn draw(
        &self,
        canvas: &mut Canvas,
        [x, axis]: [f64; 2],
        half: f64,
        port: Option<Port>,
    ) -> Option<Port> {
        let middle = x + self.width() / 2.0;
        let at = |y: f64| Point { x: middle, y: axis + y };
        let stand = |width| Column::of(width).units.into_iter().map(at).collect::<Vec<Point>>();
        match self {
            Piece::Units { width, role, label, .. } => {
                let units = stand(*width);
                if let Some(port) = &port {
                    canvas.dense(&port.points, &beside(&units, -RADIUS), "wire");
                }
                let class = match role {
                    Role::Input => "input",
                    Role::Hidden => "hidden",
                    Role::Output => "output",
                };
                column(canvas, &units, Column::of(*width).gap.map(at), class);
                below(canvas, label, at(half));
                Some(port_of(&units, RADIUS))
            }
            Piece::Bar { width, chance, label, .. } => {
                let units = stand(*width);
                if let Some(port) = &port {
                    canvas.lines(each(&port.points, &beside(&units, -BAR / 2.0)), "wire");
                }
                let size = [BAR, 2.0 * Column::of(*width).half];
                canvas.bar(at(0.0), size, if *chance { "chance" } else { "bar" });
                below(canvas, label, at(half));
                Some(port_of(&units, BAR / 2.0))
            }
            Piece::More { width, label } => {
                let units = stand(*width);
                if let Some(port) = &port {
                    canvas.lines(each(&port.points, &beside(&units, -RADIUS)), "wire faint");
                }
                column(canvas, &units, Column::of(*width).gap.map(at), "ghost");
                below(canvas, label, at(half));
                Some(port_of(&units, RADIUS))
            }
            Piece::Residual(row) => {
                let end = row.draw(canvas, [x, axis], half, port.clone());
                let middle = x + self.width() - SUM / 2.0;
                let (Some(begin), Some(end)) = (port, end) else { return None };
                let at = |point: &Point| Point { x: middle, y: point.y };
                let shown: Vec<Point> = end.points.iter().map(at).collect();
                canvas.lines(each(&end.points, &beside(&shown, -BAR / 2.0)), "wire");
                let top = shown.iter().map(|point| point.y).fold(axis, f64::min) - UNIT / 2.0;
                let over = axis - row.up() - SKIP * 0.6;
                canvas.path(&around(begin.center, begin.top, middle, top, over), "skip");
                canvas.bar(Point { x: middle, y: axis }, [BAR, 2.0 * (axis - top)], "sum");
                let plus = Point { x: middle, y: axis + 4.0 };
                canvas.text(plus, Font::Name, false, "+");
                Some(port_of(&shown, BAR / 2.0))
            }
            Piece::Lanes { rows, inputs } => {
                let mut top = axis - self.lanes_height() / 2.0;
                let mut ends = Vec::new();
                let (mut center, mut height) = (0.0_f64, f64::INFINITY);
                for row in rows {
                    let half = row.half();
                    // Inputs are aligned at their ends, heads at their beginnings.
                    let left = if *inputs { x + self.width() - FAN - row.width() } else { x + FAN };
                    let end = row.draw(canvas, [left, top + row.up()], half, port.clone());
                    top += row.up() + row.down(half) + LANES;
                    if let Some(end) = end {
                        ends.extend(end.points);
                        center = center.max(end.center);
                        height = height.min(end.top);
                    }
                }
                Some(Port { points: ends, center, top: height })
            }
            Piece::Nested { title, row } => {
                let (top, bottom) = (axis - self.up() + 4.0, axis + row.down(half) + FRAME - 4.0);
                canvas.frame([x + 4.0, top, x + self.width() - 4.0, bottom], "frame");
                canvas.text(Point { x: middle, y: top + 16.0 }, Font::Detail, false, title);
                let left = x + (self.width() - row.width()) / 2.0;
                row.draw(canvas, [left, axis], half, port)
            }
        }
    }
}

/// The same points, moved horizontally.
fn beside(points: &[Point], by: f64) -> Vec<Point> {
    points.iter().map(|point| Point { x: point.x + by, y: point.y }).collect()
}

/// Pairs each of `from` with its counterpart in `to`, proportionally if their numbers differ.
fn each<'a>(from: &'a [Point], to: &'a [Point]) -> impl Iterator<Item = (Point, Point)> + 'a {
    let count = from.len().max(to.len());
    let of = move |points: &[Point], at: usize| points.get(at * points.len() / count).copied();
    (0..count).filter_map(move |at| of(from, at).zip(of(to, at)))
}

/// The port of the units `shown`, `by` to the right of their middle.
fn port_of(shown: &[Point], by: f64) -> Port {
    let top = shown.iter().map(|point| point.y).fold(f64::INFINITY, f64::min) - UNIT / 2.0;
    let center = shown.first().map_or(0.0, |point| point.x);
    Port { points: beside(shown, by), center, top }
}

/// Draws a dot for each unit of a column, and three small dots in the gap of those left out.
fn column(canvas: &mut Canvas, units: &[Point], gap: Option<Point>, class: &str) {
    canvas.dots(units, RADIUS, class);
    if let Some(gap) = gap {
        canvas.dots(&[-5.0, 0.0, 5.0].map(|y| Point { x: gap.x, y: gap.y + y }), 1.3, "more");
    }
}

/// The path from the top of one piece to the top of another, above the pieces between them.
fn around(from: f64, top: f64, to: f64, to_top: f64, over: f64) -> String {
    const R: f64 = 10.0;
    let [low, right, left] = [over + R, from + R, to - R].map(px);
    let [from, top, to, to_top, over] = [from, top, to, to_top, over].map(px);
    format!(
        "M{from} {top}V{low}Q{from} {over} {right} {over}H{left}Q{to} {over} {to} {low}V{to_top}"
    )
}

/// Draws a label below `half`.
fn below(canvas: &mut Canvas, label: &Label, half: Point) {
    let mut at = Point { x: half.x, y: half.y + TO_LABEL - LINE / 2.0 };
    for (font, line) in label {
        canvas.text(at, *font, false, line);
        at.y += LINE;
    }
}
