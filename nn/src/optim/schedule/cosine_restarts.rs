//! Cosine decay with warm restarts.

/// [`cosine`](super::cosine) in `cycles` cycles, each `growth` times as long as the one before:
/// (1 + cos π·c)/2, where c is the completed fraction of the cycle (Loshchilov and Hutter 2017,
/// SGDR).
///
/// `cosine_restarts(3, 1.5)`:
///
/// ```text
/// 1 ┤•••          ••••               •••••
///   │   ••            ••                  •••••
///   │     •             •••                    •••
///   │      •               ••                     •••
///   │       ••               ••                      •••
///   │         ••               •••                      ••••
/// 0 ┼───────────••────────────────•••───────────────────────••••••
/// ```
///
/// # Panics
///
/// If there are no cycles, or the growth is not a finite number above 0.
#[track_caller]
pub fn cosine_restarts(cycles: u32, growth: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    assert!(cycles > 0, "cosine_restarts: found 0 cycles, at least 1 is needed");
    let is_growth = growth > 0.0 && growth.is_finite();
    assert!(
        is_growth,
        "cosine_restarts: found a growth of {growth}, a finite number above 0 is needed"
    );
    let total: f64 = (0..cycles).map(|cycle| growth.powf(f64::from(cycle))).sum();
    move |done| {
        let (mut start, mut length) = (0.0, 1.0 / total);
        for _ in 1..cycles {
            if done < start + length {
                break;
            }
            start += length;
            length *= growth;
        }
        super::cosine(((done - start) / length).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    // Cycles of 1/7, 2/7 and 4/7.
    let growing =
        vec![(0.0, 1.0), (0.5 / 7.0, 0.5), (2.0 / 7.0, 0.5), (5.0 / 7.0, 0.5), (1.0, 0.0)];
    let equal = vec![(0.0, 1.0), (0.25, 0.5), (0.5, 1.0), (0.75, 0.5), (1.0, 0.0)];
    let pictured = vec![(0.0, 1.0), (0.5 / 4.75, 0.5), (1.75 / 4.75, 0.5), (1.0, 0.0)];
    vec![
        super::Example { schedule: Box::new(cosine_restarts(3, 1.5)), values: pictured },
        super::Example { schedule: Box::new(cosine_restarts(3, 2.0)), values: growing },
        super::Example { schedule: Box::new(cosine_restarts(2, 1.0)), values: equal },
    ]
}
