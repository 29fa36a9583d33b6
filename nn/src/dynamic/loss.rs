//! The training loss of a network that is read at run time.

use std::fmt;

use tensor::Float;

use super::Dynamic;
use super::head::Head;
use crate::error::{Error, Result};
use crate::loss::{FlatLoss, LossRows};
use crate::optim::Optimizer;
use crate::train::{Fit, Trainer};

/// The loss of a [`Dynamic`] network: the default of its head, or a chosen one.
pub struct DynamicLoss<T: Float>(Option<Box<dyn FlatLoss<T>>>);

impl<T: Float> Default for DynamicLoss<T> {
    fn default() -> Self {
        DynamicLoss(None)
    }
}

impl<T: Float> DynamicLoss<T> {
    /// Rejects a loss of another head.
    pub(super) fn check(&self, network: &str, head: &Head) -> Result<()> {
        match &self.0 {
            None => Ok(()),
            Some(loss) => check(network, head, &**loss),
        }
    }

    /// The label smoothing of the chosen loss; the defaults have none.
    pub(super) fn label_smoothing(&self) -> Option<f64> {
        self.0.as_ref()?.label_smoothing()
    }

    /// The loss of each row, and the gradient of `scale` times their sum.
    pub(super) fn evaluate(&self, head: &Head, rows: LossRows<'_, T, T>) {
        head.evaluate(self.0.as_deref(), rows);
    }
}

/// Rejects a loss of another head.
fn check<T: Float>(network: &str, head: &Head, loss: &dyn FlatLoss<T>) -> Result<()> {
    let found = match (head, loss.pair()) {
        (Head::Both(heads), Some(losses)) => {
            let mut each = heads.iter().zip(losses);
            return each.try_for_each(|(head, loss)| check(network, head, loss));
        }
        (Head::One(kind, _), None) if kind.word() == loss.head() => return Ok(()),
        (Head::One(kind, _), _) => kind.word(),
        (Head::Both(_), None) => "several heads",
    };
    Err(Error::value(
        format!("loss of network {network}, which ends in {found}"),
        format!("{loss:?}"),
        match found {
            "softmax" => "`cross_entropy` or `focal`",
            "sigmoid" => "`binary_cross_entropy`",
            "linear" => "`mse`, `mae` or `huber`",
            _ => {
                "a pair such as `(cross_entropy(), mse())`, or no loss, so that each head has its \
                 default"
            }
        },
        "choose a loss of the last layer, or leave `loss` out",
    ))
}

/// Shows the loss, or `default`.
impl<T: Float> fmt::Debug for DynamicLoss<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("default"),
            Some(loss) => loss.fmt(f),
        }
    }
}

impl<T: Float, O> Fit<'_, Dynamic<T>, O> {
    /// Sets another [`loss`](crate::loss), also for validation. If it does not fit the network's
    /// last layer, training returns an error.
    ///
    /// ```
    /// use nn::data::FlatDataset;
    /// use nn::loss::{focal, huber};
    /// use nn::{Dynamic, Show, fit};
    ///
    /// let mut line: Dynamic = Dynamic::parse("dense(1 -> 1)")?;
    /// let data = FlatDataset::new(vec![0.0, 1.0, 2.0, 3.0], 1, vec![0.0, 2.0, 40.0, 6.0], 1)?;
    /// let report = fit(&mut line, &data).loss(huber(0.1)).show(Show::Nothing).run()?;
    /// assert!(fit(&mut line, &data).loss(focal(2.0)).show(Show::Nothing).run().is_err());
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn loss(mut self, loss: impl FlatLoss<T>) -> Self {
        self.loss = DynamicLoss(Some(Box::new(loss)));
        self
    }
}

impl<T: Float, O: Optimizer<T>> Trainer<Dynamic<T>, O> {
    /// The same with another [`loss`](crate::loss). If it does not fit the network's last layer,
    /// each step returns an error. The method has its own name because a trainer may not know yet
    /// which model it will train.
    #[must_use]
    pub fn flat_loss(mut self, loss: impl FlatLoss<T>) -> Self {
        self.loss = DynamicLoss(Some(Box::new(loss)));
        self
    }
}
