//! The names of a network's classes. Data provide them; they are saved with the parameters.

use std::fmt;

use super::{Architecture, Network};
use crate::error::{Error, Result};
use crate::head::{Head as _, HeadFunction as _, TargetKind};
use crate::labels::Labels;
use crate::words::CLASS_NAMES;

/// The names as text in a file, if there are any.
pub(crate) fn class_text(class_names: Option<&Labels>) -> Option<(&'static str, String)> {
    class_names.map(|names| (CLASS_NAMES, names.text()))
}

/// Number of classes of a network; 0 unless it has a single head, a softmax.
pub(crate) fn classes<N: Architecture>() -> usize {
    if N::Head::KIND == TargetKind::Class { N::OUTPUTS } else { 0 }
}

/// Returns an error unless there is one name per class.
pub(super) fn check_count<N: Network>(names: &Labels) -> Result<()> {
    names.check_classes(N::NAME, classes::<N>(), &N::Head::INFO)
}

impl Labels {
    /// Returns an error unless there is one name for each of the network's classes.
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

/// Returns an error if the class names of data and network differ, also in their order. `which`
/// names the data in the message: empty, or `validation ` with a space.
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
            "make the classes of all data by the same `Labels`, such as those that `class_names` \
             gives, or give the network other names by `name_classes`",
        )),
        _ => Ok(()),
    }
}
