//! Functions on a tape that choose by masks computed from their inputs, written and read again.

use std::fs;
use std::path::PathBuf;

use nn::autograd::{Result, Tape, Var, elementwise};
use nn::onnx::{OnnxModel, OnnxOptions, save_function};
use nn::tensor::{Tensor, math};
use nn::{Float, Registry, TapeModel, Tensors, init};

use crate::cases::{EXTREMES, rows};

/// A file that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("nn-onnx-masks-{}-{name}.onnx", std::process::id());
        Scratch(std::env::temp_dir().join(name))
    }

    /// Whether the file has these letters.
    fn has(&self, text: &str) -> bool {
        fs::read(&self.0).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It was not written if a test failed before.
        let _ = fs::remove_file(&self.0);
    }
}

fn number<T: Float>(x: Var<'_, T>, number: f64) -> Var<'_, T> {
    x.tape().constant(Tensor::scalar(T::of(number)))
}

/// Asserts that numbers are equal up to rounding, relative to the larger of 1 and the number.
#[track_caller]
fn assert_near<T: Float>(what: &str, found: &[T], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let near = if size_of::<T>() == 4 { 1e-6 } else { 1e-14 };
    for (at, (found, &expected)) in found.iter().zip(expected).enumerate() {
        let found = found.as_f64();
        let is_near =
            found == expected || (found - expected).abs() <= near * expected.abs().max(1.0);
        assert!(is_near, "{what}, element {at}: {found}, not {expected}");
    }
}

/// A function of a number, on the tape and in Rust, with the operators that the graph must have.
type Curve<T> = (
    &'static str,
    for<'t> fn(Var<'t, T>) -> Result<Var<'t, T>>,
    fn(f64) -> f64,
    &'static [&'static str],
);

/// Activations in the way they are written elsewhere, with masks.
fn curves<T: Float>() -> Vec<Curve<T>> {
    vec![
        (
            "elu",
            |x| {
                let below = x.minimum(number(x, 0.0))?.exp()?.add_scalar(T::of(-1.0))?;
                x.greater(number(x, 0.0))?.select(x, below.scale(T::of(1.5))?)
            },
            |x| if x > 0.0 { x } else { 1.5 * (x.exp() - 1.0) },
            &["Greater", "Where"],
        ),
        (
            "thresholded",
            |x| x.detach().greater_or_equal(number(x, 0.75))?.mul(x),
            |x| if x >= 0.75 { x } else { 0.0 },
            &["GreaterOrEqual", "Cast", "Mul"],
        ),
        (
            "clamped",
            |x| {
                let (low, high) = (number(x, -1.0), number(x, 1.0));
                let x = x.less(low)?.select(low, x)?;
                high.less_or_equal(x)?.select(high, x)
            },
            |x| x.clamp(-1.0, 1.0),
            &["Less", "LessOrEqual", "Where"],
        ),
        (
            "huber",
            |x| {
                let (one, size) = (number(x, 1.0), x.abs()?);
                let linear = size.add_scalar(T::of(-0.5))?;
                size.detach().less(one)?.select(x.square()?.scale(T::of(0.5))?, linear)
            },
            |x| if x.abs() < 1.0 { 0.5 * x * x } else { x.abs() - 0.5 },
            &["Less", "Where"],
        ),
        (
            // Between two bounds: the product of two comparisons is "and".
            "band",
            |x| {
                let (low, high) = (number(x, -1.0), number(x, 2.0));
                let inside = x.greater(low)?.mul(x.less(high)?)?;
                inside.select(x.square()?, x.scale(T::of(-0.5))?)
            },
            |x| if x > -1.0 && x < 2.0 { x * x } else { -0.5 * x },
            &["Greater", "Less", "Mul", "Where"],
        ),
        (
            // The maximum is "or", and a mask of masks chooses between masks.
            "outside",
            |x| {
                let (low, high) = (number(x, -1.0), number(x, 1.0));
                let outside = x.less(low)?.maximum(x.greater(high)?)?;
                let negative = x.less(number(x, 0.0))?;
                let mask = outside.select(negative, negative.neg()?.add_scalar(T::of(1.0))?)?;
                mask.select(number(x, 10.0), x)
            },
            |x| if (x.abs() > 1.0) == (x < 0.0) { 10.0 } else { x },
            &["Max", "Where"],
        ),
        (
            "zeros",
            |x| {
                let zero = number(x, 0.0);
                x.equal(zero)?.add(x.not_equal(zero)?.scale(T::of(3.0))?)
            },
            |x| if x == 0.0 { 1.0 } else { 3.0 },
            &["Equal", "Not", "Cast"],
        ),
        (
            // Any number is a mask, not 1 and 0 only.
            "numbers",
            |x| x.trunc()?.select(x, number(x, -7.0)),
            |x| if x.trunc() == 0.0 { -7.0 } else { x },
            &["Cast", "Where"],
        ),
        (
            "filled",
            |x| x.masked_fill(x.greater(number(x, 1.0))?, T::of(-2.0)),
            |x| if x > 1.0 { -2.0 } else { x },
            &["Greater", "Where"],
        ),
        (
            "between_constants",
            |x| x.greater(number(x, 0.5))?.select(number(x, 1.0), number(x, -1.0)),
            |x| if x > 0.5 { 1.0 } else { -1.0 },
            &["Greater", "Where"],
        ),
        (
            "recomputed",
            |x| x.tape().recompute(|[x]| x.greater(number(x, 0.0))?.select(x, x.neg()?), [x]),
            f64::abs,
            &["Greater", "Where"],
        ),
    ]
}

/// Numbers on both sides of every bound, and at it.
const NUMBERS: [f64; 14] =
    [0.0, -0.0, 0.5, -0.5, 0.75, 1.0, -1.0, 1.25, -1.25, 2.0, -2.0, 3.0, 1e-30, -40.0];

fn curves_are_written<T: Float>(type_name: &str) {
    // For `check.py`.
    let kept = std::env::var_os("ONNX_FILES").map(PathBuf::from);
    for (name, function, expected, operators) in curves::<T>() {
        for opset in [13, 17, 18, 23] {
            let file = Scratch::new(&format!("{name}-{type_name}-{opset}"));
            let options = OnnxOptions::new().opset(opset);
            save_function(&file.0, &[("x", &[7])], &["y"], &options, |_, x| {
                Ok(vec![function(x[0])?])
            })
            .unwrap_or_else(|error| panic!("{name}: {error}"));
            for operator in operators {
                assert!(file.has(operator), "{name}: no {operator}");
            }
            let model = OnnxModel::<T>::read(&file.0).unwrap();
            for rows in [1, 2, 5] {
                let x: Vec<f64> = (0..7 * rows).map(|at| NUMBERS[at % NUMBERS.len()]).collect();
                let of_x = x.iter().map(|&x| T::of(x)).collect();
                let outputs = model.run(&[Tensor::from_vec(of_x, [rows, 7]).unwrap()]).unwrap();
                assert_eq!(outputs[0].shape(), [rows, 7]);
                let expected: Vec<f64> = x.iter().map(|&x| expected(x)).collect();
                assert_near(name, &outputs[0].to_vec(), &expected);
                if let Some(folder) = kept.as_ref().filter(|_| rows == 2) {
                    let stem = folder.join(format!("function_mask_{name}-{type_name}-{opset}"));
                    fs::copy(&file.0, stem.with_extension("onnx")).unwrap();
                    let line = |numbers: &[f64]| {
                        let words = numbers.iter().map(|number| format!("{number:e} "));
                        words.collect::<String>() + "\n"
                    };
                    fs::write(stem.with_extension("txt"), line(&x) + &line(&expected)).unwrap();
                }
            }
        }
    }
}

#[test]
fn every_case_of_a_mask_is_written() {
    curves_are_written::<f32>("f32");
    curves_are_written::<f64>("f64");
}

/// A mask that goes to a `select` and nowhere else needs no number.
#[test]
fn a_mask_is_not_cast_back_and_forth() {
    let file = Scratch::new("plain");
    save_function::<f32>(&file.0, &[("x", &[2])], &["y"], &OnnxOptions::new(), |_, x| {
        let mask = x[0].greater(number(x[0], 0.0))?;
        Ok(vec![mask.select(x[0], mask.select(x[0], x[0].neg()?)?)?])
    })
    .unwrap();
    assert!(file.has("Greater") && !file.has("Cast"));
    // As an output it is a number.
    save_function::<f32>(&file.0, &[("x", &[2])], &["y", "m"], &OnnxOptions::new(), |_, x| {
        let mask = x[0].greater(number(x[0], 0.0))?;
        Ok(vec![mask.select(x[0], x[0].neg()?)?, mask])
    })
    .unwrap();
    let model = OnnxModel::<f32>::read(&file.0).unwrap();
    let outputs = model.run(&[Tensor::from([[-2.0, 3.0]])]).unwrap();
    assert_eq!(outputs[0], Tensor::from([[2.0, 3.0]]));
    assert_eq!(outputs[1], Tensor::from([[0.0, 1.0]]));
}

type Table = for<'t> fn(&[Var<'t, f64>]) -> Result<Var<'t, f64>>;

/// Masks that broadcast, in every direction, and masks from reductions and indices.
#[test]
fn masks_broadcast() {
    let cases: &[(&str, Table)] = &[
        ("a mask for each row", |x| {
            let sums = x[0].sum_axes(&[1], true)?;
            sums.greater(number(x[0], 0.0))?.select(x[0], x[0].neg()?)
        }),
        ("a mask for each column, of all rows", |x| {
            let most = x[0].max_axes(&[0], true)?;
            most.greater(number(x[0], 0.75))?.select(x[0], number(x[0], -3.0))
        }),
        ("one mask for all", |x| {
            x[0].sum()?.less(number(x[0], 0.0))?.select(x[0].sin()?, x[0].cos()?)
        }),
        ("a mask wider than what it chooses", |x| {
            let rows = x[0].sum_axes(&[1], true)?;
            x[0].less(number(x[0], 0.25))?.select(rows, rows.neg()?)
        }),
        ("a mask of two inputs with different axes", |x| {
            let rows = x[1].shape()[0];
            let left = x[1].reshape([rows, 3, 1])?;
            let right = x[0].reshape([rows, 1, 5])?;
            left.greater_or_equal(right)?.select(left, right)
        }),
        ("a constant mask of a computed one", |x| {
            let picked = x[0].tape().constant(Tensor::from([1.0, 0.0, 0.0, 1.0, 0.0]));
            let mask = picked.select(x[0].greater(number(x[0], 0.0))?, number(x[0], 1.0))?;
            mask.select(x[0], x[0].exp()?)
        }),
        ("the largest of a row", |x| {
            let largest = x[0].equal(x[0].max_axes(&[1], true)?)?;
            largest.select(x[0], number(x[0], 0.0))
        }),
        ("the place of the largest", |x| {
            x[0].argmax(1, false)?.one_hot(5)?.select(number(x[0], 1.0), x[0])
        }),
        ("the place of the least, kept", |x| {
            x[1].argmin(-1, true)?.greater(number(x[0], 0.5))?.select(x[0], x[0].square()?)
        }),
        ("parts of a mask", |x| {
            let parts = x[0].greater(number(x[0], 0.0))?.split(1, &[2, 3])?;
            let joined = Var::concat(1, &[parts[1], parts[0]])?;
            joined.select(x[0], x[0].neg()?)
        }),
    ];
    for (at, (name, function)) in cases.iter().enumerate() {
        let file = Scratch::new(&format!("broadcast-{at}"));
        let inputs: [(&str, &[usize]); 2] = [("x", &[5]), ("z", &[3])];
        save_function(&file.0, &inputs, &["y"], &OnnxOptions::new(), |_, x| Ok(vec![function(x)?]))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let model = OnnxModel::<f64>::read(&file.0).unwrap();
        for rows in [1, 2, 7] {
            let tape = Tape::no_grad();
            let x = [5, 3].map(|width| {
                let values = (0..rows * width).map(|at| NUMBERS[(at * 3 + width) % 13]).collect();
                Tensor::from_vec(values, [rows, width]).unwrap()
            });
            let on_tape = x.each_ref().map(|x| tape.constant(x.clone()));
            let expected = function(&on_tape).unwrap().value();
            let found = model.run(&x).unwrap();
            assert_eq!(found[0].shape(), expected.shape(), "{name}");
            assert_near(name, &found[0].to_vec(), &expected.to_vec());
        }
    }
}

elementwise!(OwnElu, "own_elu", |x: T| if x > T::of(0.0) {
    x
} else {
    T::of(0.7) * (math::exp(x) - T::of(1.0))
});
elementwise!(Shrink, "shrink", |x: T| if x > T::of(0.5) {
    x - T::of(0.5)
} else if x < T::of(-0.5) {
    x + T::of(0.5)
} else {
    T::of(0.0)
});

fn in_a_network<T: Float>(type_name: &str) {
    let mut registry = Registry::<T>::new();
    registry.activation::<OwnElu>("OwnElu").activation::<Shrink>("Shrink");
    let text = "dense(3 -> 7, OwnElu), layer_norm, residual(dense(7 -> 5, Shrink), dense(7)), \
                dense(3, OwnElu)";
    let network = registry.parse(text).unwrap_or_else(|error| panic!("{error}")).init(3);
    let options = OnnxOptions::new()
        .activation("own_elu", |x| {
            let zero = number(x, 0.0);
            x.greater(zero)?.select(x, x.exp()?.add_scalar(-1.0)?.scale(0.7)?)
        })
        .activation("shrink", |x| {
            let above = x.greater(number(x, 0.5))?;
            let below = x.detach().less(number(x, -0.5))?;
            let otherwise = below.select(x.add_scalar(0.5)?, number(x, 0.0))?;
            above.select(x.add_scalar(-0.5)?, otherwise)
        });
    for opset in [13, 20, 23] {
        let file = Scratch::new(&format!("network-{type_name}-{opset}"));
        network.save_onnx(&file.0, &options.clone().opset(opset)).unwrap();
        assert!(file.has("Where") && file.has("Greater") && !file.has("Cast"));
        let model = OnnxModel::<T>::read(&file.0).unwrap();
        // The exponential of the largest numbers of `rows` is infinite, and not chosen.
        let x = rows::<T>(3);
        let count = x.len() / 3;
        assert_eq!(count, 6 + EXTREMES.len());
        let found = model.run(&[Tensor::from_vec(x.clone(), [count, 3]).unwrap()]).unwrap();
        let expected: Vec<T> = network.predict(&x).unwrap();
        let most = expected.iter().fold(1.0, |most: f64, y| most.max(y.as_f64().abs()));
        for (a, b) in found[0].to_vec().iter().zip(&expected) {
            assert!((a.as_f64() - b.as_f64()).abs() <= 1e-5 * most, "{a}, not {b}");
        }
    }
    let file = Scratch::new(&format!("refused-{type_name}"));
    let says = |options: &OnnxOptions| network.save_onnx(&file.0, options).unwrap_err().to_string();
    let other = OnnxOptions::new().activation("shrink", |x| x.greater(number(x, 0.5))?.mul(x));
    let error = says(&other.clone().activation("own_elu", |x| Ok(x)));
    assert!(error.contains("with them the model gives other numbers"), "{error}");
    let error = says(&other.activation("own_elu", |x| match x.value().to_vec()[0] > 0.0 {
        true => x.sin(),
        false => x.exp(),
    }));
    assert!(error.contains("no `if` on values"), "{error}");
}

#[test]
fn custom_activations_may_choose() {
    in_a_network::<f32>("f32");
    in_a_network::<f64>("f64");
}

#[test]
fn a_model_on_the_tape_may_choose() {
    let tensors = Tensors::<f64>::seeded(1)
        .weight("weight", [3, 5], init::GlorotNormal)
        .values("slope", &[5], &[0.25, -0.5, 0.75, -1.0, 0.5])
        .weight("out", [5, 2], init::GlorotNormal);
    // With a gradient, a comparison needs `detach`.
    let model: TapeModel<_, [f64; 3], [f64; 2], f64> = TapeModel::new(
        tensors,
        |p, x| {
            let z = x.matmul(p["weight"])?;
            let zero = number(z, 0.0);
            let y = z.detach().greater(zero)?.select(z, z.mul(p["slope"])?)?;
            // A mask of weights alone.
            let y = p["slope"].detach().less(zero)?.select(zero, y)?;
            y.matmul(p["out"])
        },
        |outputs, targets| outputs.mse(targets),
    );
    let file = Scratch::new("model");
    model.save_onnx(&file.0, &OnnxOptions::new()).unwrap();
    let read = OnnxModel::<f64>::read(&file.0).unwrap();
    // The weights and the zero.
    assert_eq!(read.parameters().count(), 4);
    let x = [[0.5, -1.0, 2.0], [-0.5, 0.25, 1.0], [3.0, 0.0, -2.0]];
    let found = read.run(&[Tensor::from(x)]).unwrap()[0].to_vec();
    assert_near("model", &found, &model.predict(&x).unwrap().to_vec());
}

/// What decides in Rust is not in the graph, and the message says so.
#[test]
fn an_if_on_values_is_refused() {
    type Case = for<'t> fn(Var<'t, f32>) -> Result<Var<'t, f32>>;
    let cases: &[Case] = &[
        |x| if x.value().sum() > 0.0 { x.exp() } else { x.sin() },
        |x| if x.value().to_vec()[0] > 0.0 { Ok(x) } else { x.neg() },
        |x| x.scale(if x.value().to_vec()[3] > 0.0 { 1.0 } else { 0.5 }),
        |x| {
            let zero = number(x, 0.0);
            let one = number(x, 1.0);
            let bound = if x.value().sum() > 0.0 { zero } else { one };
            x.greater(bound)?.select(x, zero)
        },
        |x| {
            let mask = x.value().map(|x| if x > 0.0 { 1.0 } else { 0.0 });
            x.tape().constant(mask).select(x, x.neg()?)
        },
    ];
    let file = Scratch::new("if");
    for (at, case) in cases.iter().enumerate() {
        let saved = save_function(&file.0, &[("x", &[2])], &["y"], &OnnxOptions::new(), |_, x| {
            Ok(vec![case(x[0])?])
        });
        let error = saved.expect_err(&format!("case {at}")).to_string();
        assert!(error.contains("a graph has no `if` on values"), "case {at}: {error}");
        assert!(!file.0.exists(), "half a file");
    }
}
