//! Linear warm-up before another schedule.

/// From 0 linearly up over the first `share` of the training, done/share, then `schedule` over the
/// rest (Goyal et al. 2017).
///
/// The first step of all has the factor 0. `warm_up(0.2, cosine)`:
///
/// ```text
/// 1 ┤            •••••••••
///   │          ••         •••••••
///   │        ••                  ••••••
///   │      ••                          •••••
///   │    ••                                 •••••
///   │  ••                                        ••••••••
/// 0 ┼••──────────────────────────────────────────────────•••••••••
/// ```
///
/// # Panics
///
/// If `share` is not between 0 and 1.
#[track_caller]
pub fn warm_up(
    share: f64,
    schedule: impl Fn(f64) -> f64 + Send + 'static,
) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_share = share > 0.0 && share < 1.0;
    assert!(is_share, "warm_up: found a share of {share}, above 0 and below 1 is needed");
    super::chained(move |done| done, share, schedule)
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 0.0), (0.1, 0.5), (0.2, 1.0), (0.6, 0.5), (1.0, 0.0)];
    vec![super::Example { schedule: Box::new(warm_up(0.2, super::cosine)), values }]
}
