//! Networks that are declared with the columns of a table.

use super::Block;
use crate::data::{At, ColumnTarget, Dataset, Table};
use crate::error::Result;
use crate::layer::columns::DeclaredColumns;
use crate::network::{Network, Units, place_of_units};
use crate::row::Row;

/// A network that is declared with a block of columns and takes rows of tables.
/// [`network!`](crate::network!) implements it.
///
/// ```
/// use nn::data::{Column, Table};
/// use nn::prelude::*;
///
/// network! {
///     pub struct Price {
///         row: columns { area: number(log), city: category(3) },
///         deep: dense(16, silu),
///         price: dense(1),
///     }
/// }
///
/// let areas = (0..200).map(|row| 40.0 + f64::from(row * 7 % 100));
/// let cities = (0..200).map(|row| ["Rome", "Oslo", ""][row as usize % 3]);
/// let prices = (0..200).map(|row| 3000.0 * f64::from(row * 7 % 100) + 5e4 * f64::from(row % 3));
/// let table = Table::new([
///     Column::numbers("area", areas),
///     Column::categories("city", cities),
///     Column::numbers("price", prices),
/// ])?;
/// let mut price = Price::init(1);
/// fit(&mut price, &Price::dataset(&table, "price")?).epochs(30).show(nn::Show::Nothing).run()?;
///
/// let [euro] = price.predict(&PriceRow { area: Some(84.0), city: "Rome" });
/// assert!(euro.is_finite()); // in the units of the table
/// assert_eq!(price.predict_table(&table.head(3))?.len(), 3);
/// # Ok::<(), nn::Error>(())
/// ```
pub trait Tabular: Network {
    /// The columns.
    type Columns: DeclaredColumns;

    /// Converts the rows of a table to numbers. Columns are found by name; the table may have
    /// others.
    ///
    /// # Errors
    ///
    /// If columns are missing or of another kind. The message also names the table's remaining
    /// columns.
    fn rows(table: &Table) -> Result<Vec<Self::Input>> {
        rows::<Self>(&block::<Self>(None), table)
    }

    /// Creates the rows for [`fit`](crate::fit) and `evaluate`, with this column as the target.
    ///
    /// # Errors
    ///
    /// As [`Tabular::rows`]; also if the column does not exist, or its values cannot be targets of
    /// this network.
    fn dataset<'n>(
        table: &Table,
        target: impl Into<At<'n>>,
    ) -> Result<Dataset<Self::Input, Self::Target>>
    where
        Self::Target: ColumnTarget,
    {
        let column = table.column(target)?;
        let block = block::<Self>(Some(column.name()));
        let (inputs, words) = (rows::<Self>(&block, table)?, block.words(table)?);
        let (targets, names) = Self::Target::read_named(&[column], None)?;
        Ok(Dataset::new(inputs, targets)?.named(names).with_words(words))
    }

    /// Makes the network predict the logarithm of its target; its outputs are converted back to the
    /// target. Use it for prices, counts and other quantities that vary by factors rather than by
    /// amounts. The targets must then be above 0, and the loss is the squared error of their
    /// logarithms.
    ///
    /// # Panics
    ///
    /// If the network does not end in one number.
    #[must_use]
    #[track_caller]
    fn log_target(mut self) -> Self {
        let place = place_of_target::<Self>("log_target");
        Units::ask_for_log(self.parameters_mut().as_mut_slice(), place);
        self
    }

    /// Clamps the outputs of the network to the range of its training targets.
    ///
    /// # Panics
    ///
    /// If the network does not end in one number.
    #[must_use]
    #[track_caller]
    fn clamp_target(mut self) -> Self {
        let place = place_of_target::<Self>("clamp_target");
        Units::ask_for_clamp(self.parameters_mut().as_mut_slice(), place);
        self
    }

    /// The predictions for the rows of a table, which need not have the target column.
    ///
    /// # Errors
    ///
    /// As [`Tabular::rows`].
    ///
    /// # Panics
    ///
    /// If the network was never adapted.
    #[track_caller]
    fn predict_table(&self, table: &Table) -> Result<Vec<Self::Output>> {
        Ok(Network::predict_batch(self, &Self::rows(table)?))
    }
}

/// The position of the target's statistics.
#[track_caller]
fn place_of_target<N: Tabular>(method: &str) -> usize {
    match const { place_of_units::<N>() } {
        Some(place) => place,
        None => {
            panic!(
                "{}: `{method}` is for networks that end in one number, as in `dense(1)`",
                N::NAME
            )
        }
    }
}

/// The columns of a network, with this one as an additional column of the table.
fn block<N: Tabular>(target: Option<&str>) -> Block<'_, &'static str> {
    Block { names: N::Columns::NAMES, forms: N::Columns::FORMS, target }
}

fn rows<N: Tabular>(block: &Block<'_, &str>, table: &Table) -> Result<Vec<N::Input>> {
    let numbers = block.inputs::<N::Float>(table)?;
    let mut rows = N::Input::zeroed_rows(table.len());
    N::Input::flatten_mut(&mut rows).copy_from_slice(&numbers);
    Ok(rows)
}
