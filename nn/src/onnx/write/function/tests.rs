//! Tests that every operation of the list is written, and that others are rejected.

use std::path::PathBuf;

use autograd::{Result, Tape, Var, Windows, ops};

use super::*;
use crate::onnx::write::operations::NAMES;

type Case<'a> = (&'a str, &'a dyn for<'t> Fn(Var<'t, f64>) -> Result<Var<'t, f64>>);

/// Writes a function of an input `[rows, 4]` in two opsets; the comparison is part of that.
fn write(
    name: &str,
    function: &dyn for<'t> Fn(Var<'t, f64>) -> Result<Var<'t, f64>>,
) -> crate::Result<()> {
    let kept = std::env::var_os("ONNX_FILES").map(PathBuf::from);
    let folder = kept.clone().unwrap_or_else(std::env::temp_dir);
    for opset in [17, 23] {
        let stem = match kept {
            Some(_) => format!("function_{name}-f64-{opset}"),
            None => format!("nn-function-{}-{name}-{opset}", std::process::id()),
        };
        let path = folder.join(format!("{stem}.onnx"));
        let options = OnnxOptions::new().opset(opset);
        save_function(&path, &[("x", &[4])], &["y"], &options, |_, x| Ok(vec![function(x[0])?]))?;
        if kept.is_none() {
            std::fs::remove_file(&path).unwrap();
            continue;
        }
        // What `tests/onnx/check.py` compares with.
        let tape = Tape::no_grad();
        let x = tape.constant(Tensor::normal([6, 4], 0.0, 1.0, Random::new(2, 0)));
        let text: String = [x, function(x)?]
            .map(|numbers| {
                let words =
                    numbers.value().to_vec().into_iter().map(|number| format!("{number:e} "));
                words.collect::<String>() + "\n"
            })
            .concat();
        std::fs::write(folder.join(format!("{stem}.txt")), text).unwrap();
    }
    Ok(())
}

/// The named types of operations that a function records.
fn used(function: &dyn for<'t> Fn(Var<'t, f64>) -> Result<Var<'t, f64>>) -> Vec<&'static str> {
    let tape = Tape::tracing();
    let x = tape.parameter(Tensor::normal([3, 4], 0.0, 1.0, Random::new(1, 0)));
    function(x).unwrap();
    let mut names = Vec::new();
    tape.visit(|step| names.push(step.name));
    names
}

#[test]
fn every_operation_of_the_list_is_written() {
    let cases: &[Case<'_>] = &[
        ("arithmetic", &|x| {
            x.add(x)?.sub(x.scale(0.5)?)?.mul(x)?.div(x.square()?.add_scalar(2.0)?)?.neg()
        }),
        ("picked", &|x| x.index_select(1, &[3, 0, 0])),
        ("powers", &|x| x.square()?.powf(1.5)?.add(x.abs()?.add_scalar(1.0)?.pow(x)?)),
        ("extremes", &|x| x.maximum(x.neg()?)?.minimum(x.square()?)?.clamp(0.1, 0.8)),
        ("exponentials", &|x| x.exp()?.add(x.exp2()?)?.add(x.expm1()?)),
        ("logarithms", &|x| {
            let x = x.square()?.add_scalar(0.5)?;
            x.ln()?.add(x.ln_1p()?)?.add(x.log2()?)?.add(x.log10()?)
        }),
        ("roots", &|x| {
            let x = x.square()?.add_scalar(0.5)?;
            x.sqrt()?.add(x.rsqrt()?)?.add(x.reciprocal()?)
        }),
        ("signs", &|x| x.abs()?.add(x.sign()?)?.add(x.erf()?)),
        ("rounding", &|x| x.floor()?.add(x.ceil()?)?.add(x.round()?)?.add(x.trunc()?)),
        ("angles", &|x| {
            let z = x.tanh()?;
            x.sin()?.add(x.cos()?)?.add(z.tan()?)?.add(z.asin()?)?.add(z.acos()?)?.add(x.atan()?)
        }),
        ("hyperbolic", &|x| {
            let above = x.square()?.add_scalar(1.5)?;
            x.sinh()?
                .add(x.cosh()?)?
                .add(x.asinh()?)?
                .add(above.acosh()?)?
                .add(x.tanh()?.scale(0.5)?.atanh()?)
        }),
        ("activations", &|x| {
            let x = x.relu()?.add(x.leaky_relu(0.3)?)?.add(x.elu(0.7)?)?;
            x.sigmoid()?.add(x.activate(tensor::activation::Celu { alpha: 0.5 })?)?.gelu()
        }),
        ("slopes", &|x| x.prelu(x.tape().constant(Tensor::from([0.1, 0.2, 0.3, 0.4])))),
        ("products", &|x| {
            let w = x.tape().constant(Tensor::normal([4, 4], 0.0, 1.0, Random::new(9, 0)));
            x.matmul(w)?.matmul_nt(w)?.matmul(x.matmul_tn(x)?)
        }),
        ("sums", &|x| {
            let parts = x
                .sum_axes(&[1], true)?
                .add(x.mean_axes(&[1], true)?)?
                .add(x.logsumexp_axes(&[1], true)?)?;
            parts
                .add(x.max_axes(&[1], true)?)?
                .add(x.min_axes(&[1], true)?)?
                .add(x.prod_axes(&[1], true)?)
        }),
        ("sums_of_all", &|x| x.mul(x.sum()?.add(x.mean()?)?.add(x.max()?)?)),
        ("rows", &|x| x.softmax(1)?.add(x.log_softmax(1)?)),
        ("normed", &|x| {
            let (scale, shift) = (Tensor::from([1.0, 2.0, 3.0, 4.0]), Tensor::from([0.5; 4]));
            x.layer_norm(x.tape().constant(scale), x.tape().constant(shift), 1e-3)
        }),
        ("shapes", &|x| {
            let rows = x.shape()[0];
            let table = x.reshape([rows, 2, 2])?.transpose()?.permute(&[0, 2, 1])?;
            let wide = x.sum_axes(&[1], true)?.reshape([rows, 1, 1])?.broadcast_to([rows, 2, 2])?;
            table.add(wide)?.reshape([rows, 4])?.slice(1, 1..3)
        }),
        ("running", &|x| {
            let turned = ops::CumSum { axis: 1, reverse: true, exclusive: true };
            x.cumsum(1)?.add(x.tape().apply(turned, [x])?)
        }),
        ("images", &|x| {
            let image = x.reshape([x.shape()[0], 1, 2, 2])?;
            let weight = |shape: [usize; 4]| {
                x.tape().constant(Tensor::normal(shape, 0.0, 1.0, Random::new(9, 0)))
            };
            let wide = Windows::default().padding([2, 1]).stride([1, 2]).dilation([2, 1]);
            let y = image.conv2d(weight([4, 1, 3, 2]), wide, 1)?;
            let y = y.conv2d(weight([4, 2, 1, 1]), Windows::default(), 2)?;
            let pooled = y.max_pool2d([2, 2], Windows::default().padding([1, 1]))?;
            y.add(pooled.slice(2, 0..y.shape()[2])?.slice(3, 0..y.shape()[3])?)
        }),
        ("pooled", &|x| {
            let image = x.reshape([x.shape()[0], 1, 2, 2])?;
            let padded = Windows::default().padding([1, 1]).stride([2, 1]);
            let by =
                |counts_padding| ops::AvgPool2d { size: [2, 2], windows: padded, counts_padding };
            let counted = x.tape().apply(by(true), [image])?;
            counted.add(x.tape().apply(by(false), [image])?)
        }),
        ("chosen", &|x| {
            let mask = x.tape().constant(Tensor::from([1.0, 0.0, 0.0, 2.0]));
            mask.select(x, x.exp()?)
        }),
        ("compared", &|x| {
            let y = x.tape().constant(Tensor::from([0.5, -0.5, 0.0, 1.0]));
            // Equal numbers, too.
            let x = x.scale(2.0)?.round()?.scale(0.5)?;
            x.less(y)?
                .add(x.less_or_equal(y)?.scale(2.0)?)?
                .add(x.greater(y)?.scale(4.0)?)?
                .add(x.greater_or_equal(y)?.scale(8.0)?)?
                .add(x.equal(y)?.scale(16.0)?)?
                .add(x.not_equal(y)?.scale(32.0)?)
        }),
        ("computed_mask", &|x| {
            let zero = x.tape().constant(Tensor::scalar(0.0));
            x.detach().greater(zero)?.select(x, x.exp()?.add_scalar(-1.0)?)
        }),
        ("places", &|x| {
            let rows = x.argmax(1, true)?.add(x.argmin(1, true)?.scale(10.0)?)?;
            x.argmax(1, false)?.one_hot(4)?.add(rows)
        }),
        ("parts", &|x| {
            let parts = x.split(1, &[1, 3])?;
            let joined = Var::concat(1, &[parts[1], parts[0]])?;
            Var::stack(1, &[joined, x])
        }),
    ];
    let mut names = Vec::new();
    for (name, function) in cases {
        write(name, *function).unwrap_or_else(|error| panic!("{name}: {error}"));
        names.extend(used(*function));
    }
    for wanted in NAMES {
        // `LogSumExp` is `logsumexp`, `MatMul` `matmul`; rounding and comparing have a name for
        // each kind.
        let plain = |name: &str| name.replace('_', "").to_lowercase();
        let wanted = match *wanted {
            "Rounding" => "floor",
            "Compare" => "less",
            other => other,
        };
        let is_used = names.iter().any(|name| plain(name) == plain(wanted));
        assert!(is_used, "no case has `{wanted}`: {names:?}");
    }
}

#[test]
fn what_the_tape_does_not_record_is_refused() {
    let says = |function: &dyn for<'t> Fn(Var<'t, f64>) -> Result<Var<'t, f64>>| {
        write("refused", function).unwrap_err().to_string()
    };
    let error = says(&|x| x.mul(x.tape().constant(x.value())));
    assert!(error.contains("depends on the inputs in a way that is not recorded"), "{error}");
    assert!(error.contains("no numbers taken from the tape"), "{error}");
    let error = says(&|x| x.scale(1.0 / x.shape()[0] as f64));
    assert!(error.contains("depends on the inputs in a way that is not recorded"), "{error}");
    let error = says(&|x| if x.shape()[0] > 4 { x.exp() } else { x.sin() });
    assert!(error.contains("`sin`, and for other inputs `exp`"), "{error}");
    let error = says(&|x| x.flip(&[1]));
    assert!(
        error.starts_with("operation of function, to be saved as ONNX: found `flip`"),
        "{error}"
    );
    let error = says(&|x| match x.value().sum() > 0.0 {
        true => x.exp(),
        false => x.sin(),
    });
    assert!(error.contains("a graph has no `if` on values"), "{error}");
    let two = save_function::<f32>(
        "nowhere",
        &[("x", &[1])],
        &["y", "z"],
        &OnnxOptions::new(),
        |_, x| Ok(x.to_vec()),
    );
    assert!(two.unwrap_err().to_string().starts_with("outputs of function: found 1, expected 2"));
}
