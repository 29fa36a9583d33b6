//! Each operation of a tape as ONNX operators.

use std::any::Any;

use autograd::{Windows, ops};
use tensor::Float;

use super::activations;
use super::graph::{Graph, float, integer, list};
use crate::onnx::proto::{self, data_type};

/// The lengths of a tensor's axes; `None` for one that depends on the number of rows.
pub(super) type Lengths = Vec<Option<usize>>;

/// A recorded operation.
pub(super) struct Step<'a> {
    /// The operation, of its own type.
    pub(super) operation: &'a dyn Any,
    /// The names of its inputs in the graph, and their shapes.
    pub(super) inputs: Vec<(String, Lengths)>,
    /// The name of the mask of a `select`, as truth values, if it is computed from the inputs.
    pub(super) mask: Option<String>,
    /// The index of the output to write.
    pub(super) output: usize,
    /// The shape of that output.
    pub(super) shape: Lengths,
}

impl Step<'_> {
    /// The name of an input.
    fn x(&self, number: usize) -> &str {
        &self.inputs[number].0
    }

    /// The number of axes of an input.
    fn rank(&self, number: usize) -> usize {
        self.inputs[number].1.len()
    }

    fn op(&self, graph: &mut Graph, op: &str) -> String {
        let names: Vec<&str> = self.inputs.iter().map(|(name, _)| &name[..]).collect();
        graph.op(op, &names)
    }
}

/// Entries of operations by type, each with the code that writes it; first those that are one ONNX
/// operator.
macro_rules! rows {
    (
        $g:ident, $s:ident;
        same { $($Same:ident => $op:literal;)* }
        settings { $($Type:ident$(<$T:ident>)? as $value:ident => $write:expr;)* }
    ) => {
        /// The type names of the operations that can be written.
        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$(stringify!($Same),)* $(stringify!($Type)),*];

        /// Adds the nodes of an operation and returns the name of its output. `None` if it is not
        /// in the list, or has settings that ONNX does not support.
        pub(super) fn write<T: Float>($g: &mut Graph, $s: &Step<'_>) -> Option<String> {
            $(if $s.operation.is::<ops::$Same>() {
                return Some($s.op($g, $op));
            })*
            $(if let Some($value) = $s.operation.downcast_ref::<ops::$Type$(<$T>)?>() {
                return $write;
            })*
            activation($g, $s)
        }
    };
}

rows! {
    g, s;
    same {
        Add => "Add"; Sub => "Sub"; Mul => "Mul"; Div => "Div"; Neg => "Neg"; Pow => "Pow";
        MatMul => "MatMul"; Maximum => "Max"; Minimum => "Min"; Exp => "Exp"; Ln => "Log";
        Sqrt => "Sqrt"; Abs => "Abs"; Reciprocal => "Reciprocal"; Sin => "Sin"; Cos => "Cos";
        Tan => "Tan"; Asin => "Asin"; Acos => "Acos"; Atan => "Atan"; Sinh => "Sinh";
        Cosh => "Cosh"; Asinh => "Asinh"; Acosh => "Acosh"; Atanh => "Atanh"; Erf => "Erf";
        Sign => "Sign"; Prelu => "PRelu";
    }
    settings {
        Scale<T> as scale => Some(by(g, "Mul", s.x(0), scale.by));
        AddScalar<T> as add => Some(by(g, "Add", s.x(0), add.term));
        Powf<T> as power => Some(by(g, "Pow", s.x(0), power.exponent));
        Square as _square => Some(g.op("Mul", &[s.x(0), s.x(0)]));
        Rsqrt as _rsqrt => {
            let root = g.op("Sqrt", &[s.x(0)]);
            Some(g.op("Reciprocal", &[&root]))
        };
        Ln1p as _ln_1p => {
            let sum = by(g, "Add", s.x(0), T::one());
            Some(g.op("Log", &[&sum]))
        };
        Expm1 as _expm1 => {
            let e = g.op("Exp", &[s.x(0)]);
            Some(by(g, "Sub", &e, T::one()))
        };
        Exp2 as _exp2 => {
            let z = by(g, "Mul", s.x(0), T::of(std::f64::consts::LN_2));
            Some(g.op("Exp", &[&z]))
        };
        Log2 as _log2 => {
            let z = g.op("Log", &[s.x(0)]);
            Some(by(g, "Mul", &z, T::of(std::f64::consts::LOG2_E)))
        };
        Log10 as _log10 => {
            let z = g.op("Log", &[s.x(0)]);
            Some(by(g, "Mul", &z, T::of(std::f64::consts::LOG10_E)))
        };
        Clamp<T> as clamp => {
            let [low, high] = [clamp.low, clamp.high].map(|bound| g.number(bound.as_f64()));
            Some(g.op("Clip", &[s.x(0), &low, &high]))
        };
        Rounding as rounding => Some(match rounding {
            ops::Rounding::Floor => g.op("Floor", &[s.x(0)]),
            ops::Rounding::Ceil => g.op("Ceil", &[s.x(0)]),
            ops::Rounding::Round => g.op("Round", &[s.x(0)]),
            ops::Rounding::Trunc => {
                let (size, sign) = (g.op("Abs", &[s.x(0)]), g.op("Sign", &[s.x(0)]));
                let whole = g.op("Floor", &[&size]);
                g.op("Mul", &[&whole, &sign])
            }
        });
        MatMulTransposed as turned => {
            let a = if turned.left { transposed(g, s, 0) } else { s.x(0).to_owned() };
            let b = if turned.right { transposed(g, s, 1) } else { s.x(1).to_owned() };
            Some(g.op("MatMul", &[&a, &b]))
        };
        Sum as sum => Some(reduced(g, s, "ReduceSum", 13, sum.axes()));
        Mean as mean => Some(reduced(g, s, "ReduceMean", 18, mean.axes()));
        Max as max => Some(reduced(g, s, "ReduceMax", 18, max.axes()));
        Min as min => Some(reduced(g, s, "ReduceMin", 18, min.axes()));
        Prod as prod => Some(reduced(g, s, "ReduceProd", 18, prod.axes()));
        LogSumExp as sum => Some(reduced(g, s, "ReduceLogSumExp", 18, sum.axes()));
        Softmax as softmax => Some(along(g, s, "Softmax", softmax.axis));
        LogSoftmax as softmax => Some(along(g, s, "LogSoftmax", softmax.axis));
        LayerNorm<T> as norm => {
            let settings = vec![integer("axis", -1), float("epsilon", norm.eps().as_f64())];
            let inputs = [s.x(0), s.x(1), s.x(2)];
            (g.opset >= 17).then(|| g.op_with("LayerNormalization", &inputs, settings))
        };
        CumSum as sum => {
            let axis = g.integer(sum.axis as i64);
            let [exclusive, reverse] = [sum.exclusive, sum.reverse].map(i64::from);
            let settings = vec![integer("exclusive", exclusive), integer("reverse", reverse)];
            Some(g.op_with("CumSum", &[s.x(0), &axis], settings))
        };
        Conv2d as conv => {
            let mut settings = moved(conv.windows);
            settings.extend([
                lengths("dilations", &conv.windows.dilation),
                integer("group", conv.groups as i64),
            ]);
            Some(g.op_with("Conv", &[s.x(0), s.x(1)], settings))
        };
        MaxPool2d as pool => {
            let mut settings = moved(pool.windows());
            settings.extend([
                lengths("kernel_shape", &pool.size()),
                lengths("dilations", &pool.windows().dilation),
            ]);
            Some(g.op_with("MaxPool", &[s.x(0)], settings))
        };
        AvgPool2d as pool => {
            let mut settings = moved(pool.windows);
            let counts = i64::from(pool.counts_padding);
            settings.extend([
                lengths("kernel_shape", &pool.size),
                integer("count_include_pad", counts),
            ]);
            // Older versions of this operator have no dilation.
            match pool.windows.dilation {
                [1, 1] => {}
                dilation if g.opset >= 19 => settings.push(lengths("dilations", &dilation)),
                _ => return None,
            }
            Some(g.op_with("AveragePool", &[s.x(0)], settings))
        };
        Select<T> as select => {
            let mask = s.mask.clone().unwrap_or_else(|| {
                let name = format!("{}/mask", g.layer);
                let mask = g.tensor(&name, select.mask.shape(), &select.mask.to_vec());
                g.cast(&mask, Some(data_type::BOOL))
            });
            Some(g.op("Where", &[&mask, s.x(0), s.x(1)]))
        };
        Compare as compare => Some(compared(g, [s.x(0), s.x(1)], *compare));
        ArgMax as at => Some(index(g, s, "ArgMax", at.axis, at.keep));
        ArgMin as at => Some(index(g, s, "ArgMin", at.axis, at.keep));
        OneHot as one_hot => {
            let classes: Vec<T> = (0..one_hot.classes).map(|class| T::of(class as f64)).collect();
            let name = format!("{}/classes", g.layer);
            let classes = g.tensor(&name, &[classes.len()], &classes);
            let last = g.integers(&[s.rank(0) as i64]);
            let x = g.op("Unsqueeze", &[s.x(0), &last]);
            Some(g.truth("Equal", &[&x, &classes]))
        };
        IndexSelect as pick => {
            let indices: Vec<i64> = pick.indices.iter().map(|&index| index as i64).collect();
            let indices = g.integers(&indices);
            Some(g.op_with("Gather", &[s.x(0), &indices], vec![integer("axis", pick.axis as i64)]))
        };
        Reshape as _reshape => reshaped(g, s.x(0), &s.shape);
        Transpose as _transpose => Some(transposed(g, s, 0));
        Permute as permute => {
            let order: Vec<i64> = permute.order.iter().map(|&axis| axis as i64).collect();
            Some(g.op_with("Transpose", &[s.x(0)], vec![list("perm", &order)]))
        };
        BroadcastTo as _broadcast => broadcast(g, s);
        Slice as slice => Some(sliced(g, s.x(0), slice.axis, slice.range.clone()));
        Split as split => {
            let from = split.lengths[..s.output].iter().sum();
            Some(sliced(g, s.x(0), split.axis, from..from + split.lengths[s.output]))
        };
        Concat as concat => {
            let names: Vec<&str> = s.inputs.iter().map(|(name, _)| &name[..]).collect();
            Some(g.op_with("Concat", &names, vec![integer("axis", concat.axis as i64)]))
        };
        Stack as stack => {
            let axis = stack.axis as i64;
            let at = g.integers(&[axis]);
            let parts: Vec<String> = (0..s.inputs.len())
                .map(|part| g.op("Unsqueeze", &[s.x(part), &at]))
                .collect();
            let names: Vec<&str> = parts.iter().map(|name| &name[..]).collect();
            Some(g.op_with("Concat", &names, vec![integer("axis", axis)]))
        };
    }
}

/// Strides and padding of windows over an image.
fn moved(windows: Windows<2>) -> Vec<proto::Attribute> {
    let [above, left] = windows.padding;
    // Padding before the first row and column, then after the last ones.
    vec![lengths("strides", &windows.stride), lengths("pads", &[above, left, above, left])]
}

fn lengths(name: &str, all: &[usize]) -> proto::Attribute {
    list(name, &all.iter().map(|&length| length as i64).collect::<Vec<_>>())
}

/// A binary operator on x and a number.
fn by<T: Float>(g: &mut Graph, op: &str, x: &str, number: T) -> String {
    let number = g.number(number.as_f64());
    g.op(op, &[x, &number])
}

/// A comparison, as truth values.
fn compared(g: &mut Graph, both: [&str; 2], compare: ops::Compare) -> String {
    match compare {
        ops::Compare::Less => g.truth("Less", &both),
        ops::Compare::LessOrEqual => g.truth("LessOrEqual", &both),
        ops::Compare::Greater => g.truth("Greater", &both),
        ops::Compare::GreaterOrEqual => g.truth("GreaterOrEqual", &both),
        ops::Compare::Equal => g.truth("Equal", &both),
        ops::Compare::NotEqual => {
            let equal = g.truth("Equal", &both);
            g.truth("Not", &[&equal])
        }
    }
}

/// The index of the first greatest or least number, which is an integer in ONNX.
fn index(g: &mut Graph, s: &Step<'_>, op: &str, axis: usize, keep: bool) -> String {
    let settings = vec![integer("axis", axis as i64), integer("keepdims", i64::from(keep))];
    let index = g.op_with(op, &[s.x(0)], settings);
    g.cast(&index, None)
}

/// The last two axes of an input exchanged.
fn transposed(g: &mut Graph, s: &Step<'_>, input: usize) -> String {
    let mut order: Vec<i64> = (0..s.rank(input) as i64).collect();
    let rank = order.len();
    order.swap(rank - 1, rank - 2);
    g.op_with("Transpose", &[s.x(input)], vec![list("perm", &order)])
}

/// A reduction. Its axes are an input from the version `since` on, an attribute before.
fn reduced(
    g: &mut Graph,
    s: &Step<'_>,
    op: &str,
    since: i64,
    axes: Option<(&[usize], bool)>,
) -> String {
    let Some((axes, keep)) = axes else {
        return g.op_with(op, &[s.x(0)], vec![integer("keepdims", 0)]);
    };
    if axes.is_empty() {
        return g.op("Identity", &[s.x(0)]);
    }
    let axes: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
    let keep = integer("keepdims", i64::from(keep));
    if g.opset >= since {
        let axes = g.integers(&axes);
        return g.op_with(op, &[s.x(0), &axes], vec![keep]);
    }
    g.op_with(op, &[s.x(0)], vec![list("axes", &axes), keep])
}

fn along(g: &mut Graph, s: &Step<'_>, op: &str, axis: usize) -> String {
    g.op_with(op, &[s.x(0)], vec![integer("axis", axis as i64)])
}

/// A reshape; one length may depend on the number of rows.
fn reshaped(g: &mut Graph, x: &str, shape: &Lengths) -> Option<String> {
    if shape.iter().filter(|length| length.is_none()).count() > 1 {
        return None;
    }
    let lengths: Vec<i64> =
        shape.iter().map(|length| length.map_or(-1, |length| length as i64)).collect();
    let lengths = g.integers(&lengths);
    Some(g.op("Reshape", &[x, &lengths]))
}

/// A broadcast along axes with known lengths.
fn broadcast(g: &mut Graph, s: &Step<'_>) -> Option<String> {
    let from = &s.inputs[0].1;
    let new = s.shape.len().checked_sub(from.len())?;
    let lengths = s.shape.iter().enumerate().map(|(axis, &to)| {
        let before = axis.checked_sub(new).map(|axis| from[axis]);
        match before {
            // 1 keeps the length of the input.
            Some(before) if before == to => Some(1),
            _ => to.map(|to| to as i64),
        }
    });
    let lengths: Vec<i64> = lengths.collect::<Option<_>>()?;
    let lengths = g.integers(&lengths);
    Some(g.op("Expand", &[s.x(0), &lengths]))
}

fn sliced(g: &mut Graph, x: &str, axis: usize, range: std::ops::Range<usize>) -> String {
    let [from, to, axis] = [range.start, range.end, axis].map(|at| g.integers(&[at as i64]));
    g.op("Slice", &[x, &from, &to, &axis])
}

/// An activation: by type if it has a number, otherwise by name.
fn activation(g: &mut Graph, s: &Step<'_>) -> Option<String> {
    use tensor::activation::*;

    let with = |name: &str, number: f64| format!("{name}({number:e})");
    if let Some(leaky) = s.operation.downcast_ref::<ops::Activate<LeakyRelu>>() {
        return activations::write(g, &with(LeakyRelu::NAME, leaky.0.slope), s.x(0));
    }
    if let Some(elu) = s.operation.downcast_ref::<ops::Activate<Elu>>() {
        return activations::write(g, &with(Elu::NAME, elu.0.alpha), s.x(0));
    }
    if let Some(celu) = s.operation.downcast_ref::<ops::Activate<Celu>>() {
        return activations::write(g, &with(Celu::NAME, celu.0.alpha), s.x(0));
    }
    macro_rules! by_name {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
                $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {$(
            if s.operation.is::<ops::Activate<$Type>>() {
                return activations::write(g, $Type::NAME, s.x(0));
            }
        )*};
    }
    tensor::for_each_activation!(by_name);
    None
}
