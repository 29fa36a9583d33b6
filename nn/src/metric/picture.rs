//! Pictures made of characters, for values that are looked at in a terminal.

use std::fmt;

pub(super) use crate::text::{bar, cut};

/// A square from (0, 0) to (1, 1), drawn in characters.
#[derive(Debug)]
pub(super) struct Grid {
    width: usize,
    height: usize,
    cells: Vec<char>,
}

impl Grid {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Grid { width, height, cells: vec![' '; width * height] }
    }

    /// Draws a straight line, over what is there.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), with: char) {
        let place = |share: f64, cells: usize| (share.clamp(0.0, 1.0) * (cells - 1) as f64).round();
        let points = 4 * self.width.max(self.height);
        for at in 0..=points {
            let share = at as f64 / points as f64;
            let x = place(from.0 + (to.0 - from.0) * share, self.width) as usize;
            let y = place(from.1 + (to.1 - from.1) * share, self.height) as usize;
            self.cells[(self.height - 1 - y) * self.width + x] = with;
        }
    }

    /// Writes it with its axes.
    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>, up: &str, along: &str) -> fmt::Result {
        writeln!(f, "{up}")?;
        for (at, row) in self.cells.chunks(self.width).enumerate() {
            let label = match at {
                0 => "1.0",
                _ if at == self.height / 2 => "0.5",
                _ if at + 1 == self.height => "0.0",
                _ => "",
            };
            let row: String = row.iter().collect();
            writeln!(f, "{label:>4} ┤{}", row.trim_end())?;
        }
        writeln!(f, "     └{}", "─".repeat(self.width))?;
        writeln!(f, "      0.0 {along:^width$} 1.0", width = self.width.saturating_sub(8))
    }
}
