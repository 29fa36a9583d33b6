//! Polynomial decay.

/// From 1 down to `last`: last + (1 − last)(1 − done)^power. A power of 1 is a straight line.
///
/// `polynomial(2.0, 0.1)`:
///
/// ```text
/// 1 ┤•••
///   │   •••••••
///   │          •••••••
///   │                 ••••••••
///   │                         •••••••••••
///   │                                    •••••••••••••••••••••••••
/// 0 ┼─────────────────────────────────────────────────────────────
/// ```
///
/// # Panics
///
/// If the power is not above 0, the last factor not from 0, or one is not finite.
#[track_caller]
pub fn polynomial(power: f64, last: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_power = power > 0.0 && power.is_finite();
    assert!(is_power, "polynomial: found a power of {power}, a finite number above 0 is needed");
    let is_factor = last >= 0.0 && last.is_finite();
    assert!(
        is_factor,
        "polynomial: found a last factor of {last}, a finite number from 0 is needed"
    );
    move |done| last + (1.0 - last) * (1.0 - done).max(0.0).powf(power)
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 1.0), (0.5, 0.325), (1.0, 0.1)];
    vec![super::Example { schedule: Box::new(polynomial(2.0, 0.1)), values }]
}
