//! Convolution and pooling.

use autograd::{Var, Windows, ops};
use tensor::Float;

use crate::error::Result;
use crate::onnx::node::Node;

operators! { node:
    "Conv" => conv(node)?;
    "MaxPool" => {
        check(node)?;
        match node.input(0)?.shape().len() {
            3 => node.input(0)?.max_pool1d(size::<T, 1>(node)?[0], windows(node)?)?,
            _ => node.input(0)?.max_pool2d(size(node)?, windows(node)?)?,
        }
    };
    "AveragePool" => {
        check(node)?;
        match node.input(0)?.shape().len() {
            3 => node.input(0)?.avg_pool1d(size::<T, 1>(node)?[0], windows(node)?)?,
            _ => {
                let counts_padding = node.flag("count_include_pad", false)?;
                let (size, windows) = (size(node)?, windows(node)?);
                node.tape.apply(ops::AvgPool2d { size, windows, counts_padding }, [node.input(0)?])?
            }
        }
    };
    "GlobalAveragePool" => {
        let x = node.input(0)?;
        x.mean_axes(&(2..x.shape().len()).collect::<Vec<_>>(), true)?
    };
    "GlobalMaxPool" => {
        let x = node.input(0)?;
        x.max_axes(&(2..x.shape().len()).collect::<Vec<_>>(), true)?
    };
}

/// Rejects settings that the windows here do not support.
fn check<T: Float>(node: &Node<'_, '_, T>) -> Result<()> {
    if node.flag("ceil_mode", false)? {
        return Err(node.wrong(
            "attribute `ceil_mode`",
            "1",
            "0: windows end where the input does",
        ));
    }
    if node.outputs() > 1 {
        return Err(node.wrong("outputs", &node.outputs().to_string(), "one, without the indices"));
    }
    match node.word("auto_pad")? {
        None | Some("NOTSET" | "VALID") => Ok(()),
        Some(other) => Err(node.wrong("attribute `auto_pad`", other, "`pads` in numbers")),
    }
}

/// A convolution. Padding may differ between the two ends of an axis; zeros are then added before.
fn conv<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    check(node)?;
    let (mut x, weight) = (node.input(0)?, node.input(1)?);
    let groups = node.counts("attribute `group`", &[node.integer("group", 1)?])?[0];
    let y = if x.shape().len() == 3 {
        x.conv1d(weight, windows(node)?, groups)?
    } else {
        let mut windows = windows::<T, 2>(node)?;
        if let &[top, left, bottom, right] = &node.lengths("pads")?[..]
            && [top, left] != [bottom, right]
        {
            let widths = [(0, 0), (0, 0), (top, bottom), (left, right)];
            x = x.pad(&widths, ops::Padding::Constant(T::zero()))?;
            windows = windows.padding([0, 0]);
        }
        x.conv2d(weight, windows, groups)?
    };
    match node.given(2) {
        Some(shift) => Ok(y.add_channels(shift)?),
        None => Ok(y),
    }
}

fn size<T: Float, const D: usize>(node: &Node<'_, '_, T>) -> Result<[usize; D]> {
    let found = node.lengths("kernel_shape")?;
    found.try_into().map_err(|found: Vec<usize>| {
        node.wrong("attribute `kernel_shape`", &format!("{found:?}"), &format!("{D} lengths"))
    })
}

/// The windows, from the attributes, each for all axes. Padding lists the starts of all axes first,
/// then the ends.
fn windows<T: Float, const D: usize>(node: &Node<'_, '_, T>) -> Result<Windows<D>> {
    let setting = |name: &str, none: usize, count: usize| {
        let found = node.lengths(name)?;
        match found.len() {
            0 => Ok([none; D]),
            length if length == count => Ok(std::array::from_fn(|axis| found[axis])),
            _ => Err(node.wrong(
                &format!("attribute `{name}`"),
                &format!("{found:?}"),
                &format!("{count} numbers"),
            )),
        }
    };
    let windows = Windows::default();
    let windows = windows.stride(setting("strides", 1, D)?).padding(setting("pads", 0, 2 * D)?);
    Ok(windows.dilation(setting("dilations", 1, D)?))
}
