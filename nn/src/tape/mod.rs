//! Declared networks on the autograd tape: the parameters become variables.

mod encode;
mod loss;
mod model;
mod outputs;

use std::fmt;
use std::marker::PhantomData;

use autograd::{Gradients, Tape, Var};
use num_traits::{Float as _, Zero as _};
use tensor::random::Random;
use tensor::{Float, Tensor};

pub use model::{TapeFunction, TapeModel, TapeRow, Tensors, Variables};

use crate::error::{Error, Result};
use crate::head::Head;
use crate::layer::{Inference, Layer, Pass, add_penalties, largest_dropout_rate};
use crate::loss::{Loss, TrainedWith};
use crate::network::{DefaultLossOf, Network, Units, check_encoder, tensors};
use crate::optim::Sgd;
use crate::row::Row;
use crate::train::Trainer;

/// A network as part of a larger computation: its parameters as variables of a tape.
pub trait Record: Network {
    /// The same network on a tape: its parameters as variables with gradients.
    ///
    /// ```
    /// use nn::{Network, Record, autograd::Tape, network};
    ///
    /// network! { pub struct Line(dense(2 -> 1)); }
    ///
    /// let line = Line::init(5);
    /// let tape = Tape::new();
    /// let on_tape = line.on_tape(&tape)?;
    /// let x = on_tape.inputs(&[[1.0, 2.0], [3.0, 4.0]])?;
    /// let loss = on_tape.loss(on_tape.logits(x)?, &[[0.0], [1.0]])?;
    /// let gradients = loss.backward()?;
    /// assert_eq!(gradients.get(on_tape.parameters()[0]).unwrap().shape(), [2, 1]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the tape rejects the parameters.
    fn on_tape<'t>(&self, tape: &'t Tape<Self::Float>) -> Result<OnTape<'t, Self>> {
        OnTape::new(self, tape, true)
    }

    /// [`Network::predict`] as a function on a tape: outputs `[rows, outputs]` for x
    /// `[rows, inputs]`. The parameters are constants; [`Record::on_tape`] makes them variables.
    ///
    /// ```
    /// use nn::{Network, Record, autograd::Tape, network};
    /// use tensor::Tensor;
    ///
    /// network! { pub struct Digits(dense(784 -> 32, relu), dense(10, softmax)); }
    ///
    /// // Which pixels speak for a seven?
    /// let digits = Digits::init(5);
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::zeros([1, 784]));
    /// let seven = Record::forward(&digits, &tape, x)?.slice(1, 7..8)?.sum()?;
    /// assert_eq!(seven.backward()?.of(x)?.shape(), [1, 784]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If x has another shape.
    fn forward<'t>(
        &self,
        tape: &'t Tape<Self::Float>,
        x: Var<'t, Self::Float>,
    ) -> Result<Var<'t, Self::Float>> {
        OnTape::new(self, tape, false)?.forward(x)
    }

    /// Computes loss and gradient of a random batch both by the static driver and by the tape, and
    /// compares them bit by bit. Call it in a test of custom layers and activations.
    ///
    /// # Errors
    ///
    /// If a bit differs, with the parameter's name, its index and both numbers.
    ///
    /// ```
    /// # use nn::{Network, Record, network};
    /// network! { pub struct Deep(dense(3 -> 5, gelu), dense(4, tanh), dense(2, sigmoid)); }
    /// Deep::init(1).self_check(2)?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    fn self_check(&self, seed: u64) -> Result<()> {
        self_check(self, seed)
    }
}

impl<N: Network> Record for N {}

/// A network on a tape; see [`Record::on_tape`].
pub struct OnTape<'t, N: Network> {
    tape: &'t Tape<N::Float>,
    parameters: Vec<Var<'t, N::Float>>,
    pass: Pass,
    /// All parameters of a network with an encoder; the encoder is not trained.
    encoder: Vec<N::Float>,
    network: PhantomData<fn() -> N>,
}

/// Shows the network's name and the mode.
impl<N: Network> fmt::Debug for OnTape<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnTape")
            .field("network", &N::NAME)
            .field("pass", &self.pass)
            .finish_non_exhaustive()
    }
}

impl<'t, N: Network> OnTape<'t, N> {
    /// The parameters of `network` on `tape`: variables with gradients if `trained`, otherwise
    /// constants.
    pub(crate) fn new(network: &N, tape: &'t Tape<N::Float>, trained: bool) -> Result<Self> {
        let flat = network.parameters().as_slice();
        check_encoder(network)?;
        let encoder = if const { N::Layers::ENCODES } { flat.to_vec() } else { Vec::new() };
        let parameters = tensors::<N>()
            .into_iter()
            .map(|tensor| {
                let values = flat[tensor.offset..][..tensor.len()].to_vec();
                let values = Tensor::from_vec(values, &tensor.shape[..])?;
                Ok(if trained && tensor.trained {
                    tape.parameter(values)
                } else {
                    tape.constant(values)
                })
            })
            .collect::<Result<_>>()?;
        Ok(OnTape { tape, parameters, pass: Pass::Evaluation, encoder, network: PhantomData })
    }

    /// The same network in training mode: dropout drops elements by random numbers computed from
    /// `seed` and `step`, batch norm uses the batch statistics, and the loss includes the layers'
    /// penalties. Without this call it computes what [`Network::predict`] does.
    #[must_use]
    pub fn training(mut self, seed: u64, step: u64) -> Self {
        self.pass = Pass::Training { seed, step, first_row: 0, layer: 0, dropout: 1.0 };
        self
    }

    /// The same with dropout rates multiplied by `factor`, as
    /// [`Fit::dropout_schedule`](crate::Fit::dropout_schedule) does. Nothing is dropped [without
    /// training](OnTape::training).
    ///
    /// # Panics
    ///
    /// If a rate is then not from 0 to below 1.
    #[must_use]
    #[track_caller]
    pub fn dropout_factor(mut self, factor: f64) -> Self {
        let rate = largest_dropout_rate(&N::Layers::INFO).unwrap_or(0.0) * factor;
        assert!(
            (0.0..1.0).contains(&rate),
            "rate of dropout: found {rate}, expected from 0 to below 1"
        );
        if let Pass::Training { dropout, .. } = &mut self.pass {
            *dropout = factor;
        }
        self
    }

    /// The parameters, the tensors of each layer, in order. Tensors that are not trained, such as
    /// running means, are constants.
    pub fn parameters(&self) -> &[Var<'t, N::Float>] {
        &self.parameters
    }

    /// The samples `inputs` as a variable without gradient: `[rows, inputs]`.
    pub fn inputs(&self, inputs: &[N::Input]) -> Result<Var<'t, N::Float>> {
        let shape = [inputs.len(), N::Layers::INPUTS];
        Ok(self.tape.constant(Tensor::from_vec(Row::flatten(inputs).to_vec(), shape)?))
    }

    /// The last layer's values before the head's function: `[rows, outputs]` for x
    /// `[rows, inputs]`.
    ///
    /// # Errors
    ///
    /// If x has another shape.
    pub fn logits(&self, x: Var<'t, N::Float>) -> Result<Var<'t, N::Float>> {
        let x = match const { N::Layers::ENCODES } {
            false => x,
            true => {
                self.tape.apply(encode::Encode::<N::Layers, _>::new(self.encoder.clone()), [x])?
            }
        };
        let logits = N::Layers::record(&mut self.parameters.iter(), x, self.pass)?;
        match Units::of::<N>(&self.encoder).filter(|_| self.pass == Pass::Evaluation) {
            None => Ok(logits),
            // In training they are logits of standardized targets.
            Some(Units { mean, deviation, log, clamp, ends: [least, most] }) => {
                let number = |number| self.tape.constant(Tensor::from(number));
                let mut own = logits.mul(number(deviation))?.add(number(mean))?;
                if log > N::Float::zero() {
                    own = own.exp()?;
                }
                Ok(if clamp > N::Float::zero() { own.clamp(least, most)? } else { own })
            }
        }
    }

    /// The network's outputs, `[rows, outputs]`, for x `[rows, inputs]`: the logits after the
    /// head's function. ([`OnTape::loss`] takes the logits instead.)
    ///
    /// # Errors
    ///
    /// If x has another shape.
    pub fn forward(&self, x: Var<'t, N::Float>) -> Result<Var<'t, N::Float>> {
        Ok(self.tape.apply(outputs::Outputs::<N::Head>::new(), [self.logits(x)?])?)
    }

    /// The head's mean loss, a scalar, for logits `[rows, outputs]` and one target per row. In
    /// [`training`](OnTape::training) the layers' penalties are added.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit.
    pub fn loss(
        &self,
        logits: Var<'t, N::Float>,
        targets: &[N::Target],
    ) -> Result<Var<'t, N::Float>> {
        self.chosen_loss(&DefaultLossOf::<N>::default(), logits, targets)
    }

    /// The same with another [`loss`](crate::loss) that fits the network's head.
    ///
    /// # Errors
    ///
    /// As [`OnTape::loss`].
    pub fn loss_with<L>(
        &self,
        loss: L,
        logits: Var<'t, N::Float>,
        targets: &[N::Target],
    ) -> Result<Var<'t, N::Float>>
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.chosen_loss(&N::Head::into_loss(loss), logits, targets)
    }

    fn chosen_loss(
        &self,
        loss: &impl Loss<N::Float, N::Head>,
        logits: Var<'t, N::Float>,
        targets: &[N::Target],
    ) -> Result<Var<'t, N::Float>> {
        let standardized: Vec<N::Target>;
        let units = Units::of::<N>(&self.encoder).filter(|_| self.pass != Pass::Evaluation);
        let targets = match units {
            None => targets,
            Some(units) => {
                let one = |target| N::Head::map_numbers(target, |t| units.standardized(t));
                standardized = targets.iter().map(one).collect();
                &standardized
            }
        };
        let loss = loss::Loss::<_, N::Head, N::Float>::new(loss, targets);
        let loss = self.tape.apply(loss, [logits])?;
        if self.pass == Pass::Evaluation {
            return Ok(loss);
        }
        let penalty = N::Layers::record_penalty(&mut self.parameters.iter())?;
        Ok(add_penalties(Some(loss), penalty)?.unwrap_or(loss))
    }

    /// The parameters' gradients in one vector, in the order of [`Network::parameters`], with zeros
    /// in the gaps and for parameters that are not trained.
    ///
    /// # Errors
    ///
    /// If a parameter has no gradient, because the loss does not depend on it. The error names it.
    pub fn flatten(&self, gradients: &Gradients<N::Float>) -> Result<Vec<N::Float>> {
        let mut flat = vec![N::Float::zero(); N::Layers::LEN];
        for (tensor, &parameter) in tensors::<N>().into_iter().zip(&self.parameters) {
            if !tensor.trained {
                continue;
            }
            let Some(gradient) = gradients.get(parameter) else {
                return Err(Error::value(
                    tensor.name,
                    "no gradient",
                    "one for every parameter",
                    "compute the loss from this network's outputs on this tape",
                ));
            };
            let values = gradient.to_vec();
            flat[tensor.offset..][..values.len()].copy_from_slice(&values);
        }
        Ok(flat)
    }
}

/// See [`Record::self_check`].
pub(crate) fn self_check<N: Network>(network: &N, seed: u64) -> Result<()> {
    const ROWS: usize = 13;
    let random = Random::new(seed, 0);
    let mut index = 0;
    let mut next = || {
        index += 1;
        random.uniform::<f64>(index)
    };
    let mut inputs = N::Input::zeroed_rows(ROWS);
    for x in Row::flatten_mut(&mut inputs) {
        *x = N::Float::of(2.0 * next() - 1.0);
    }
    // In the target's own units, if it has any.
    let units = Units::of::<N>(network.parameters().as_slice());
    let own = |t| {
        let mut answer = [t];
        units.iter().for_each(|units| units.own(&mut answer));
        answer[0]
    };
    let mut target = |_| N::Head::map_numbers(&N::Head::example_target(&mut next), own);
    let targets: Vec<N::Target> = (0..ROWS).map(&mut target).collect();

    let tape = Tape::new();
    let on_tape = network.on_tape(&tape)?.training(seed, 0);
    let logits = on_tape.logits(on_tape.inputs(&inputs)?)?;
    let loss = on_tape.loss(logits, &targets)?;
    let from_tape = on_tape.flatten(&loss.backward()?)?;

    let mut trainer = Trainer::<N, _>::new(Sgd::new(0.0)).seed(seed);
    let static_loss = trainer.differentiate(network, &inputs, &targets)?;
    let tape_loss = loss.value().item()?;
    let differ = |what: String, fast: N::Float, tape: N::Float| {
        Error::value(
            what,
            format!("{fast} from the static driver"),
            format!("{tape}, which the tape computes, to the last bit"),
            "a layer's two forms disagree: compare its `forward`, `backward` and `gradient` with \
             its `record`",
        )
    };
    // Comparison by value and by sign of zero compares bits for all but NaN, which `step` rejects.
    let same = |a: N::Float, b: N::Float| a == b && a.is_sign_negative() == b.is_sign_negative();
    if !same(static_loss, tape_loss) {
        return Err(differ("self_check: loss".into(), static_loss, tape_loss));
    }
    for tensor in tensors::<N>() {
        for at in 0..tensor.len() {
            let (fast, tape) =
                (trainer.gradient()[tensor.offset + at], from_tape[tensor.offset + at]);
            if !same(fast, tape) {
                let name = tensor.name;
                return Err(differ(format!("self_check: gradient of {name}[{at}]"), fast, tape));
            }
        }
    }
    Ok(())
}
