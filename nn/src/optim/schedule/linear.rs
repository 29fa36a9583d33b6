//! Linear decay.

/// From 1 linearly down to 0: 1 − done.
///
/// `linear`:
///
/// ```text
/// 1 ┤•••••
///   │     ••••••••••
///   │               ••••••••••
///   │                         ••••••••••
///   │                                   ••••••••••
///   │                                             ••••••••••
/// 0 ┼───────────────────────────────────────────────────────••••••
/// ```
pub fn linear(done: f64) -> f64 {
    1.0 - done
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 1.0), (0.25, 0.75), (0.75, 0.25), (1.0, 0.0)];
    vec![super::Example { schedule: Box::new(linear), values }]
}
