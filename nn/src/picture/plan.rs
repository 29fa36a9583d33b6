//! The pieces of a picture, and how much room each needs.

use super::canvas::Font;

/// Pieces from left to right along one axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row(pub(super) Vec<Piece>);

/// How a layer is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// A column of units, at least `room` wide.
    Units { width: usize, role: Role, label: Label, room: f64 },
    /// A layer whose units each depend on one input or on neighboring ones, not on all; at least
    /// `room` wide.
    Bar { width: usize, chance: bool, label: Label, room: f64 },
    /// Equal layers that are left out.
    More { width: usize, label: Label },
    /// Layers with a residual connection around them.
    Residual(Row),
    /// Rows above one another, aligned at their beginnings (heads) or ends (inputs).
    Lanes { rows: Vec<Row>, inputs: bool },
    /// A nested network.
    Nested { title: String, row: Row },
}

/// The role of a column's units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Input,
    Hidden,
    Output,
}

/// The lines below a piece.
pub(super) type Label = Vec<(Font, String)>;

/// Distance between two lines of a label.
pub(super) const LINE: f64 = 15.0;
/// Distance between the lowest unit and the label's first line.
pub(super) const TO_LABEL: f64 = 24.0;
/// Distance between the centers of two units.
pub(super) const UNIT: f64 = 20.0;
/// Room for the path around a residual.
pub(super) const SKIP: f64 = 20.0;
/// Distance between two lanes.
pub(super) const LANES: f64 = 26.0;
/// Room for the connections of lanes to their common part.
pub(super) const FAN: f64 = 36.0;
/// Distance between the frame of a nested network and its content.
pub(super) const FRAME: f64 = 14.0;
/// Height of the title in a frame.
pub(super) const FRAME_TITLE: f64 = 20.0;
/// The width of the sum that ends a residual.
pub(super) const SUM: f64 = 46.0;

/// Positions of the units of a column, relative to the axis.
pub(super) struct Column {
    /// The positions of the units that are shown.
    pub(super) units: Vec<f64>,
    /// Position of the gap, where units are left out.
    pub(super) gap: Option<f64>,
    /// Half the height of the column.
    pub(super) half: f64,
}

impl Column {
    /// Plans a column of `width` units. Up to ten are all shown; of more, the number shown grows
    /// slowly.
    pub(super) fn of(width: usize) -> Self {
        const ALL: usize = 10;
        let shown = match width {
            0..=ALL => width,
            11..=64 => 8,
            65..=512 => 10,
            _ => 12,
        };
        let cut = shown < width;
        let places = shown + usize::from(cut);
        let height = |place: usize| (place as f64 - (places as f64 - 1.0) / 2.0) * UNIT;
        let is_unit = |place: &usize| !cut || *place != shown / 2;
        Column {
            units: (0..places).filter(is_unit).map(height).collect(),
            gap: cut.then(|| height(shown / 2)),
            half: places as f64 * UNIT / 2.0,
        }
    }
}

impl Piece {
    /// Width of the piece.
    pub(super) fn width(&self) -> f64 {
        let of_label = |label: &Label| {
            label.iter().map(|(font, line)| font.width(line)).fold(0.0, f64::max) + 20.0
        };
        match self {
            Piece::Units { label, room, .. } => of_label(label).max(104.0).max(*room),
            Piece::Bar { label, room, .. } => of_label(label).max(64.0).max(*room),
            Piece::More { label, .. } => of_label(label).max(84.0),
            Piece::Residual(row) => row.width() + SUM,
            Piece::Lanes { rows, .. } => rows.iter().map(Row::width).fold(0.0, f64::max) + FAN,
            Piece::Nested { row, title } => {
                row.width().max(Font::Detail.width(title) + 20.0) + 2.0 * FRAME
            }
        }
    }

    /// Height of the piece above the axis.
    pub(super) fn up(&self) -> f64 {
        match self {
            Piece::Units { width, .. } | Piece::Bar { width, .. } | Piece::More { width, .. } => {
                Column::of(*width).half
            }
            Piece::Residual(row) => row.up() + SKIP,
            Piece::Lanes { .. } => self.lanes_height() / 2.0,
            Piece::Nested { row, .. } => row.up() + FRAME + FRAME_TITLE,
        }
    }

    /// Height of all lanes.
    pub(super) fn lanes_height(&self) -> f64 {
        match self {
            Piece::Lanes { rows, .. } => {
                let heights = rows.iter().map(|row| row.up() + row.down(row.half()));
                heights.sum::<f64>() + LANES * (rows.len() - 1) as f64
            }
            _ => 0.0,
        }
    }

    /// Half the height of the units on the row's axis, without labels and lanes.
    fn half(&self) -> f64 {
        match self {
            Piece::Residual(row) | Piece::Nested { row, .. } => row.half(),
            Piece::Lanes { .. } => 0.0,
            _ => self.up(),
        }
    }

    /// Height of the piece below the axis. Its label begins where the row's labels do, below
    /// `half`.
    fn down(&self, half: f64) -> f64 {
        match self {
            Piece::Units { label, .. } | Piece::Bar { label, .. } | Piece::More { label, .. } => {
                half + TO_LABEL + LINE * (label.len() as f64 - 1.0)
            }
            Piece::Residual(row) => row.down(half),
            Piece::Lanes { .. } => self.lanes_height() / 2.0,
            Piece::Nested { row, .. } => row.down(half) + FRAME,
        }
    }
}

impl Row {
    /// Width of the row.
    pub(super) fn width(&self) -> f64 {
        self.0.iter().map(Piece::width).sum()
    }

    /// Height of the row above the axis.
    pub(super) fn up(&self) -> f64 {
        self.0.iter().map(Piece::up).fold(0.0, f64::max)
    }

    /// Half the height of the row's units. Labels are below it.
    pub(super) fn half(&self) -> f64 {
        self.0.iter().map(Piece::half).fold(0.0, f64::max)
    }

    /// Height of the row below the axis, with labels below `half`.
    pub(super) fn down(&self, half: f64) -> f64 {
        self.0.iter().map(|piece| piece.down(half)).fold(0.0, f64::max)
    }
}
