//! Durations as text.

use std::time::Duration;

/// A measured duration.
pub(super) fn exact(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        rough(seconds)
    }
}

/// An estimated duration.
pub(super) fn rough(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0 => "under 1 s".to_string(),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// An estimated duration in short form: `1:57`, or `2:01:00` with hours.
pub(super) fn short(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        let seconds = Duration::from_secs_f64;
        assert_eq!(exact(seconds(0.0123)), "12.3 ms");
        assert_eq!(exact(seconds(59.9)), "59.9 s");
        assert_eq!(exact(seconds(59.97)), "1 min 00 s");
        assert_eq!(rough(0.3), "under 1 s");
        assert_eq!(rough(59.7), "1 min 00 s");
        assert_eq!([0.3, 117.0, 7_260.0].map(short), ["0:00", "1:57", "2:01:00"]);
        assert_eq!(rough(7_260.0), "2 h 01 min");
    }
}
