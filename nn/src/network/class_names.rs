//! The names of a network's classes: given by data, kept beside the parameters, written to files.

use std::fmt;

use super::{Architecture, Network};
use crate::error::{Error, Result};
use crate::file::CLASS_NAMES;
use crate::head::{Head as _, HeadFunction as _, TargetKind};
use crate::labels::Labels;

/// The names as a file has them, if there are some.
pub(crate) fn class_text(class_names: Option<&Labels>) -> Option<(&'static str, String)> {
    class_names.map(|names| (CLASS_NAMES, names.text()))
}

/// How many classes a network tells apart: none unless it has one head, of classes.
pub(crate) fn classes<N: Architecture>() -> usize {
    if N::Head::KIND == TargetKind::Class { N::OUTPUTS } else { 0 }
}

/// Refuses names that are not one for each class.
pub(super) fn check_count<N: Network>(names: &Labels) -> Result<()> {
    names.check_classes(N::NAME, classes::<N>(), &N::Head::INFO)
}

impl Labels {
    /// Refuses names for a network of so many classes that are not one for each.
    pub(crate) fn check_classes(
        &self,
        network: &str,
        classes: usize,
        end: &dyn fmt::Display,
    ) -> Result<()> {
        if self.len() == classes && classes > 0 {
            return Ok(());
        }
        Err(Error::value(
            format!("names of the classes of {network}"),
            format!("{}: {}", self.len(), self.some()),
            match classes {
                0 => format!("none, since it ends in {end}"),
                _ => format!("{classes}, one for each"),
            },
            "name as many classes as the softmax at the end has units",
        ))
    }
}

/// Refuses data whose classes have other names than a network knows, or the same in another order. `which` data they are, for
/// the message: nothing, or `validation ` with a space.
pub(crate) fn check_class_names(
    network: &str,
    known: Option<&Labels>,
    which: &str,
    of_data: Option<&Labels>,
) -> Result<()> {
    match (known, of_data) {
        (Some(known), Some(found)) if known != found => Err(Error::value(
            format!("names of the classes of the {which}data"),
            found.some(),
            format!("{}, as {network} has them", known.some()),
            "make the classes of all data by the same `Labels`, such as those that `class_names` gives, or give the \
             network other names by `name_classes`",
        )),
        _ => Ok(()),
    }
}
