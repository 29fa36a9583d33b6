//! Networks that are declared with the columns of a table.

use super::Block;
use crate::data::{At, ColumnTarget, Dataset, Table};
use crate::error::Result;
use crate::layer::columns::DeclaredColumns;
use crate::network::{Network, Units, place_of_units};
use crate::row::Row;

/// A network that is declared with a block of columns, and so takes rows of tables: [`network!`](crate::network!) implements
/// it.
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

    /// The rows of a table as numbers, by the names of the columns, whichever others the table has.
    ///
    /// # Errors
    ///
    /// If columns are missing or hold another kind of values; then those that are left over are named, too.
    fn rows(table: &Table) -> Result<Vec<Self::Input>> {
        rows::<Self>(&block::<Self>(None), table)
    }

    /// Rows for [`fit`](crate::fit) and `evaluate`, with this column as the target.
    ///
    /// # Errors
    ///
    /// As [`Tabular::rows`]; if there is no such column, or its values are no targets of this network.
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

    /// The same network, which predicts the logarithm of its target, and gives the target itself back: for prices, counts and
    /// whatever else is larger by factors rather than by amounts. It is then trained with targets above 0, by the squared error
    /// of their logarithms.
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

    /// The same network, whose answers stay between the least and the largest target that it was trained with.
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

    /// The answers to the rows of a table, which need not have the target.
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

/// Where what is known of the target stands.
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

/// The columns of a network, beside which a table may have this one.
fn block<N: Tabular>(target: Option<&str>) -> Block<'_, &'static str> {
    Block { names: N::Columns::NAMES, forms: N::Columns::FORMS, target }
}

fn rows<N: Tabular>(block: &Block<'_, &str>, table: &Table) -> Result<Vec<N::Input>> {
    let numbers = block.inputs::<N::Float>(table)?;
    let mut rows = N::Input::zeroed_rows(table.len());
    N::Input::flatten_mut(&mut rows).copy_from_slice(&numbers);
    Ok(rows)
}
