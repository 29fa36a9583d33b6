//! One cycle: cosine warm-up and cosine decay.

/// From `first` up to 1 at `peak`, then down to `last`, each along half a cosine (Smith and Topin
/// 2018; with cosines as PyTorch's `OneCycleLR`, whose defaults are a peak of 0.3, first of 0.04
/// and last of 4e-6).
///
/// `one_cycle(0.3, 0.04, 4e-6)`:
///
/// ```text
/// 1 ┤               •••••••••••
///   │            •••           ••••••
///   │          ••                    •••••
///   │        ••                           •••••
///   │      ••                                  ••••
///   │   •••                                        •••••••
/// 0 ┼•••──────────────────────────────────────────────────••••••••
/// ```
///
/// # Panics
///
/// If the peak is not between 0 and 1, or an end is not a finite factor from 0.
#[track_caller]
pub fn one_cycle(peak: f64, first: f64, last: f64) -> impl Fn(f64) -> f64 + Send + 'static {
    let is_inside = peak > 0.0 && peak < 1.0;
    assert!(is_inside, "one_cycle: found a peak at {peak}, above 0 and below 1 is needed");
    for (name, end) in [("first", first), ("last", last)] {
        let is_factor = end >= 0.0 && end.is_finite();
        assert!(is_factor, "one_cycle: found {name} {end}, a finite factor from 0 is needed");
    }
    move |done| match done < peak {
        true => 1.0 + (first - 1.0) * super::cosine(done / peak),
        false => last + (1.0 - last) * super::cosine((done - peak) / (1.0 - peak)),
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::Example> {
    let usual = vec![(0.0, 0.04), (0.15, 0.52), (0.3, 1.0), (0.65, 0.500002), (1.0, 4e-6)];
    let early = vec![(0.0, 0.5), (0.125, 0.75), (0.25, 1.0), (0.625, 0.55), (1.0, 0.1)];
    vec![
        super::Example { schedule: Box::new(one_cycle(0.3, 0.04, 4e-6)), values: usual },
        super::Example { schedule: Box::new(one_cycle(0.25, 0.5, 0.1)), values: early },
    ]
}
