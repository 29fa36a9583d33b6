//! Edge cases: empty views, extreme numbers and invalid calls give the right value, or an error
//! that names the call.

use autograd::{Tape, Var};
use tensor::{Float, Tensor};

/// `[2, 3]` zeros from `[2, 0]` views of any layout and `[0, 3]`.
#[test]
fn products_of_empty_views_are_zeros() {
    fn check<T: Float>() {
        let full = Tensor::<T>::ones([2, 2]);
        let views = [
            full.slice(1, 0..0).unwrap(),
            full.slice(1, 2..2).unwrap(),
            full.slice(0, 0..0).unwrap().transpose().unwrap(),
            Tensor::zeros([2, 0]),
        ];
        for left in views {
            for right in [Tensor::zeros([0, 3]), Tensor::zeros([3, 0]).transpose().unwrap()] {
                assert_eq!(left.matmul(&right).unwrap(), Tensor::zeros([2, 3]));
                let row = left.slice(0, 0..1).unwrap();
                assert_eq!(row.matmul(&right).unwrap(), Tensor::zeros([1, 3]));
                let tape = Tape::new();
                let (a, b) = (tape.parameter(left.clone()), tape.parameter(right.clone()));
                let y = a.matmul(b).unwrap();
                assert_eq!(y.value(), Tensor::zeros([2, 3]));
                let gradients = y.sum().unwrap().backward().unwrap();
                assert_eq!(gradients.of(a).unwrap().shape(), [2, 0]);
                assert_eq!(gradients.of(b).unwrap().shape(), [0, 3]);
            }
        }
        let wide = Tensor::<T>::ones([40, 40]).slice(1, 7..7).unwrap();
        assert_eq!(wide.matmul(&Tensor::zeros([0, 50])).unwrap(), Tensor::zeros([40, 50]));
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn norms_of_no_rows_are_no_rows() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::<f32>::zeros([0, 3]));
    let [g, s] = [1.0, 0.0].map(|value| tape.parameter(Tensor::full([3], value)));
    let normed =
        [x.layer_norm(g, s, 1e-5), x.standardize(&[1], 1e-5), x.softmax(1), x.log_softmax(1)];
    for y in normed {
        let y = y.unwrap();
        assert_eq!(y.shape()[..], [0, 3]);
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(gradients.of(x).unwrap().shape(), [0, 3]);
    }
    let empty = tape.parameter(Tensor::<f32>::zeros([2, 0]));
    assert_eq!(empty.softmax(1).unwrap().shape()[..], [2, 0]);
    assert_eq!(
        empty.logsumexp_axes(&[1], false).unwrap().value(),
        Tensor::full([2], f32::NEG_INFINITY)
    );
}

#[test]
fn of_nothing_none_is_the_largest_or_the_smallest() {
    let tape = Tape::new();
    let x = tape.constant(Tensor::<f32>::zeros([0, 3]));
    let refused = [
        x.max(),
        x.min(),
        x.max_axes(&[0], false),
        x.min_axes(&[0], true),
        x.argmax(0, false),
        x.argmin(0, false),
    ];
    for (result, op) in refused.into_iter().zip(["max", "min", "max", "min", "argmax", "argmin"]) {
        assert_eq!(
            result.unwrap_err().to_string(),
            format!("{op}: [0, 3]: axis 0 has no elements")
        );
    }
    assert_eq!(x.max_axes(&[1], false).unwrap().shape()[..], [0]);
}

#[test]
fn nan_is_never_the_largest_nor_the_smallest() {
    let tape = Tape::new();
    let x = tape.constant(Tensor::from([f32::NAN, 1.0, 2.0]));
    assert_eq!(x.argmax(0, false).unwrap().value().item().unwrap(), 2.0);
    assert_eq!(x.argmin(0, false).unwrap().value().item().unwrap(), 1.0);
    assert!(x.max().unwrap().value().item().unwrap().is_nan());
    assert!(x.min().unwrap().value().item().unwrap().is_nan());
}

#[test]
fn squares_that_overflow_or_vanish_do_not_matter() {
    let near = |found: f32, expected: f32| {
        assert!(
            (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
            "{found}, not {expected}"
        );
    };
    let tape = Tape::new();
    for size in [1e20_f32, 3e38, 1e-25, 1e-38] {
        let [a, b] = [[size, size], [1.0, 0.0]].map(|x| tape.constant(Tensor::from(x)));
        near(a.cosine_similarity(b, 0, 1e-45).unwrap().value().item().unwrap(), 0.5_f32.sqrt());
        if size < 1e38 {
            near(a.norm(2.0).unwrap().value().item().unwrap() / size, 2.0_f32.sqrt());
        }
    }
    for size in [1e19_f32, 1e20, 3e38] {
        let x = tape.parameter(Tensor::from([[size, -size], [1.0, 3.0]]));
        let [g, s] = [1.0, 0.0].map(|value| tape.constant(Tensor::full([2], value)));
        for y in [x.standardize(&[1], 1e-5), x.layer_norm(g, s, 1e-5)] {
            let y = y.unwrap();
            let values = y.value().to_vec();
            for (found, expected) in values.iter().zip([1.0, -1.0, -0.999_995, 0.999_995]) {
                near(*found, expected);
            }
            let loss = (y * tape.constant(Tensor::from([[1.0, 0.0], [0.0, 0.0]]))).sum().unwrap();
            let gradient = loss.backward().unwrap().of(x).unwrap().to_vec();
            assert!(gradient.iter().all(|g| g.is_finite() && g.abs() < 1e-3), "{gradient:?}");
        }
    }
}

#[test]
fn a_ninth_axis_is_an_error() {
    let tape = Tape::new();
    let x = tape.constant(Tensor::<f32>::zeros([1; 8]));
    let rule = "[1, 1, 1, 1, 1, 1, 1, 1] has 8 axes already, the maximum";
    assert_eq!(x.unsqueeze(0).unwrap_err().to_string(), format!("unsqueeze: {rule}"));
    assert_eq!(Var::stack(3, &[x, x]).unwrap_err().to_string(), format!("stack: {rule}"));
}

#[test]
fn concat_says_which_input_lacks_the_axis() {
    let tape = Tape::new();
    let (a, b) = (tape.constant(Tensor::<f32>::zeros([2])), tape.constant(Tensor::zeros([2, 2])));
    let error = Var::concat(1, &[a, b]).unwrap_err().to_string();
    assert_eq!(error, "concat: input 0 is [2] and has no axis 1");
    let error = Var::concat(1, &[b, a]).unwrap_err().to_string();
    assert_eq!(error, "concat: input 1 is [2] and has no axis 1");
}

#[test]
fn lengths_of_empty_tensors_may_be_any() {
    let huge = Tensor::<f32>::zeros([0, usize::MAX, usize::MAX]);
    assert_eq!((huge.len(), huge.shape()[1]), (0, usize::MAX));
    assert!(Tensor::<f32>::zeros([usize::MAX, usize::MAX, 0]).is_empty());
}

/// The error names the called operation, not one of its parts.
#[test]
fn an_error_names_the_operation_that_was_called() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::<f32>::ones([2, 3]));
    let other = tape.constant(Tensor::<f32>::ones([4, 5]));
    let refused = [
        ("softmax", x.softmax(5)),
        ("log_softmax", x.log_softmax(5)),
        ("logsumexp", x.logsumexp_axes(&[5], false)),
        ("standardize", x.standardize(&[5], 1e-5)),
        ("variance", x.variance_axes(&[5], false, 0)),
        ("norm", x.norm_axes(&[5], false, 2.0)),
        ("cosine_similarity", x.cosine_similarity(x, 5, 1e-8)),
        ("sum", x.sum_axes(&[5], false)),
        ("mean", x.mean_axes(&[5], false)),
        ("prod", x.prod_axes(&[5], false)),
        ("max", x.max_axes(&[5], false)),
        ("argmax", x.detach().argmax(5, false)),
        ("cumsum", x.cumsum(5)),
        ("matmul", x.matmul(other)),
        ("mse", x.mse(other)),
    ];
    for (name, result) in refused {
        let error = result.unwrap_err().to_string();
        let (op, rule) = error.split_once(": ").unwrap();
        assert_eq!(op, name, "{error}");
        assert!(
            !rule.starts_with(|c: char| c.is_ascii_lowercase()) || !rule.contains(": ["),
            "{error}"
        );
    }
}
