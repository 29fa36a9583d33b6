//! Invalid rows of data: the first ones, their contents, and the total number.

/// The invalid rows of a column.
pub(crate) struct InvalidRows {
    /// The first few, each with its content.
    first: Vec<(usize, String)>,
    /// The number of invalid rows.
    how_many: usize,
    rows: usize,
}

impl InvalidRows {
    /// Number of rows that a message names; the others are only counted.
    const NAMED: usize = 3;

    /// Searches a column for invalid rows: `wrong` returns the content of an invalid row. `None` if
    /// all are valid.
    pub(crate) fn among<X>(column: &[X], wrong: impl Fn(&X) -> Option<String>) -> Option<Self> {
        let mut found = InvalidRows::none();
        found.look(0, column, wrong);
        found.any()
    }

    /// No invalid rows yet.
    pub(crate) fn none() -> Self {
        InvalidRows { first: Vec::new(), how_many: 0, rows: 0 }
    }

    /// Searches more rows; the first has number `start`.
    pub(crate) fn look<X>(
        &mut self,
        start: usize,
        column: &[X],
        wrong: impl Fn(&X) -> Option<String>,
    ) {
        for (row, found) in column.iter().enumerate().filter_map(|(row, x)| Some((row, wrong(x)?)))
        {
            self.how_many += 1;
            if self.how_many <= Self::NAMED {
                self.first.push((start + row, found));
            }
        }
        self.rows += column.len();
    }

    /// Returns the invalid rows, or `None` if there are none.
    pub(crate) fn any(self) -> Option<Self> {
        (self.how_many > 0).then_some(self)
    }

    /// The `what` of an error: the invalid rows of a column whose elements are each a `noun`.
    pub(crate) fn what(&self, noun: &str) -> String {
        let rows = self.list(|(row, _)| row.to_string());
        match self.how_many {
            1 => format!("{noun} of row {rows} (counted from 0)"),
            _ => format!("{noun}s of rows {rows} (counted from 0)"),
        }
    }

    /// The `found` of an error.
    pub(crate) fn found(&self, noun: &str) -> String {
        let found = self.list(|(_, found)| found.clone());
        let are = if self.how_many == 1 { "is" } else { "are" };
        format!("{found} ({} of {} {noun}s {are} invalid)", self.how_many, self.rows)
    }

    fn list(&self, text: impl Fn(&(usize, String)) -> String) -> String {
        let named: Vec<String> = self.first.iter().map(text).collect();
        let more = if self.how_many > named.len() { ", …" } else { "" };
        named.join(", ") + more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn above_nine(rows: &[u8]) -> Option<(String, String)> {
        let wrong = InvalidRows::among(rows, |&x| (x > 9).then(|| x.to_string()))?;
        Some((wrong.what("label"), wrong.found("label")))
    }

    #[test]
    fn the_first_are_named_and_all_are_counted() {
        assert_eq!(above_nine(&[0, 9]), None);
        let says = |rows: &[u8]| above_nine(rows).map(|(what, found)| format!("{what}: {found}"));
        assert_eq!(
            says(&[0, 12, 3]).unwrap(),
            "label of row 1 (counted from 0): 12 (1 of 3 labels is invalid)"
        );
        assert_eq!(
            says(&[10, 2, 11]).unwrap(),
            "labels of rows 0, 2 (counted from 0): 10, 11 (2 of 3 labels are invalid)"
        );
        assert_eq!(
            says(&[0, 10, 11, 12, 13, 14]).unwrap(),
            "labels of rows 1, 2, 3, … (counted from 0): 10, 11, 12, … (5 of 6 labels are invalid)"
        );
    }
}
