//! Metrics of networks that are read at run time.

use tensor::Float;
use tensor::threads::Threads;

use super::Dynamic;
use super::head::{Head, Kind};
use crate::data::{Source, portions};
use crate::error::{Error, Result};
use crate::metric::{Metric, Observation};
use crate::model::Model as _;

impl<T: Float> Dynamic<T> {
    /// The value of a [`Metric`], or of a tuple of metrics, on `data`: see
    /// [`Evaluation::measure`](crate::Evaluation::measure). Numbers are in the target's own units.
    ///
    /// # Errors
    ///
    /// If there are no rows, or one is not allowed. If the metric does not fit the last layer. If
    /// the network has several heads.
    pub fn measure<M: Metric>(&self, data: &dyn Source<T, T>, mut metric: M) -> Result<M::Value> {
        let Head::One(kind, units) = self.network.head else {
            return Err(Error::value(
                format!("heads of {}", self.network.name),
                self.network.head_info.to_string(),
                "one",
                "declare the network with `network!`, whose evaluation can choose a head",
            ));
        };
        let threads = Threads::all();
        self.check_rows("", data, &threads)?;
        self.check_adapted()?;
        let targets = self.network.head.targets();
        portions(data, &threads, |start, inputs, all| {
            let outputs = self.predict_by(inputs, &threads)?;
            let rows = outputs.chunks_exact(units).zip(all.chunks_exact(targets));
            for (row, (y, t)) in rows.enumerate() {
                let numbers = |of: &[T]| of.iter().map(|x| x.as_f64()).collect::<Vec<_>>();
                let (y, t) = (numbers(y), numbers(t));
                let observation = match kind {
                    Kind::Softmax => Observation::of_class(&y, t[0] as usize)?,
                    Kind::Sigmoid => Observation::of_events(&y, &t)?,
                    Kind::Linear => Observation::of_numbers(&y, &t)?,
                };
                metric.observe(&observation.weighted(data.weight(start + row).unwrap_or(1.0))?)?;
            }
            Ok(())
        })?;
        Ok(metric.finish())
    }
}
