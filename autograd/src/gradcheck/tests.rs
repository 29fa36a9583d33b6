//! Operations with one mistake each, and the findings of the check.

use tensor::{Float, Tensor};

use super::gradcheck;
use crate::error::Result;
use crate::op::{Call, Op};

/// y = a ∘ b, with a mistake.
#[derive(Clone, Copy)]
enum Wrong {
    Not,
    Sign,
    Elements,
    IgnoresDy,
    Missing,
    Shape,
    Unwanted,
    Restless,
    ReadsMemory,
    Swaps,
}

/// The number of calls, on which an operation must not depend.
static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

impl<T: Float> Op<T, 2> for Wrong {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        let y = a.zip(b, |a, b| a * b)?;
        let calls = CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(match self {
            Wrong::Restless => y.map(|y| y + T::of(calls as f64)),
            Wrong::ReadsMemory => {
                let product = a.values().iter().zip(b.values()).map(|(&a, &b)| a * b).collect();
                Tensor::from_vec(product, y.shape())?
            }
            _ => y,
        })
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let da = || Ok(dy.zip(b, |dy, b| dy * b)?);
        let db = || Ok(dy.zip(a, |dy, a| dy * a)?);
        Ok(match self {
            Wrong::Sign => [call.wanted(0, || Ok(-&da()?))?, call.wanted(1, db)?],
            Wrong::Elements => {
                let even = |index: &[usize]| T::of((1 - index[1] % 2) as f64);
                let even = Tensor::from_fn(dy.shape(), even);
                [call.wanted(0, || Ok(&da()? * &even))?, call.wanted(1, db)?]
            }
            Wrong::IgnoresDy => [call.wanted(0, || Ok(b.clone()))?, call.wanted(1, db)?],
            Wrong::Missing => [call.wanted(0, da)?, None],
            Wrong::Shape => [call.wanted(0, || Ok(Tensor::ones([7])))?, call.wanted(1, db)?],
            Wrong::Unwanted => [Some(da()?), call.wanted(1, db)?],
            Wrong::Swaps => [call.wanted(0, db)?, call.wanted(1, da)?],
            Wrong::Not | Wrong::Restless | Wrong::ReadsMemory => {
                [call.wanted(0, da)?, call.wanted(1, db)?]
            }
        })
    }
}

fn message(wrong: Wrong) -> String {
    gradcheck(move || wrong, [[2, 3], [2, 3]])
        .map_or_else(|error| error.to_string(), |()| "ok".into())
}

#[test]
fn what_is_right_passes() {
    assert_eq!(message(Wrong::Not), "ok");
}

#[test]
fn the_worst_element_is_reported_with_both_numbers() {
    let message = message(Wrong::Sign);
    assert!(
        message.starts_with("gradcheck of wrong / [[2, 3], [2, 3]]:\n  d input 0 at ["),
        "{message}"
    );
    assert!(message.contains("(6 of 6 elements are wrong)"), "{message}");
    let number = |after: &str| {
        let rest = &message[message.find(after).unwrap() + after.len()..];
        let end = rest.find([',', ' ']).unwrap();
        rest[..end].parse::<f64>().unwrap()
    };
    let (backward, differences) = (number("backward "), number("differences "));
    assert!((backward + differences).abs() < 1e-8, "{message}");
}

#[test]
fn every_mistake_is_found() {
    for (wrong, finding) in [
        (Wrong::Elements, "(2 of 6 elements are wrong)"),
        (Wrong::IgnoresDy, "d input 0 at"),
        (Wrong::Missing, "gradient 1 is missing"),
        (Wrong::Shape, "gradient 0 is [7], input 0 is [2, 3]"),
        (Wrong::Unwanted, "unwanted: gradient 0 is computed though it is not required"),
        (Wrong::Restless, "repeated: forward returns different values the second time"),
        (Wrong::ReadsMemory, "views: panicked"),
        (Wrong::Swaps, "d input 1 at"),
    ] {
        let message = message(wrong);
        assert!(message.contains(finding), "expected `{finding}` in\n{message}");
    }
}

#[test]
fn all_inputs_are_reported() {
    let message = message(Wrong::Swaps);
    assert!(message.contains("d input 0 at") && message.contains("d input 1 at"), "{message}");
}

#[test]
fn a_tiny_gradient_is_not_excused_by_its_size() {
    /// y = 10⁻⁹·x, with dx = 0.
    struct Tiny;
    impl Op<f64, 1> for Tiny {
        fn name(&self) -> &'static str {
            "tiny"
        }
        fn forward(&mut self, [x]: [&Tensor<f64>; 1]) -> Result<Tensor<f64>> {
            Ok(x * 1e-9)
        }
        fn backward(
            &self,
            call: &Call<'_, f64, 1>,
            dy: &Tensor<f64>,
        ) -> Result<[Option<Tensor<f64>>; 1]> {
            Ok([call.wanted(0, || Ok(dy * 0.0))?])
        }
    }
    assert!(gradcheck(|| Tiny, [[3]]).is_err());
}

#[test]
fn an_operation_that_refuses_its_inputs_is_an_error_not_a_pass() {
    let error = gradcheck(|| Wrong::Not, [[2, 3], [2, 4]]).unwrap_err().to_string();
    assert!(error.contains("\n  forward: "), "{error}");
}
