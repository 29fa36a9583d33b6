//! Cosine decay.

/// From 1 down to 0 along half a cosine: (1 + cos π·done)/2 (Loshchilov and Hutter 2017).
///
/// `cosine`:
///
/// ```text
/// 1 ┤••••••••••••
///   │            ••••••••
///   │                    •••••••
///   │                           •••••••
///   │                                  ••••••
///   │                                        •••••••••
/// 0 ┼─────────────────────────────────────────────────••••••••••••
/// ```
pub fn cosine(done: f64) -> f64 {
    0.5 * (1.0 + (std::f64::consts::PI * done).cos())
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    // cos 60° = ½
    let values = vec![(0.0, 1.0), (1.0 / 3.0, 0.75), (0.5, 0.5), (2.0 / 3.0, 0.25), (1.0, 0.0)];
    vec![super::Example { schedule: Box::new(cosine), values }]
}
