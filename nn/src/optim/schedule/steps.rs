//! Step decay.

/// Step decay over `count` equal parts of the training: factorⁿ, where n = ⌊count·done⌋ is the
/// number of completed parts, and n = count − 1 at the end.
///
/// `steps(4, 0.5)`:
///
/// ```text
/// 1 ┤•••••••••••••••
///   │
///   │
///   │               •••••••••••••••
///   │
///   │                              •••••••••••••••••••••••••••••••
/// 0 ┼─────────────────────────────────────────────────────────────
/// ```
///
/// # Panics
///
/// If there are no parts, or the factor is not a finite number from 0.
#[track_caller]
pub fn steps(count: u32, factor: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    assert!(count > 0, "steps: found 0 parts, at least 1 is needed");
    let is_factor = factor >= 0.0 && factor.is_finite();
    assert!(is_factor, "steps: found a factor of {factor}, a finite number from 0 is needed");
    let count = f64::from(count);
    move |done| factor.powf((count * done).floor().min(count - 1.0))
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values =
        vec![(0.0, 1.0), (0.2, 1.0), (0.25, 0.5), (0.74, 0.25), (0.75, 0.125), (1.0, 0.125)];
    vec![super::Example { schedule: Box::new(steps(4, 0.5)), values }]
}
