//! Constant, then cosine decay.

/// 1 for the first `share` of the training, then [`cosine`](super::cosine) over the rest
/// (Holzmüller, Grinsztajn and Steinwart 2024 use it with a share of ½).
///
/// `flat_cosine(0.5)`:
///
/// ```text
/// 1 ┤••••••••••••••••••••••••••••••••••••
///   │                                    ••••
///   │                                        ••••
///   │                                            •••
///   │                                               •••
///   │                                                  •••••
/// 0 ┼───────────────────────────────────────────────────────••••••
/// ```
///
/// # Panics
///
/// If `share` is not between 0 and 1.
#[track_caller]
pub fn flat_cosine(share: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_share = share > 0.0 && share < 1.0;
    assert!(is_share, "flat_cosine: found a share of {share}, above 0 and below 1 is needed");
    super::chained(super::constant, share, super::cosine)
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 1.0), (0.4, 1.0), (0.5, 1.0), (0.75, 0.5), (1.0, 0.0)];
    vec![super::Example { schedule: Box::new(flat_cosine(0.5)), values }]
}
