//! What a picture consists of, and how much room each piece needs.

use super::canvas::Font;

/// Pieces from left to right along one axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row(pub(super) Vec<Piece>);

/// What a layer is drawn as.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// A column of units; at least `room` wide, as the next kind.
    Units { width: usize, role: Role, label: Label, room: f64 },
    /// A layer whose units each look at themselves or their neighbours, not at all inputs.
    Bar { width: usize, chance: bool, label: Label, room: f64 },
    /// Layers like those beside it that are left out.
    More { width: usize, label: Label },
    /// Layers whose input is added to their output.
    Residual(Row),
    /// Rows one above the other, beginning or ending together.
    Lanes { rows: Vec<Row>, inputs: bool },
    /// A network inside the network.
    Nested { title: String, row: Row },
}

/// What the units of a column are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Input,
    Hidden,
    Output,
}

/// The lines below a piece.
pub(super) type Label = Vec<(Font, String)>;

/// From a line of a label to the next.
pub(super) const LINE: f64 = 15.0;
/// Between the lowest unit and the label's first line.
pub(super) const TO_LABEL: f64 = 24.0;
/// Between the centers of two units.
pub(super) const UNIT: f64 = 20.0;
/// Room for the path around a residual.
pub(super) const SKIP: f64 = 20.0;
/// Between two lanes.
pub(super) const LANES: f64 = 26.0;
/// Room for the connections between lanes and what they have in common.
pub(super) const FAN: f64 = 36.0;
/// Between the frame of a nested network and what is in it.
pub(super) const FRAME: f64 = 14.0;
/// For the title in a frame.
pub(super) const FRAME_TITLE: f64 = 20.0;
/// The width of the sum that ends a residual.
pub(super) const SUM: f64 = 46.0;

/// Where the units of a column stand, above and below the axis.
pub(super) struct Column {
    /// The heights of those that are shown.
    pub(super) units: Vec<f64>,
    /// Where some are left out.
    pub(super) gap: Option<f64>,
    /// Half the height of all.
    pub(super) half: f64,
}

impl Column {
    /// A column of `width` units: all are shown up to ten, then more the more there are.
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
    /// How wide the piece is.
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

    /// How far the piece reaches above the axis.
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

    /// The height of all lanes.
    pub(super) fn lanes_height(&self) -> f64 {
        match self {
            Piece::Lanes { rows, .. } => {
                let heights = rows.iter().map(|row| row.up() + row.down(row.half()));
                heights.sum::<f64>() + LANES * (rows.len() - 1) as f64
            }
            _ => 0.0,
        }
    }

    /// Half the height of the units that stand on the row's axis, labels and lanes apart.
    fn half(&self) -> f64 {
        match self {
            Piece::Residual(row) | Piece::Nested { row, .. } => row.half(),
            Piece::Lanes { .. } => 0.0,
            _ => self.up(),
        }
    }

    /// How far the piece reaches below the axis, its label beginning at the row's.
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
    /// How wide the row is.
    pub(super) fn width(&self) -> f64 {
        self.0.iter().map(Piece::width).sum()
    }

    /// How far it reaches above the axis.
    pub(super) fn up(&self) -> f64 {
        self.0.iter().map(Piece::up).fold(0.0, f64::max)
    }

    /// Half the height of its units: below that stand the labels.
    pub(super) fn half(&self) -> f64 {
        self.0.iter().map(Piece::half).fold(0.0, f64::max)
    }

    /// How far it reaches below the axis, with labels below `half`.
    pub(super) fn down(&self, half: f64) -> f64 {
        self.0.iter().map(|piece| piece.down(half)).fold(0.0, f64::max)
    }
}
