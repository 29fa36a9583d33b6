//! Constant learning rate.

/// Always 1.
///
/// `constant`:
///
/// ```text
/// 1 ┤•••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••
///   │
///   │
///   │
///   │
///   │
/// 0 ┼─────────────────────────────────────────────────────────────
/// ```
pub fn constant(_done: f64) -> f64 {
    1.0
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 1.0), (0.3, 1.0), (1.0, 1.0)];
    vec![super::Example { schedule: Box::new(constant), values }]
}
