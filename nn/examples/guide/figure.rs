//! The guide's figures: one style, legible on light and dark pages, with series that differ not
//! only in color.

use std::path::Path;
use std::sync::Arc;

use kuva::plot::legend::{LegendEntry, LegendShape};
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{BandPlot, ForestPlot, LinePlot, ScatterPlot};
use kuva::prelude::{Layout, LegendPosition, LineStyle, Plot, Theme, TickFormat};

/// Colors that are distinguishable with any kind of color vision (Okabe and Ito 2008), each with
/// its own dash and mark.
const STYLES: [(&str, &str, MarkerShape); 6] = [
    ("#0072B2", "none", MarkerShape::Circle),
    ("#D55E00", "9 4", MarkerShape::Square),
    ("#009E73", "3 3", MarkerShape::Triangle),
    ("#AA4499", "9 3 3 3", MarkerShape::Diamond),
    ("#8A6D00", "14 4", MarkerShape::TriangleDown),
    ("#56B4E9", "2 5", MarkerShape::Cross),
];
/// Fill colors of regions of the plane.
const FILLS: [&str; 3] = ["#CFE3F1", "#F7D9C4", "#CDEBE1"];
/// Width and height, small enough for a phone.
const SIZE: [f64; 2] = [520.0, 370.0];
const SQUARE: [f64; 2] = [400.0, 380.0];
/// Most points of a line that each get a mark.
const MARKED: usize = 16;
/// Number of line names for which the plotting crate leaves space.
const NAMED: usize = 4;

/// A figure with one chart.
pub struct Panel {
    plots: Vec<Plot>,
    title: String,
    labels: [String; 2],
    log: [bool; 2],
    ends: [Option<[f64; 2]>; 2],
    size: [f64; 2],
    legend: LegendPosition,
    names: Vec<LegendEntry>,
    styles: usize,
    /// The lowest and the highest number on the x axis and on the y axis.
    extent: [[f64; 2]; 2],
}

/// A chart with this title and these axis labels.
impl Panel {
    pub fn new(title: &str, x: &str, y: &str) -> Self {
        Panel {
            plots: Vec::new(),
            title: title.into(),
            labels: [x.into(), y.into()],
            log: [false; 2],
            ends: [None; 2],
            size: SIZE,
            legend: LegendPosition::OutsideBottomColumns,
            names: Vec::new(),
            styles: 0,
            extent: [[f64::INFINITY, f64::NEG_INFINITY]; 2],
        }
    }

    /// Makes the x axis logarithmic, for lines added afterwards. (That of the plotting crate has
    /// too many labels.)
    pub fn log_x(mut self) -> Self {
        self.log[0] = true;
        self
    }

    /// Makes the y axis logarithmic, for lines added afterwards. (That of the plotting crate ends
    /// at 1e-10.)
    pub fn log_y(mut self) -> Self {
        self.log[1] = true;
        self
    }

    /// Sets the values at the ends of the y axis.
    pub fn y(mut self, low: f64, high: f64) -> Self {
        self.ends[1] = Some([low, high]);
        self
    }

    /// Sets the values at the ends of the x axis.
    pub fn x(mut self, low: f64, high: f64) -> Self {
        self.ends[0] = Some([low, high]);
        self
    }

    /// Moves the legend.
    pub fn legend(mut self, place: LegendPosition) -> Self {
        self.legend = place;
        self
    }

    /// Adds a line through these points, with marks if they are few.
    pub fn line(self, name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.spread(name, points.into_iter().map(|(x, y)| (x, [y, y, y])))
    }

    /// Adds a line through the middle one of three values, with a band from the lowest to the
    /// highest.
    pub fn spread(mut self, name: &str, points: impl IntoIterator<Item = (f64, [f64; 3])>) -> Self {
        let scaled = |axis: usize, x: f64| if self.log[axis] { x.log10() } else { x };
        let points: Vec<(f64, [f64; 3])> =
            points.into_iter().map(|(x, ys)| (scaled(0, x), ys.map(|y| scaled(1, y)))).collect();
        for (x, ys) in &points {
            for (extent, numbers) in self.extent.iter_mut().zip([&[*x; 3], ys]) {
                for number in numbers.iter().filter(|number| number.is_finite()) {
                    *extent = [extent[0].min(*number), extent[1].max(*number)];
                }
            }
        }
        let (color, dashes, mark) = STYLES[self.styles % STYLES.len()];
        self.styles += 1;
        let at = |value: usize| points.iter().map(move |&(x, values)| (x, values[value]));
        if points.iter().any(|(_, values)| values[0] != values[2]) {
            let low = at(0).map(|(_, y)| y);
            let band = BandPlot::new(at(0).map(|(x, _)| x), low, at(2).map(|(_, y)| y));
            self.plots.push(band.with_color(color).with_opacity(0.18).into());
        }
        if points.len() <= MARKED {
            let marks = ScatterPlot::new().with_data(at(1)).with_color(color);
            self.plots.push(marks.with_marker(mark).with_size(4.5).into());
        }
        self.names.push(LegendEntry {
            label: name.into(),
            color: color.into(),
            shape: LegendShape::Line,
            dasharray: (dashes != "none").then(|| dashes.into()),
        });
        let line = LinePlot::new().with_data(at(1)).with_color(color).with_stroke_width(2.2);
        let line = match dashes {
            "none" => line,
            dashes => line.with_line_style(LineStyle::Custom(dashes.into())),
        };
        self.plots.push(if name.is_empty() { line } else { line.with_legend(name) }.into());
        self
    }

    /// Adds points without a line.
    pub fn dots(mut self, name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let (color, _, mark) = STYLES[self.styles % STYLES.len()];
        self.styles += 1;
        let dots = ScatterPlot::new().with_data(points).with_color(color);
        let dots = dots.with_marker(mark).with_size(3.0).with_legend(name);
        self.plots.push(dots.into());
        self
    }

    /// Adds a list of names, each with the middle one of three values and a line from the lowest to
    /// the highest.
    pub fn ranking<'n>(mut self, rows: impl IntoIterator<Item = (&'n str, [f64; 3])>) -> Self {
        const ROW: f64 = 19.0;
        let mut forest = ForestPlot::new().with_color(STYLES[0].0).with_show_null_line(false);
        let (mut height, mut ends) = (110.0, [f64::INFINITY, f64::NEG_INFINITY]);
        for (name, [low, middle, high]) in rows {
            // NaN has no mark.
            if [low, middle, high].iter().all(|number| number.is_finite()) {
                forest = forest.with_row(name, middle, low, high);
                ends = [ends[0].min(low), ends[1].max(high)];
                height += ROW;
            }
        }
        self.size = [560.0, height];
        let margin = 0.03 * (ends[1] - ends[0]);
        self = self.x(ends[0] - margin, ends[1] + margin);
        self.plots.push(Plot::Forest(forest.with_marker_size(4.0)));
        self
    }

    /// Fills the square from −`side` to `side` by the class of each point.
    pub fn regions(mut self, side: f64, class: impl Fn(f64, f64) -> usize) -> Self {
        const CELLS: usize = 50;
        self.size = SQUARE;
        self = self.x(-side, side).y(-side, side);
        let cell = 2.0 * side / CELLS as f64;
        for row in 0..CELLS {
            let low = -side + row as f64 * cell;
            let at = |column: usize| class(-side + (column as f64 + 0.5) * cell, low + cell / 2.0);
            let mut from = 0;
            for column in 1..=CELLS {
                if column == CELLS || at(column) != at(from) {
                    let ends = [from, column].map(|column| -side + column as f64 * cell);
                    // Overlaps the next row, so that there are no gaps between them.
                    let high = (low + 1.5 * cell).min(side);
                    let band = BandPlot::new(ends, [low; 2], [high; 2]);
                    self.plots.push(band.with_color(FILLS[at(from)]).with_opacity(1.0).into());
                    from = column;
                }
            }
        }
        self
    }

    fn layout(&self) -> Layout {
        let layout = Layout::auto_from_plots(&self.plots)
            .with_title(self.title.as_str())
            .with_x_label(self.labels[0].as_str())
            .with_y_label(self.labels[1].as_str())
            .with_width(self.size[0])
            .with_height(self.size[1])
            .with_font_family("Helvetica, Arial, sans-serif")
            .with_title_size(17)
            .with_label_size(15)
            .with_tick_size(13)
            .with_body_size(13)
            .with_legend_position(self.legend)
            .with_legend_box(false)
            .with_x_label_offset(0.0, -4.0)
            .with_theme(Theme {
                grid_color: "#e4e4e4".into(),
                legend_border: "#bbb".into(),
                ..Theme::light()
            });
        let layout = match self.log[0] {
            true => layout.with_x_tick_format(powers()).with_x_tick_step(step(self.extent[0])),
            false => layout,
        };
        let layout = match self.log[1] {
            true => layout.with_y_tick_format(powers()).with_y_tick_step(step(self.extent[1])),
            false => layout,
        };
        let layout = match self.names.len() > NAMED {
            true => layout.with_legend_entries(self.names.clone()).with_height(self.size[1] + 40.0),
            false => layout,
        };
        let ends = |axis: usize| {
            let [low, high] = self.extent[axis];
            let margin = 0.05 * (high - low);
            self.ends[axis].or(self.log[axis].then_some([low - margin, high + margin]))
        };
        let layout = match ends(0) {
            Some([low, high]) => layout.with_x_axis_min(low).with_x_axis_max(high),
            None => layout,
        };
        match ends(1) {
            Some([low, high]) => layout.with_y_axis_min(low).with_y_axis_max(high),
            None => layout,
        }
    }

    /// Writes `NAME.svg` into the directory. `what` describes the figure, for screen readers.
    pub fn save(self, out: &Path, name: &str, what: &str) -> super::Result {
        let layout = self.layout();
        let picture = kuva::render_to_svg(self.plots, layout);
        // Lets a page show it smaller, and gives it a title.
        let (head, body) = picture.split_once('>').ok_or("the plotting crate gave no figure")?;
        let attribute = |name: &str| {
            let (_, after) = head.split_once(&format!(" {name}=\""))?;
            after.split('"').next()
        };
        let (width, height) = attribute("width").zip(attribute("height")).ok_or("no size")?;
        let picture = format!(
            "{head} viewBox=\"0 0 {width} {height}\" role=\"img\"><title>{what}</title>{body}\n"
        );
        let path = out.join(format!("{name}.svg"));
        std::fs::write(&path, picture).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("drawn: {name}.svg");
        Ok(())
    }
}

/// Writes a power of ten.
fn powers() -> TickFormat {
    TickFormat::Custom(Arc::new(|power: f64| match (power, 10_f64.powf(power)) {
        _ if power.fract() != 0.0 && power > 4.0 => format!("{:.1e}", 10_f64.powf(power)),
        (-3.0..5.0, number) if number < 1.0 => {
            format!("{number:.3}").trim_end_matches(['0', '.']).into()
        }
        (-3.0..1.0, number) if power.fract() != 0.0 => format!("{number:.1}"),
        (-3.0..5.0, number) => format!("{number:.0}"),
        _ => format!("1e{power}"),
    }))
}

/// Between the ticks of a logarithmic axis, in powers of ten.
fn step([low, high]: [f64; 2]) -> f64 {
    match high - low {
        span if span < 1.0 => 0.1,
        span if span < 2.0 => 0.5,
        span => (span / 6.0).ceil(),
    }
}
