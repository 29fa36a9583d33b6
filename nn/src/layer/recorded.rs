//! A layer of the static driver as one operation of a tape.
//!
//! y = L(x), dx and the parameters' gradients as the layer computes them
//!
//! shapes: x `[rows, INPUTS]`, y `[rows, OUTPUTS]`, the parameters as the layer describes them

use std::marker::PhantomData;

use autograd::{Call, ListCall, ListOp, Op, Var};
use tensor::{Buffer, Float, Tensor};

use super::{Layer, OutputGrad, Pass, Sums, TensorInfo, too_few};

/// See the module. Parameters and workspace are saved from forward to backward.
pub(crate) struct Static<L, T: Float> {
    pass: Pass,
    parameters: Buffer<T>,
    memory: Buffer<T>,
    /// The source of untrained values, regardless of the parameters on the tape.
    kept: Buffer<T>,
    layer: PhantomData<L>,
}

/// Records the layer `L` on a tape. Takes its tensors from the front of `parameters`. `L` must be a
/// single layer.
pub(crate) fn record<'t, L: Layer, T: Float>(
    parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    x: Var<'t, T>,
    pass: Pass,
) -> autograd::Result<Var<'t, T>> {
    let mut op = Static::<L, T>::new(pass);
    let mut inputs = vec![x];
    for tensor in L::INFO.layer(0).0.tensors {
        let Some(&parameter) = parameters.next() else { too_few() };
        match tensor.trained {
            true => inputs.push(parameter),
            false => op.set(tensor, &parameter.value()),
        }
    }
    let outputs = x.tape().apply_list(op, &inputs)?;
    Ok(outputs[0])
}

impl<L: Layer, T: Float> Static<L, T> {
    pub(crate) fn new(pass: Pass) -> Self {
        Static {
            pass,
            parameters: Buffer::zeroed(L::LEN),
            memory: Buffer::zeroed(0),
            kept: Buffer::zeroed(0),
            layer: PhantomData,
        }
    }

    /// The same, with the untrained values of these parameters.
    pub(crate) fn keeping(self, parameters: &[T]) -> Self {
        Static { kept: Buffer::from_slice(parameters), ..self }
    }

    fn set(&mut self, tensor: &TensorInfo, values: &Tensor<T>) {
        let values = values.contiguous();
        self.parameters[tensor.offset..][..tensor.len()].copy_from_slice(values.values());
    }

    fn answer(&mut self, x: &Tensor<T>) -> autograd::Result<Tensor<T>> {
        let &[rows, inputs] = x.shape() else { return Err(Self::misfit(x)) };
        if inputs != L::INPUTS {
            return Err(Self::misfit(x));
        }
        self.memory = Buffer::zeroed(L::workspace_len::<T>(rows));
        let mut workspace = L::workspace(&mut &mut self.memory[..], rows);
        L::forward(&self.parameters, x.contiguous().values(), &mut workspace, self.pass);
        Ok(Tensor::from_buffer(Buffer::from_slice(L::outputs(&workspace)), [rows, L::OUTPUTS])?)
    }

    fn misfit(x: &Tensor<T>) -> autograd::Error {
        let kind = L::INFO.layer(0).0.kind;
        autograd::Error::invalid(
            kind,
            format!("x {:?}: expected two axes, [rows, {}]", x.shape(), L::INPUTS),
        )
    }

    /// Returns dx and the flat gradient of the parameters.
    fn gradients(&self, x: &Tensor<T>, dy: &Tensor<T>) -> (Buffer<T>, Buffer<T>) {
        let (x, rows) = (x.contiguous(), x.shape()[0]);
        let mut memory = Buffer::from_slice(&self.memory);
        let mut workspace = L::workspace(&mut &mut memory[..], rows);
        let end = L::output_grad(&mut workspace);
        end.gradient.copy_from_slice(dy.contiguous().values());
        end.apply_derivative();
        let mut dx = Buffer::zeroed(x.len());
        L::backward(
            &self.parameters,
            &mut workspace,
            Some(OutputGrad::linear(x.values(), &mut dx)),
        );
        let mut gradient = Buffer::zeroed(L::LEN);
        L::gradient(&self.parameters, x.values(), &workspace, 0, &mut gradient, Sums::WHOLE);
        (dx, gradient)
    }
}

/// Its inputs are x and the layer's trained tensors.
impl<L: Layer, T: Float> ListOp<T> for Static<L, T> {
    fn name(&self) -> &'static str {
        L::INFO.layer(0).0.kind
    }

    fn forward(&mut self, inputs: &[&Tensor<T>]) -> autograd::Result<Vec<Tensor<T>>> {
        let (x, parameters) = (inputs[0], &inputs[1..]);
        let trained = L::INFO.layer(0).0.tensors.iter().filter(|tensor| tensor.trained);
        for (tensor, &values) in trained.zip(parameters) {
            self.set(tensor, values);
        }
        Ok(vec![self.answer(x)?])
    }

    fn backward(
        &self,
        call: &ListCall<'_, T>,
        dy: &[Tensor<T>],
    ) -> autograd::Result<Vec<Option<Tensor<T>>>> {
        let x = call.inputs[0];
        let (dx, gradient) = self.gradients(x, &dy[0]);
        let mut gradients = vec![call.wanted(0, || Ok(Tensor::from_buffer(dx, x.shape())?))?];
        let trained = L::INFO.layer(0).0.tensors.iter().filter(|tensor| tensor.trained);
        for (input, tensor) in (1..).zip(trained) {
            gradients.push(call.wanted(input, || {
                let part = &gradient[tensor.offset..][..tensor.len()];
                Ok(Tensor::from_buffer(Buffer::from_slice(part), tensor.shape)?)
            })?);
        }
        Ok(gradients)
    }
}

/// Its inputs are x and all parameters as one vector, gaps included. Any part of a network; for the
/// gradient check.
impl<L: Layer, T: Float> Op<T, 2> for Static<L, T> {
    fn name(&self) -> &'static str {
        L::INFO.layer(0).0.kind
    }

    fn forward(&mut self, [x, parameters]: [&Tensor<T>; 2]) -> autograd::Result<Tensor<T>> {
        self.parameters.copy_from_slice(parameters.contiguous().values());
        let mut from = if self.kept.is_empty() { L::LEN } else { L::INFO.state_from(0) };
        while from < L::LEN {
            let to = L::INFO.trained_from(from);
            self.parameters[from..to].copy_from_slice(&self.kept[from..to]);
            from = L::INFO.state_from(to);
        }
        self.answer(x)
    }

    fn backward(
        &self,
        call: &Call<'_, T, 2>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 2]> {
        let (dx, gradient) = self.gradients(call.inputs[0], dy);
        Ok([
            call.wanted(0, || Ok(Tensor::from_buffer(dx, call.inputs[0].shape())?))?,
            call.wanted(1, || Ok(Tensor::from_buffer(gradient, [L::LEN])?))?,
        ])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;
    use autograd::gradcheck::normal;

    use super::*;
    use crate::layer::{Dropout, Inference as _, LayerNorm};

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        type Norm = LayerNorm<3, { 1e-5_f64.to_bits() }>;
        let norm = || Static::<Norm, f64>::new(Pass::Evaluation);
        gradcheck(norm, [normal([4, 3]), normal([Norm::LEN])])?;

        type Drop = Dropout<5, { 0.4_f64.to_bits() }>;
        let pass = Pass::Training { seed: 1, step: 2, first_row: 0, layer: 0, dropout: 1.0 };
        gradcheck(|| Static::<Drop, f64>::new(pass), [normal([3, 5]), normal([Drop::LEN])])
    }
}
