//! One of several optimizers: one type, so that every network's training is compiled once.

use nn::{Adam, Float, Optimizer, Sgd, Step, Stretch};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    Sgd(Sgd),
    /// Hides plain descent from the trainer, so that gradients are computed first.
    #[allow(dead_code)] // not every test that includes this file uses it
    Plain(Sgd),
    Adam(Adam),
}

impl<T: Float> Optimizer<T> for Rule {
    const NAME: &'static str = "one of several";
    const MEMORY: &'static [&'static str] = &["first", "second"];

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        match self {
            Rule::Sgd(sgd) | Rule::Plain(sgd) => sgd.update(step, stretch),
            Rule::Adam(adam) => adam.update(step, stretch),
        }
    }

    fn descent(&self, step: Step) -> Option<T> {
        match self {
            Rule::Sgd(sgd) => sgd.descent(step),
            Rule::Plain(_) | Rule::Adam(_) => None,
        }
    }
}
