//! The axes of a reduction, and whether they are retained.

use tensor::{Buffer, Float, Shape, Tensor};

use crate::error::Result;

/// The axes of a reduction.
#[derive(Clone, Debug)]
pub(super) enum Axes {
    /// All elements; the result is a scalar.
    All,
    /// These axes; they are retained with length 1 if `keep`, else removed.
    These { axes: Vec<usize>, keep: bool },
}

impl Axes {
    /// The axes, and whether they are retained; `None` for all elements.
    pub(super) fn these(&self) -> Option<(&[usize], bool)> {
        match self {
            Axes::All => None,
            Axes::These { axes, keep } => Some((axes, *keep)),
        }
    }

    /// Repeats the result of a reduction along the reduced axes, to the shape `input` of the input.
    ///
    /// The axes must exist in `input`: the tensor's reduction has checked them.
    pub(super) fn spread<T: Float>(
        &self,
        result: &Tensor<T>,
        input: &[usize],
    ) -> Result<Tensor<T>> {
        Ok(result.reshape(self.kept(input))?.broadcast_to(input)?)
    }

    /// The sums over the axes, in the shape of the reduction's result.
    pub(super) fn sum<T: Float>(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        Ok(match self {
            Axes::All => Tensor::scalar(x.sum()),
            Axes::These { axes, keep } => x.sum_axes(axes, *keep)?,
        })
    }

    /// Applies a reduction of `Tensor` to these axes.
    pub(super) fn reduce<T: Float>(
        &self,
        x: &Tensor<T>,
        reduction: impl Fn(&Tensor<T>, &[usize], bool) -> tensor::Result<Tensor<T>>,
    ) -> Result<Tensor<T>> {
        Ok(match self {
            Axes::All => reduction(x, &(0..x.rank()).collect::<Vec<_>>(), false)?,
            Axes::These { axes, keep } => reduction(x, axes, *keep)?,
        })
    }

    /// Applies `f` in place to each group of elements that are reduced to one.
    ///
    /// `f` gets the group as a contiguous row (in the order of the axes of `x`).
    pub(super) fn map_rows<T: Float>(
        &self,
        x: &Tensor<T>,
        f: impl Fn(&mut [T]),
    ) -> Result<Tensor<T>> {
        let reduced = |axis: &usize| match self {
            Axes::All => true,
            Axes::These { axes, .. } => axes.contains(axis),
        };
        let (last, first): (Vec<usize>, Vec<usize>) = (0..x.rank()).partition(reduced);
        let order = [first, last].concat();
        let rows = x.permute(&order)?;
        let mut values = Buffer::from_slice(rows.contiguous().values());
        let length = self.count(x.shape());
        if !values.is_empty() {
            values.chunks_exact_mut(length).for_each(f);
        }
        let mut back = vec![0; order.len()];
        order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
        Ok(Tensor::from_buffer(values, rows.shape())?.permute(&back)?)
    }

    /// The number of elements that are reduced to one.
    pub(super) fn count(&self, input: &[usize]) -> usize {
        match self {
            Axes::All => input.iter().product(),
            Axes::These { axes, .. } => axes.iter().map(|&axis| input[axis]).product(),
        }
    }

    /// The result's shape with all axes retained.
    fn kept(&self, input: &[usize]) -> Shape {
        let reduced = |axis| match self {
            Axes::All => true,
            Axes::These { axes, .. } => axes.contains(&axis),
        };
        let lengths = input.iter().enumerate();
        lengths.map(|(axis, &length)| if reduced(axis) { 1 } else { length }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    const NONE: [usize; 0] = [];

    #[test]
    fn an_empty_list_of_axes_reduces_nothing() {
        let tape = Tape::new();
        let values = Tensor::from([[1.0, -2.0], [3.0, 0.5]]);
        let x = tape.parameter(values.clone());
        for keep in [false, true] {
            let same = [
                x.sum_axes(&NONE, keep),
                x.mean_axes(&NONE, keep),
                x.max_axes(&NONE, keep),
                x.min_axes(&NONE, keep),
                x.prod_axes(&NONE, keep),
                x.logsumexp_axes(&NONE, keep),
            ];
            for y in same {
                let y = y.unwrap();
                assert_eq!(y.value(), values, "{y:?}");
                let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
                assert_eq!(dx, Tensor::ones([2, 2]), "{y:?}");
            }
            let sizes = x.norm_axes(&NONE, keep, 2.0).unwrap().value();
            assert_eq!(sizes, values.map(f64::abs));
            assert_eq!(x.variance_axes(&NONE, keep, 0).unwrap().value(), Tensor::zeros([2, 2]));
        }
    }

    #[test]
    fn an_axis_named_twice_or_not_there_is_refused() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, -2.0], [3.0, 0.5]]));
        for axes in [&[1, 1][..], &[2_usize]] {
            let refused = [
                x.sum_axes(axes, false),
                x.mean_axes(axes, false),
                x.max_axes(axes, false),
                x.min_axes(axes, false),
                x.prod_axes(axes, false),
                x.logsumexp_axes(axes, false),
                x.norm_axes(axes, false, 2.0),
                x.variance_axes(axes, false, 0),
            ];
            for result in refused {
                let message = result.unwrap_err().to_string();
                assert!(message.contains("axis"), "{message}");
            }
        }
    }
}
