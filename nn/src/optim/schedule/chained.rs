//! Two schedules in sequence.

/// `first` over the fraction `share` of the training, then `second` over the rest; each receives
/// its own progress from 0 to 1. For more than two, chain a chain.
///
/// `chained(linear, 0.4, steps(2, 0.5))`:
///
/// ```text
/// 1 ┤••                      •••••••••••••••••••
///   │  ••••
///   │      ••••
///   │          ••••                             ••••••••••••••••••
///   │              ••••
///   │                  ••••
/// 0 ┼──────────────────────••─────────────────────────────────────
/// ```
///
/// # Panics
///
/// If `share` is not between 0 and 1.
#[track_caller]
pub fn chained(
    first: impl Fn(f64) -> f64 + Send + 'static,
    share: f64,
    second: impl Fn(f64) -> f64 + Send + 'static,
) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_share = share > 0.0 && share < 1.0;
    assert!(is_share, "chained: found a share of {share}, above 0 and below 1 is needed");
    move |done| match done < share {
        true => first(done / share),
        false => second((done - share) / (1.0 - share)),
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let values = vec![(0.0, 1.0), (0.2, 0.5), (0.4, 1.0), (0.69, 1.0), (0.71, 0.5), (1.0, 0.5)];
    let schedule = Box::new(chained(super::linear, 0.4, super::steps(2, 0.5)));
    vec![super::Example { schedule, values }]
}
