//! Four waves, each twice as long as the one before.

/// ½(1 − cos(2π log₂(1 + 15·done))): from 0 up to 1 and back four times (Holzmüller, Grinsztajn and
/// Steinwart 2024, for RealMLP).
///
/// `coslog4`:
///
/// ```text
/// 1 ┤  •    ••         •••                  ••••••
///   │                 •   •               ••      ••
///   │ •    •  •      •     •            ••          ••
///   │               •       •          •              ••
///   │   • •    •   •         •       ••                 •••
///   │                         •     •                      ••
/// 0 ┼•───•──────•••────────────•••••─────────────────────────•••••
/// ```
pub fn coslog4(done: f64) -> f64 {
    0.5 * (1.0 - (2.0 * std::f64::consts::PI * (1.0 + 15.0 * done).log2()).cos())
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    // log₂ 1, √2, 2, 2√2, 4, 16
    let at = |log: f64| (log.exp2() - 1.0) / 15.0;
    let values = vec![(0.0, 0.0), (at(0.5), 1.0), (at(1.0), 0.0), (at(2.5), 1.0), (1.0, 0.0)];
    vec![super::Example { schedule: Box::new(coslog4), values }]
}
