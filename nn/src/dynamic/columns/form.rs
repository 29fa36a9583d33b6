//! What stands in front of a network for tables, and what it predicts.

use nn_grammar::ast::Column;

use crate::dynamic::head::{Head, Kind};
use crate::dynamic::plan::forms;
use crate::error::{Error, Result, quoted};
use crate::labels::Labels;
use crate::layer::columns::ColumnForm;

/// The columns of a table in front of a network.
#[derive(Clone, Debug)]
pub(in crate::dynamic) struct Front {
    /// What each is called.
    pub(in crate::dynamic) names: Vec<String>,
    /// What each is.
    pub(in crate::dynamic) forms: &'static [ColumnForm],
    /// The whole network in the notation.
    pub(in crate::dynamic) notation: String,
    /// What it predicts, if that has been said.
    pub(in crate::dynamic) target: Option<Target>,
    /// What the table had beside them.
    #[cfg(feature = "table")]
    pub(in crate::dynamic) left_out: Vec<super::LeftOut>,
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dynamic) struct Target {
    /// The name of its column.
    pub(in crate::dynamic) name: String,
    pub(in crate::dynamic) goal: Goal,
}

/// What that is.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dynamic) enum Goal {
    /// A number.
    Number,
    /// One of these classes.
    Classes(Vec<String>),
}

impl Front {
    /// These columns, at the front of a network that is written so.
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
    /// The names of the classes, if it is one of several.
    pub(in crate::dynamic) fn class_names(&self) -> Result<Option<Labels>> {
        match &self.goal {
            Goal::Number => Ok(None),
            Goal::Classes(names) => Labels::new(names.iter().cloned()).map(Some),
        }
    }

    /// Refuses a network that ends in something else.
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
            "let the network end so, or choose another column",
        ))
    }
}
