//! Character graphics for values printed in a terminal.

use std::fmt;

pub(super) use crate::text::{bar, cut};

/// The unit square from (0, 0) to (1, 1), drawn in characters.
#[derive(Debug)]
pub(crate) struct Grid {
    width: usize,
    height: usize,
    cells: Vec<char>,
}

impl Grid {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Grid { width, height, cells: vec![' '; width * height] }
    }

    /// Draws a straight line over the present characters.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), with: char) {
        let place = |share: f64, cells: usize| (share.clamp(0.0, 1.0) * (cells - 1) as f64).round();
        let points = 4 * self.width.max(self.height);
        for at in 0..=points {
            let share = at as f64 / points as f64;
            let x = place(from.0 + (to.0 - from.0) * share, self.width) as usize;
            let y = place(from.1 + (to.1 - from.1) * share, self.height) as usize;
            self.cells[(self.height - 1 - y) * self.width + x] = with;
        }
    }

    /// Writes the grid with its axes.
    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>, up: &str, along: &str) -> fmt::Result {
        self.show_between(f, up, along, &["1.0", "0.5", "0.0"], &["0.0", "1.0"])
    }

    /// The same with other labels at the top, middle and bottom, and at the left and right.
    pub(crate) fn show_between<S: AsRef<str>>(
        &self,
        f: &mut fmt::Formatter<'_>,
        up: &str,
        along: &str,
        heights: &[S; 3],
        ends: &[S; 2],
    ) -> fmt::Result {
        let [top, middle, bottom] = heights.each_ref().map(AsRef::as_ref);
        let [left, right] = ends.each_ref().map(AsRef::as_ref);
        let margin = [top, middle, bottom].map(|label| label.chars().count()).into_iter().max();
        let margin = margin.unwrap_or(0) + 1;
        writeln!(f, "{up}")?;
        for (at, row) in self.cells.chunks(self.width).enumerate() {
            let label = match at {
                0 => top,
                _ if at == self.height / 2 => middle,
                _ if at + 1 == self.height => bottom,
                _ => "",
            };
            let row: String = row.iter().collect();
            writeln!(f, "{label:>margin$} ┤{}", row.trim_end())?;
        }
        writeln!(f, "{:margin$} └{}", "", "─".repeat(self.width))?;
        let between = left.chars().count() + right.chars().count() + 2;
        let width = self.width.saturating_sub(between);
        writeln!(f, "{:margin$}  {left} {along:^width$} {right}", "")
    }
}
