//! Networks for tables.

use std::fmt;

use tensor::Float;

use std::collections::HashMap;

use nn_grammar::ast::column_text;

use super::form::{Front, Goal, Target};
use super::propose::{LeftOut, propose, target};
use crate::data::{At, Cell, FlatDataset, Table};
use crate::dynamic::Dynamic;
use crate::error::{Error, InvalidRows, Result, quoted};
use crate::layer::columns::ColumnWidths;
use crate::tabular::Block;

/// The default hidden layers.
const HIDDEN: &str = "dense(128, silu), dropout(0.1), dense(64, silu)";

impl<T: Float> Dynamic<T> {
    /// A network that predicts one column of a table from the others, which may hold numbers,
    /// words, yes and no, or dates, any of which may be missing.
    ///
    /// The form of each column is proposed from the table; [`Dynamic::columns`] shows it.
    /// [`fit`](crate::fit) finds its parameters (the medians of numbers, the vocabulary of words)
    /// from the training rows alone. A target of words, or yes and no, is a class. Numbers are
    /// standardized in training and predicted in their own units. For numbers that are classes
    /// there is [`Table::as_category`].
    ///
    /// ```
    /// use nn::data::{Column, Table};
    /// use nn::{Dynamic, Show, fit};
    ///
    /// let (mut areas, mut cities, mut prices) = (Vec::new(), Vec::new(), Vec::new());
    /// for row in 0..300 {
    ///     areas.push(if row % 20 == 0 { f64::NAN } else { 40.0 + f64::from(row * 7 % 100) });
    ///     cities.push(["Rome", "Oslo", ""][row as usize % 3]);
    ///     prices.push(f64::from(row * 7 % 100) * 3000.0 + f64::from(row % 3) * 5e4);
    /// }
    /// let table = Table::new([
    ///     Column::numbers("area", areas),
    ///     Column::categories("city", cities),
    ///     Column::numbers("price", prices),
    /// ])?;
    /// let [train, test] = table.split([0.8, 0.2]).tables()?;
    ///
    /// let mut network: Dynamic = Dynamic::for_table(&train, "price")?;
    /// println!("{}", network.columns().unwrap_or_default());
    /// let rows = network.rows(&train)?;
    /// fit(&mut network, &rows).epochs(40).learning_rate(0.01).show(Show::Nothing).run()?;
    /// let r2 = network.measure(&network.rows(&test)?, nn::metric::R2::default())?;
    /// assert!(r2 > Some(0.8), "{r2:?}");
    /// let price = network.predict_table(&test.head(1))?[0]; // in the units of the table
    /// assert!((0.0..500_000.0).contains(&price));
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such column, it has fewer than two classes, or no other column carries
    /// information.
    pub fn for_table<'n>(table: &Table, target: impl Into<At<'n>>) -> Result<Self> {
        Self::for_table_with(table, target, HIDDEN)
    }

    /// The same with these hidden layers, such as `dense(64, relu) * 2`, before the last one.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::for_table`]; if the text is wrong, as [`Dynamic::parse`].
    pub fn for_table_with<'n>(
        table: &Table,
        target: impl Into<At<'n>>,
        hidden: &str,
    ) -> Result<Self> {
        let column = table.column(target)?;
        let (target, (columns, left_out)) = (self::target(column)?, propose(table, column)?);
        let last = match &target.goal {
            Goal::Number => "dense(1)".to_owned(),
            Goal::Classes(names) => format!("dense({}, softmax)", names.len()),
        };
        let columns: Vec<String> =
            columns.iter().map(|(name, form)| column_text(name, *form)).collect();
        let comma = if hidden.trim().is_empty() { "" } else { ", " };
        let text = format!("columns {{ {} }}, {hidden}{comma}{last}", columns.join(", "));
        let mut network = Self::parse(&text)?.with_target(target)?;
        if let Some(front) =
            std::sync::Arc::get_mut(&mut network.network).and_then(|network| network.front.as_mut())
        {
            front.left_out = left_out;
        }
        Ok(network)
    }

    /// The same network with this column of tables as its target. The classes of a target of words,
    /// or of yes and no, are those in this table. [`Dynamic::for_table`] has already set the
    /// target; [`Dynamic::parse`] of a text with a block of columns has not.
    ///
    /// ```
    /// use nn::Dynamic;
    /// use nn::data::{Column, Table};
    ///
    /// let table = Table::new([
    ///     Column::numbers("area", [84.0, 120.0]),
    ///     Column::numbers("price", [1.0, 2.0]),
    /// ])?;
    /// let text = "columns { area: number(log) }, dense(8, relu), dense(1)";
    /// let network: Dynamic = Dynamic::parse(text)?.predicting(&table, "price")?;
    /// assert_eq!(network.rows(&table)?.len(), 2);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the network has no columns, or ends in something else. If there is no such column, or it
    /// has fewer than two classes.
    pub fn predicting<'n>(&self, table: &Table, target: impl Into<At<'n>>) -> Result<Self> {
        self.front()?;
        self.with_target(self::target(table.column(target)?)?)
    }

    /// The columns of the table that the network does not use, each with the reason. Empty for a
    /// network from a file.
    pub fn left_out(&self) -> &[LeftOut] {
        self.network.front.as_ref().map_or(&[], |front| &front.left_out)
    }

    /// The rows of a table that has the columns of this network and its target, for
    /// [`fit`](crate::fit) and [`evaluate`](Dynamic::evaluate).
    ///
    /// # Errors
    ///
    /// If the network was not made for tables. If columns are missing or hold another kind of
    /// values; the error then lists the remaining columns. If a target is missing, or is not a
    /// class that the network knows.
    pub fn rows(&self, table: &Table) -> Result<FlatDataset<T>> {
        let front = self.front()?;
        let target = front.target.as_ref().ok_or_else(|| {
            Error::value(
                format!("target of network {}", quoted(&self.network.name)),
                "none",
                "the column that it predicts",
                "set it by `predicting`",
            )
        })?;
        let (inputs, words) = (front.block().inputs(table)?, front.block().words(table)?);
        let width = ColumnWidths::of(front.forms).row();
        Ok(FlatDataset::new(inputs, width, target.read(table)?, 1)?.with_words(words))
    }

    /// The outputs for the rows of a table, which may lack the target. For classes, a probability
    /// for each.
    ///
    /// # Errors
    ///
    /// As [`Dynamic::rows`]. If the network was never adapted.
    pub fn predict_table(&self, table: &Table) -> Result<Vec<T>> {
        self.predict(&self.front()?.block().inputs(table)?)
    }

    /// The name of the target column, if the network was made for tables.
    pub fn target(&self) -> Option<&str> {
        Some(&self.network.front.as_ref()?.target.as_ref()?.name)
    }

    fn front(&self) -> Result<&Front> {
        self.network.front.as_ref().ok_or_else(|| {
            Error::value(
                format!("network {}", quoted(&self.network.name)),
                "one that takes numbers",
                "one that was made for a table",
                "create it by `Dynamic::for_table`, begin it with `columns { … }`, or give \
                 numbers, as from `Table::target(…).flat()`",
            )
        })
    }
}

impl Front {
    fn block(&self) -> Block<'_, String> {
        let target = self.target.as_ref().map(|target| &target.name[..]);
        Block { names: &self.names, forms: self.forms, target }
    }
}

impl Target {
    /// The target of each row: a number, or the index of its class.
    fn read<T: Float>(&self, table: &Table) -> Result<Vec<T>> {
        let column = table.column(&self.name)?;
        let as_words;
        let (places, column) = match &self.goal {
            Goal::Number => (HashMap::new(), column),
            Goal::Classes(names) => {
                let places = names.iter().enumerate().map(|(at, name)| (name.as_str(), at));
                as_words = table.as_category(&self.name)?;
                (places.collect(), as_words.column(&self.name)?)
            }
        };
        let value = |cell: Cell<'_>| match &self.goal {
            Goal::Number => cell.number().map(T::of),
            Goal::Classes(_) => Some(T::of(*places.get(cell.word()?)? as f64)),
        };
        let values: Vec<Option<T>> =
            column.iter().map(|cell| value(cell).filter(|number| number.is_finite())).collect();
        let rows: Vec<usize> = (0..values.len()).collect();
        let wrong = InvalidRows::among(&rows, |&row| {
            let found = || match column.get(row) {
                Some(cell) if !cell.is_missing() => quoted(&cell.to_string()),
                _ => "nothing".to_owned(),
            };
            values[row].is_none().then(found)
        });
        let Some(wrong) = wrong else { return Ok(values.into_iter().flatten().collect()) };
        Err(Error::value(
            format!("target {}: {}", quoted(&self.name), wrong.what("value")),
            wrong.found("value"),
            match &self.goal {
                Goal::Number => "a finite number".to_owned(),
                Goal::Classes(names) => {
                    let some: Vec<String> =
                        names.iter().take(12).map(|name| quoted(name)).collect();
                    format!("one of {}", some.join(", "))
                }
            },
            "leave such rows out with `filter`",
        ))
    }
}

/// `city: is missing in all rows`
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", quoted(&self.name), self.why)
    }
}
