//! Formatting of tensors in nested brackets, like NumPy's.

use std::fmt;

use crate::buffer::{EDGE, LONG};
use crate::float::Float;
use crate::tensor::Tensor;

/// The elements in brackets, aligned in columns; `{:.3}` sets the digits after the point.
///
/// ```
/// use tensor::Tensor;
/// let t = Tensor::from([[1.0, -2.5], [10.0, 0.0]]);
/// assert_eq!(format!("{t:.1}"), "[[ 1.0, -2.5],\n [10.0,  0.0]]");
/// ```
impl<T: Float> fmt::Display for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edge = if self.len() > LONG { EDGE } else { usize::MAX };
        let text = |x: T| match f.precision() {
            Some(digits) => format!("{x:.digits$}"),
            None => format!("{x}"),
        };
        let mut width = 0;
        for_shown(self.shape(), edge, &mut |index| {
            if let Some(x) = index.and_then(|index| self.get(index)) {
                width = width.max(text(x).len());
            }
        });
        let mut out = String::new();
        write_axis(self, edge, &mut Vec::new(), &mut out, &|x| format!("{:>width$}", text(x)));
        f.write_str(&out)
    }
}

impl<T: Float> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor {:?} {self}", self.shape())
    }
}

/// The indices along an axis that are shown; `None` marks those that are left out.
fn shown(length: usize, edge: usize) -> Vec<Option<usize>> {
    if length / 2 <= edge {
        return (0..length).map(Some).collect();
    }
    (0..edge).map(Some).chain([None]).chain((length - edge..length).map(Some)).collect()
}

fn for_shown(shape: &[usize], edge: usize, see: &mut impl FnMut(Option<&[usize]>)) {
    fn walk(
        shape: &[usize],
        edge: usize,
        index: &mut Vec<usize>,
        see: &mut impl FnMut(Option<&[usize]>),
    ) {
        let Some(&length) = shape.get(index.len()) else { return see(Some(index)) };
        for i in shown(length, edge).into_iter().flatten() {
            index.push(i);
            walk(shape, edge, index, see);
            index.pop();
        }
    }
    walk(shape, edge, &mut Vec::new(), see);
}

fn write_axis<T: Float>(
    tensor: &Tensor<T>,
    edge: usize,
    index: &mut Vec<usize>,
    out: &mut String,
    text: &dyn Fn(T) -> String,
) {
    let depth = index.len();
    let Some(&length) = tensor.shape().get(depth) else {
        return out.push_str(&tensor.get(index).map_or_else(String::new, text));
    };
    let innermost = depth + 1 == tensor.rank();
    out.push('[');
    for (at, i) in shown(length, edge).into_iter().enumerate() {
        if at > 0 && innermost {
            out.push_str(", ");
        } else if at > 0 {
            // A blank line between matrices, as many as there are axes above.
            out.push(',');
            out.push_str(&"\n".repeat(tensor.rank() - depth - 1));
            out.push_str(&" ".repeat(depth + 1));
        }
        match i {
            Some(i) => {
                index.push(i);
                write_axis(tensor, edge, index, out, text);
                index.pop();
            }
            None => out.push('…'),
        }
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_vectors_and_boxes() {
        assert_eq!(Tensor::scalar(1.5_f32).to_string(), "1.5");
        assert_eq!(Tensor::from([1.0_f32, 20.0]).to_string(), "[ 1, 20]");
        let t = Tensor::from([[[1.0], [2.0]], [[3.0], [4.0]]]);
        assert_eq!(t.to_string(), "[[[1],\n  [2]],\n\n [[3],\n  [4]]]");
        assert_eq!(Tensor::<f32>::zeros([2, 0]).to_string(), "[[],\n []]");
        assert_eq!(format!("{:?}", Tensor::from([0.0_f32])), "Tensor [1] [0]");
    }

    #[test]
    fn long_tensors_are_abbreviated() {
        let t = Tensor::from_fn([1001], |i| i[0] as f64);
        assert_eq!(t.to_string(), "[   0,    1,    2, …,  998,  999, 1000]");
    }

    #[test]
    fn views_print_what_they_show() {
        let t = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).transpose().unwrap();
        assert_eq!(t.to_string(), "[[1, 3],\n [2, 4]]");
    }
}
