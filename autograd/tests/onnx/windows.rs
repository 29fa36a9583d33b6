//! Convolution and pooling.

use autograd::{Result, Var, Windows, ops};
use tensor::Float;

use crate::Node;

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let x = node.input(0);
    Some(match (&node.case.op[..], x.shape().len()) {
        ("Conv", 4) => conv(node),
        ("MaxPool", 4) => x.max_pool2d(size(node), windows(node)),
        ("MaxPool", 3) => x.max_pool1d(size::<T, 1>(node)[0], windows(node)),
        ("AveragePool", 4) => {
            let counts_padding = node.case.flag("count_include_pad", false);
            let op = ops::AvgPool2d { size: size(node), windows: windows(node), counts_padding };
            node.tape.apply(op, [x])
        }
        ("AveragePool", 3) => x.avg_pool1d(size::<T, 1>(node)[0], windows(node)),
        ("GlobalAveragePool", rank) => x.mean_axes(&(2..rank).collect::<Vec<_>>(), true),
        _ => return None,
    })
}

/// The padding may differ from one end to the other: then zeros are put there before.
fn conv<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let (mut x, mut windows) = (node.input(0), windows::<T, 2>(node));
    let pads = node.case.indices("pads");
    if let &[top, left, bottom, right] = &pads[..]
        && [top, left] != [bottom, right]
    {
        let widths = [(0, 0), (0, 0), (top, bottom), (left, right)];
        x = x.pad(&widths, ops::Padding::Constant(T::zero()))?;
        windows = windows.padding([0, 0]);
    }
    let groups = node.case.integer("group", 1) as usize;
    let y = x.conv2d(node.input(1), windows, groups)?;
    node.given(2).map_or(Ok(y), |shift| y.add_channels(shift))
}

fn size<T: Float, const D: usize>(node: &Node<'_, '_, T>) -> [usize; D] {
    node.case.indices("kernel_shape").try_into().unwrap()
}

/// From the settings, each for all axes; the padding before them first, then that after them.
fn windows<T: Float, const D: usize>(node: &Node<'_, '_, T>) -> Windows<D> {
    let setting = |name: &str, none: usize| match &node.case.indices(name)[..] {
        [] => [none; D],
        found => found[..D].try_into().unwrap(),
    };
    let windows = Windows::default().stride(setting("strides", 1)).padding(setting("pads", 0));
    windows.dilation(setting("dilations", 1))
}
