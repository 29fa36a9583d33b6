//! One accumulator for each output.

use crate::error::{Error, Result};
use crate::head::Observation;

/// One `A` for each output of a regression row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::metric) struct Columns<A>(Vec<A>);

impl<A> Default for Columns<A> {
    fn default() -> Self {
        Columns(Vec::new())
    }
}

impl<A: Default> Columns<A> {
    /// Calls `see` with each output of the row, its target and the row's weight.
    pub(in crate::metric) fn observe(
        &mut self,
        row: &Observation,
        mut see: impl FnMut(&mut A, f64, f64, f64),
    ) -> Result<()> {
        let (outputs, targets) = row.numbers()?;
        if self.0.is_empty() {
            self.0.resize_with(outputs.len(), A::default);
        }
        same_width(self.0.len(), outputs.len())?;
        for (column, (&y, &t)) in self.0.iter_mut().zip(outputs.iter().zip(targets)) {
            see(column, y, t, row.weight());
        }
        Ok(())
    }

    /// The mean of the columns' values: `None` if a column has no value, or there is no column.
    pub(in crate::metric) fn mean(&self, value: impl Fn(&A) -> Option<f64>) -> Option<f64> {
        let sum: f64 = self.0.iter().map(value).sum::<Option<f64>>()?;
        (!self.0.is_empty()).then(|| sum / self.0.len() as f64)
    }
}

/// Rejects a row with another number of outputs than the rows before.
pub(in crate::metric) fn same_width(before: usize, found: usize) -> Result<()> {
    if before == found {
        return Ok(());
    }
    Err(Error::value(
        "number of outputs of a row",
        found.to_string(),
        format!("{before}, as in earlier rows"),
        "measure one model at a time",
    ))
}
