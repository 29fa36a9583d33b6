//! Group norm: mean 0 and standard deviation 1 over groups of channels, then a gain and a shift for
//! each channel.
//!
//! `reshape` to groups, `standardize`, and back; `mul`, `add`

use tensor::Float;

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// x, `[n, channels, …]`, with mean 0 and variance 1 over each of `groups` groups of
    /// neighboring channels and all following axes, then times `gain` plus `shift`, which have one
    /// number for each channel. PyTorch's `group_norm`.
    ///
    /// One group is a layer norm over all axes except the first; as many groups as channels is an
    /// instance norm.
    ///
    /// # Errors
    ///
    /// If the groups do not divide the channels, or gain and shift are not `[channels]`.
    pub fn group_norm(self, groups: usize, gain: Self, shift: Self, eps: T) -> Result<Self> {
        let shape = self.shape();
        let fits = |&channels: &usize| {
            let one_each = gain.shape()[..] == [channels] && shift.shape()[..] == [channels];
            one_each && groups > 0 && channels % groups == 0
        };
        let Some(&channels) = shape.get(1).filter(|channels| fits(channels)) else {
            let rule = format!(
                "inputs {shape:?} in {groups} groups, gain {:?}, shift {:?}: the inputs must be \
                [n, channels, …], the groups must divide the channels, and gain and shift be \
                [channels]",
                gain.shape(),
                shift.shape()
            );
            return Err(Error::invalid("group_norm", rule));
        };
        let each = shape[1..].iter().product::<usize>() / groups;
        let n = self.reshape([shape[0], groups, each])?.standardize(&[2], eps)?.reshape(shape)?;
        // Gain and shift as [channels, 1, …], with an axis of length 1 for each following axis.
        let mut column = vec![1; shape.len() - 1];
        column[0] = channels;
        n.mul(gain.reshape(&column[..])?)?.add(shift.reshape(&column[..])?)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("group_norm", |given| {
        given.x(0).group_norm(
            given.whole("groups"),
            given.x(1),
            given.x(2),
            given.number("epsilon"),
        )
    })]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 4, 3]));
        let g = tape.parameter(Tensor::<f32>::zeros([4]));
        for groups in [0, 3] {
            assert_eq!(
                x.group_norm(groups, g, g, 1e-5).unwrap_err().to_string(),
                format!(
                    "group_norm: inputs [2, 4, 3] in {groups} groups, gain [4], shift [4]: the \
                    inputs must be [n, channels, …], the groups must divide the channels, and gain \
                    and shift be [channels]"
                )
            );
        }
        assert!(g.group_norm(1, g, g, 1e-5).is_err());
    }
}
