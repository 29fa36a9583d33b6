//! Exponential decay.

/// From 1 down to `last`: last^done.
///
/// `exponential(0.01)`:
///
/// ```text
/// 1 ┤••
///   │  ••
///   │    ••••
///   │        ••••
///   │            •••••••
///   │                   ••••••••••••••
/// 0 ┼─────────────────────────────────••••••••••••••••••••••••••••
/// ```
///
/// # Panics
///
/// If the last factor is not a finite number above 0.
#[track_caller]
pub fn exponential(last: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_factor = last > 0.0 && last.is_finite();
    assert!(
        is_factor,
        "exponential: found a last factor of {last}, a finite number above 0 is needed"
    );
    move |done| last.powf(done)
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 1.0), (0.5, 0.1), (1.0, 0.01)];
    vec![super::Example { schedule: Box::new(exponential(0.01)), values }]
}
