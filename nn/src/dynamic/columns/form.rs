//! The columns before a network for tables, and its target.

use nn_grammar::ast::Column;

use crate::dynamic::head::{Head, Kind};
use crate::dynamic::plan::forms;
use crate::error::{Error, Result, quoted};
use crate::labels::Labels;
use crate::layer::columns::ColumnForm;

/// The columns of a table before a network.
#[derive(Clone, Debug)]
pub(in crate::dynamic) struct Front {
    /// The name of each column.
    pub(in crate::dynamic) names: Vec<String>,
    /// The form of each column.
    pub(in crate::dynamic) forms: &'static [ColumnForm],
    /// The whole network in the notation.
    pub(in crate::dynamic) notation: String,
    /// The target, if it is set.
    pub(in crate::dynamic) target: Option<Target>,
    /// The columns of the table that the network does not use.
    #[cfg(feature = "table")]
    pub(in crate::dynamic) left_out: Vec<super::LeftOut>,
}

/// The target of the predictions.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dynamic) struct Target {
    /// The name of its column.
    pub(in crate::dynamic) name: String,
    pub(in crate::dynamic) goal: Goal,
}

/// The kind of target.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dynamic) enum Goal {
    /// A number.
    Number,
    /// One of these classes.
    Classes(Vec<String>),
}

impl Front {
    /// These columns before the network with this notation.
    pub(in crate::dynamic) fn of(columns: &[Column], notation: &str) -> Self {
        Front {
            names: columns.iter().map(|column| column.name.plain().to_owned()).collect(),
            forms: forms(columns.iter().map(|column| column.form).collect()),
            notation: notation.to_owned(),
            target: None,
            #[cfg(feature = "table")]
            left_out: Vec::new(),
        }
    }
}

impl Target {
    /// The names of the classes, if the target is one.
    pub(in crate::dynamic) fn class_names(&self) -> Result<Option<Labels>> {
        match &self.goal {
            Goal::Number => Ok(None),
            Goal::Classes(names) => Labels::new(names.iter().cloned()).map(Some),
        }
    }

    /// Rejects a head that does not fit the target.
    pub(in crate::dynamic) fn check(&self, head: &Head) -> Result<()> {
        let (fits, end) = match &self.goal {
            Goal::Number => (head.is_a_number(), "dense(1)".to_owned()),
            Goal::Classes(names) => (
                *head == Head::One(Kind::Softmax, names.len()),
                format!("dense({}, softmax)", names.len()),
            ),
        };
        if fits {
            return Ok(());
        }
        Err(Error::value(
            format!("end of a network that predicts {}", quoted(&self.name)),
            format!("{} of {} outputs", head.plan().info(), head.units()),
            format!("`{end}`, as the column's values are"),
            "end the network in it, or choose another column",
        ))
    }
}
