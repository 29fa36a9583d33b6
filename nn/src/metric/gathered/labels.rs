//! True positives, false positives and false negatives of each label.

use super::columns::same_width;
use crate::error::{Error, Result};
use crate::head::{Observation, Target};

/// The weights of the rows of one label: of a class, or of one of several events.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::metric) struct Label {
    /// True positives.
    pub(in crate::metric) hits: f64,
    /// False positives.
    pub(in crate::metric) false_alarms: f64,
    /// False negatives.
    pub(in crate::metric) misses: f64,
}

impl Label {
    /// The weight of the rows whose target it is.
    pub(in crate::metric) fn support(self) -> f64 {
        self.hits + self.misses
    }

    /// TP / (TP + FP); `None` where it was never predicted.
    pub(in crate::metric) fn precision(self) -> Option<f64> {
        share(self.hits, self.hits + self.false_alarms)
    }

    /// TP / (TP + FN); `None` where it is no row's target.
    pub(in crate::metric) fn recall(self) -> Option<f64> {
        share(self.hits, self.support())
    }

    /// 2·TP / (2·TP + FP + FN); `None` where it is neither predicted nor a target.
    pub(in crate::metric) fn f1(self) -> Option<f64> {
        share(2.0 * self.hits, 2.0 * self.hits + self.false_alarms + self.misses)
    }

    fn occurs(self) -> bool {
        self.hits + self.false_alarms + self.misses > 0.0
    }
}

fn share(part: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| part / of)
}

/// Which mean of the labels' values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::metric) enum Average {
    /// The value of this label alone.
    Of(usize),
    /// Unweighted mean over the labels.
    Macro,
    /// The value of the counts of all labels together.
    Micro,
    /// Mean over the labels, each weighted with its support.
    Weighted,
}

impl Average {
    /// Rejects a label that does not exist.
    pub(in crate::metric) fn check(self, labels: usize) -> Result<()> {
        match self {
            Average::Of(label) if label >= labels => Err(Error::value(
                "class",
                label.to_string(),
                format!("a number below {labels}"),
                "classes are counted from 0",
            )),
            _ => Ok(()),
        }
    }
}

/// Every label's counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::metric) struct Labels(pub(in crate::metric) Vec<Label>);

impl Labels {
    pub(in crate::metric) fn observe(&mut self, row: &Observation) -> Result<()> {
        if let Target::Events(events) = row.target()
            && events.len() > 1
        {
            let outputs = row.outputs()?;
            self.widen(events.len())?;
            for (label, (&p, &t)) in self.0.iter_mut().zip(outputs.iter().zip(events)) {
                match (p > 0.5, t > 0.5) {
                    (true, true) => label.hits += row.weight(),
                    (true, false) => label.false_alarms += row.weight(),
                    (false, true) => label.misses += row.weight(),
                    (false, false) => {}
                }
            }
            return Ok(());
        }
        let decision = row.decision()?;
        self.widen(decision.classes)?;
        if decision.chosen == decision.actual {
            self.0[decision.actual].hits += row.weight();
        } else {
            self.0[decision.chosen].false_alarms += row.weight();
            self.0[decision.actual].misses += row.weight();
        }
        Ok(())
    }

    fn widen(&mut self, labels: usize) -> Result<()> {
        if self.0.is_empty() {
            self.0.resize(labels, Label::default());
        }
        same_width(self.0.len(), labels)
    }

    /// The mean of `value` over the labels that occur in targets or predictions. A label that
    /// occurs and has no value counts as 0.
    pub(in crate::metric) fn average(
        &self,
        average: Average,
        value: fn(Label) -> Option<f64>,
    ) -> Option<f64> {
        let labels = || self.0.iter().filter(|label| label.occurs());
        let mean = |weight: fn(Label) -> f64| {
            let weighed = labels().map(|&label| weight(label) * value(label).unwrap_or(0.0));
            share(weighed.sum(), labels().map(|&label| weight(label)).sum())
        };
        match average {
            Average::Of(label) => self.0.get(label).copied().and_then(value),
            Average::Macro => mean(|_| 1.0),
            Average::Weighted => mean(Label::support),
            Average::Micro => value(self.0.iter().fold(Label::default(), |sum, label| Label {
                hits: sum.hits + label.hits,
                false_alarms: sum.false_alarms + label.false_alarms,
                misses: sum.misses + label.misses,
            })),
        }
    }
}

/// A metric that is a function of a label's counts, with the means over labels.
macro_rules! label_metric {
    ($(#[$doc:meta])* $Metric:ident, $name:literal, $value:path) => {
        $(#[$doc])*
        ///
        /// A class is one of exclusive classes, one of the two outcomes of an event (0 does not
        /// happen, 1 does), or one of several events. The means are over all classes that occur in
        /// targets or predictions. A class that occurs and has no value counts as 0 there, as in
        /// scikit-learn. The value without rows is `None`.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Metric {
            labels: Labels,
            average: Average,
        }

        impl $Metric {
            fn new(average: Average) -> Self {
                $Metric { labels: Labels::default(), average }
            }

            /// The value of this class alone; for an event, 1 is that it happens.
            pub fn of_class(class: usize) -> Self {
                Self::new(Average::Of(class))
            }

            /// The unweighted mean over all classes.
            pub fn macro_mean() -> Self {
                Self::new(Average::Macro)
            }

            /// The value of the counts of all classes together.
            pub fn micro_mean() -> Self {
                Self::new(Average::Micro)
            }

            /// The mean over all classes, each weighted with its support.
            pub fn weighted_mean() -> Self {
                Self::new(Average::Weighted)
            }
        }

        impl Metric for $Metric {
            type Value = Option<f64>;
            const NAME: &'static str = $name;

            fn observe(&mut self, row: &Observation) -> Result<()> {
                self.labels.observe(row)?;
                self.average.check(self.labels.0.len())
            }

            fn finish(self) -> Option<f64> {
                self.labels.average(self.average, $value)
            }
        }
    };
}

pub(in crate::metric) use label_metric;
