//! Linear warm-up, then decay with the inverse square root of the time.

/// From 0 linearly up to 1 at `peak`, then √(peak/done): min(done/peak, √(peak/done))
/// (Vaswani et al. 2017).
///
/// The first step of all has the factor 0. `inverse_root(0.1)`:
///
/// ```text
/// 1 ┤      ••
///   │     •  •••
///   │    •      •••••••
///   │   •              •••••••••••••••••
///   │  •                                ••••••••••••••••••••••••••
///   │ •
/// 0 ┼•────────────────────────────────────────────────────────────
/// ```
///
/// # Panics
///
/// If the peak is not between 0 and 1.
#[track_caller]
pub fn inverse_root(peak: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_inside = peak > 0.0 && peak < 1.0;
    assert!(is_inside, "inverse_root: found a peak at {peak}, above 0 and below 1 is needed");
    move |done| match done < peak {
        true => done / peak,
        false => (peak / done).sqrt(),
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let pictured = vec![(0.0, 0.0), (0.05, 0.5), (0.1, 1.0), (0.4, 0.5), (1.0, 0.1_f64.sqrt())];
    let values = vec![(0.0, 0.0), (0.125, 0.5), (0.25, 1.0), (1.0, 0.5)];
    vec![
        super::Example { schedule: Box::new(inverse_root(0.1)), values: pictured },
        super::Example { schedule: Box::new(inverse_root(0.25)), values },
    ]
}
