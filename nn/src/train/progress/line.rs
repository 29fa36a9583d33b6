//! Lines of a display, composed of pieces that fit the available width.

/// A part of a line.
#[derive(Clone)]
pub(super) struct Piece {
    /// Priority for omission if the line is too long: the highest rank first, 0 never.
    pub(super) rank: u8,
    pub(super) text: String,
    /// Used if `text` does not fit.
    pub(super) short: Option<String>,
}

/// Rank of the progress bar.
pub(super) const BAR: u8 = 5;

/// A piece without a short form.
pub(super) fn piece(rank: u8, text: impl Into<String>) -> Piece {
    Piece { rank, text: text.into(), short: None }
}

/// Columns that pieces take, with two spaces between neighbors.
fn columns<'p>(pieces: impl Iterator<Item = &'p Piece>) -> usize {
    pieces.map(|piece| piece.text.chars().count() + 2).sum::<usize>().saturating_sub(2)
}

/// The pieces that fit, in their order; the most important are chosen first.
pub(super) fn in_one_line(pieces: &[Piece], width: usize) -> String {
    let mut ranks: Vec<u8> = pieces.iter().map(|piece| piece.rank).collect();
    ranks.sort_unstable();
    let mut taken: Vec<Option<Piece>> = vec![None; pieces.len()];
    for rank in ranks {
        let Some(at) = pieces.iter().position(|piece| piece.rank == rank) else { continue };
        let short = pieces[at].short.clone().map(|text| Piece { text, ..pieces[at].clone() });
        for piece in [Some(pieces[at].clone()), short].into_iter().flatten() {
            taken[at] = Some(piece);
            if rank == 0 || columns(taken.iter().flatten()) <= width {
                break;
            }
            taken[at] = None;
        }
    }
    let texts: Vec<String> = taken.into_iter().flatten().map(|piece| piece.text).collect();
    texts.join("  ")
}

/// All pieces except estimates, in as many lines as they need; all lines but the first are
/// indented.
pub(super) fn in_lines(mut pieces: Vec<Piece>, width: usize) -> String {
    const INDENT: &str = "    ";
    if columns(pieces.iter()) > width {
        pieces.retain(|piece| piece.rank == 0);
    }
    let mut text = String::new();
    let mut used = 0;
    for piece in &pieces {
        let needs = piece.text.chars().count();
        if used > 0 && used + 2 + needs > width {
            text += "\n";
            text += INDENT;
            used = INDENT.len();
        } else if used > 0 {
            text += "  ";
            used += 2;
        }
        text += &piece.text;
        used += needs;
    }
    text
}

/// `1,234,567`
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands).join(" "), "0 999 1,000 1,234,567");
    }
}
