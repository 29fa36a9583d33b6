//! Derivatives by dual numbers, compared with finite differences and known values.

use num_traits::Float as _;
use tensor::math;

use super::{Dual, derivative};

type Function<T> = fn(T) -> T;

/// Each function for `f64`, for dual and for nested dual numbers: closures are not generic.
macro_rules! functions {
    ($($low:literal .. $high:literal: |$x:ident| $f:expr;)*) => {
        vec![$( (
            stringify!($f),
            ($low, $high),
            (|$x: f64| $f) as Function<f64>,
            (|$x: Dual<f64>| $f) as Function<Dual<f64>>,
            (|$x: Dual<Dual<f64>>| $f) as Function<Dual<Dual<f64>>>,
        ) ),*]
    };
}

#[test]
fn first_and_second_derivatives_agree_with_differences() {
    let functions = functions! {
        -2.0..2.0: |x| x * x - x / (x * x + x.exp()) + -x;
        -2.0..2.0: |x| x.exp();
        -2.0..2.0: |x| x.exp2();
        -2.0..2.0: |x| x.exp_m1();
        0.2..3.0: |x| x.ln();
        -0.5..3.0: |x| x.ln_1p();
        0.2..3.0: |x| x.log(x.exp2());
        0.2..3.0: |x| x.log2();
        0.2..3.0: |x| x.log10();
        0.2..3.0: |x| x.sqrt();
        0.2..3.0: |x| x.cbrt();
        0.2..3.0: |x| x.recip();
        -2.0..2.0: |x| x.powi(3);
        0.3..2.0: |x| x.powi(-2);
        0.3..2.0: |x| x.powf(x);
        -2.0..2.0: |x| x.sin();
        -2.0..2.0: |x| x.cos();
        -1.0..1.0: |x| x.tan();
        -0.8..0.8: |x| x.asin();
        -0.8..0.8: |x| x.acos();
        -2.0..2.0: |x| x.atan();
        0.1..2.0: |x| x.atan2(x * x);
        0.1..2.0: |x| x.hypot(x.sin());
        -2.0..2.0: |x| x.sinh();
        -2.0..2.0: |x| x.cosh();
        -2.0..2.0: |x| x.tanh();
        -2.0..2.0: |x| x.asinh();
        1.2..3.0: |x| x.acosh();
        -0.8..0.8: |x| x.atanh();
        0.1..2.0: |x| x.abs().max(x * x).min(x.exp());
        0.1..2.0: |x| x.mul_add(x, x.to_radians() + x.to_degrees());
        0.1..0.9: |x| x.fract() * x.floor() + x % (x + x) + x.copysign(-x);
        -3.0..3.0: |x| math::sigmoid(x);
        -3.0..3.0: |x| math::softplus(x);
        -5.0..5.0: |x| math::erf(x);
        -3.0..3.0: |x| math::tanh(math::softplus(x));
    };
    for (name, (low, high), f, dual, nested) in functions {
        for step in 0..=20 {
            let x = low + (high - low) * (f64::from(step) + 0.31) / 22.0;
            let y = dual(Dual::variable(x));
            let close = |a: f64, b: f64, tolerance: f64| {
                (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
            };
            assert!(close(y.value, f(x), 1e-14), "{name} at {x}: {} {}", y.value, f(x));
            let h = 1e-5;
            let slope = (f(x + h) - f(x - h)) / (2.0 * h);
            assert!(close(y.derivative, slope, 1e-8), "{name}' at {x}: {} {slope}", y.derivative);
            let second = nested(Dual::variable(Dual::variable(x)));
            assert!(close(second.value.derivative, y.derivative, 1e-13), "{name} at {x}, nested");
            let df = |x| dual(Dual::variable(x)).derivative;
            let curve = (df(x + h) - df(x - h)) / (2.0 * h);
            let found = second.derivative.derivative;
            assert!(close(found, curve, 1e-7), "{name}'' at {x}: {found} {curve}");
        }
    }
}

#[test]
fn known_derivatives() {
    assert_eq!(derivative(|x: Dual<f64>| x.sin(), 0.0), 1.0);
    assert_eq!(derivative(|x: Dual<f64>| x.powf(Dual::constant(3.0)), -2.0), 12.0);
    assert_eq!(derivative(math::sigmoid, 0.0), 0.25);
    assert_eq!(derivative(math::softplus, 0.0), 0.5);
    assert_eq!(derivative(math::erf, 0.0), std::f64::consts::FRAC_2_SQRT_PI);
    let third = |x| derivative(|x| derivative(|x| derivative(|x| x * x * x, x), x), x);
    assert_eq!(third(5.0), 6.0);
}

#[test]
fn far_out_derivatives_are_finite() {
    for x in [-700.0, -40.0, 40.0, 700.0] {
        for f in [math::sigmoid, math::softplus, math::erf, math::tanh::<Dual<f64>>] {
            assert!(derivative(f, x).is_finite(), "{x}");
        }
    }
}

#[test]
fn constants_stay_constant_and_order_is_that_of_the_values() {
    let zero = Dual::constant(0.0);
    assert_eq!(zero.sqrt().derivative, 0.0); // not 0·∞
    assert_eq!((zero / zero).derivative, 0.0);
    assert_eq!(Dual::variable(0.0).powi(0).derivative, 0.0);
    assert_eq!(Dual::variable(0.0).powf(Dual::constant(0.0)).derivative, 0.0);
    assert_eq!(Dual::constant(2.0), Dual::variable(2.0));
    assert!(Dual::variable(2.0) < Dual::constant(3.0));
    assert!(!num_traits::Zero::is_zero(&Dual::variable(0.0)));
    assert_eq!(Dual::<f64>::nan().max(Dual::variable(1.0)).derivative, 1.0);
    assert_eq!(format!("{:.1}", Dual::new(8.0, 12.0)), "8.0 + 12.0ε");
}

#[test]
fn activations_carry_their_derivative() {
    use tensor::activation::*;
    fn check<A: Activation>() {
        let f = A::default();
        for step in -20..20 {
            let x = f64::from(step) * 0.21 + 0.043; // off every kink
            let y = f.value(x);
            let expected = f.derivative(if A::KEEPS_INPUT { x } else { y }, y);
            let found = derivative(|x| f.value(x), x);
            assert!((found - expected).abs() < 1e-14, "{}'({x}): {found} {expected}", A::NAME);
        }
    }
    macro_rules! check_all {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {$(
            check::<$Type>();
            $(check::<$With<{ f64::to_bits($value) }>>();)?
        )*};
    }
    tensor::for_each_activation!(check_all);
}

#[test]
fn slopes_of_inverse_functions_neither_overflow_nor_cancel() {
    let huge = 1e200;
    let near_one = 1.0 - f64::EPSILON;
    let moving = |x: f64| Dual::variable(x);
    let slopes = [
        (moving(huge).asinh(), 1e-200),
        (moving(huge).acosh(), 1e-200),
        (moving(3.0 * huge).atan2(Dual::constant(4.0 * huge)), 1.6e-201),
        (moving(near_one).atanh(), 1.0 / (f64::EPSILON * (2.0 - f64::EPSILON))),
        (moving(near_one).asin(), 1.0 / (f64::EPSILON * (2.0 - f64::EPSILON)).sqrt()),
        (moving(near_one).acos(), -1.0 / (f64::EPSILON * (2.0 - f64::EPSILON)).sqrt()),
    ];
    for (y, expected) in slopes {
        let error = (y.derivative - expected).abs();
        assert!(error <= 1e-15 * expected.abs(), "{y} is not {expected:e}");
    }
}
