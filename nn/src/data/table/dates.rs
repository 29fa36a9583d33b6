//! Dates as days since 1970-01-01, in the proleptic Gregorian calendar.

use std::fmt;

/// Seconds per day.
const DAY: f64 = 86_400.0;

/// Number of days from 1970-01-01 to a date, negative before it.
///
/// Years are counted from March, so that the leap day is the last day of its year (Hinnant,
/// "chrono-compatible low-level date algorithms").
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day number.
fn date(days: i64) -> [i64; 3] {
    let from_era = days + 719_468;
    let (era, of_era) = (from_era.div_euclid(146_097), from_era.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    [year + era * 400 + i64::from(month <= 2), month, day]
}

/// The days from 1970-01-01 to a date such as `2024-02-29`. A time of day may follow,
/// `2024-02-29T13:30`; it is a fraction of a day. This is the value of a column of dates in a row
/// of a network. `None` if the date does not exist.
///
/// ```
/// assert_eq!(nn::data::days("1970-01-31"), Some(30.0));
/// assert_eq!(nn::data::days("1970-02-30"), None);
/// ```
pub fn days(text: &str) -> Option<f64> {
    parse(text.as_bytes())
}

/// Parses `2024-02-29`, also with slashes, and with an optional time of day: `T` or a blank,
/// `13:30` or `13:30:05.25`, and an optional `Z`. The time is a fraction of a day. `None` for
/// anything else, and for dates that do not exist.
pub(crate) fn parse(text: &[u8]) -> Option<f64> {
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let (date, time) = match text.get(10) {
        None => (text, None),
        Some(b'T' | b' ') => (&text[..10], Some(&text[11..])),
        Some(_) => return None,
    };
    let &[y0, y1, y2, y3, first @ (b'-' | b'/'), m0, m1, second, d0, d1] = date else {
        return None;
    };
    let year = 100 * two([y0, y1])? + two([y2, y3])?;
    let (month, day) = (two([m0, m1])?, two([d0, d1])?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if first != second || !(1..=longest).contains(&day) {
        return None;
    }
    let whole = days_to(year, month, day) as f64;
    Some(whole + time.map_or(Some(0.0), seconds)? / DAY)
}

/// The seconds of `13:30` or `13:30:05.25`.
fn seconds(time: &[u8]) -> Option<f64> {
    let (&[h0, h1, b':', m0, m1], rest) = time.split_first_chunk::<5>()? else { return None };
    let (hour, minute) = (two([h0, h1])?, two([m0, m1])?);
    let second = match rest {
        [] => 0.0,
        [b':', s0, s1, fraction @ ..] => {
            let whole = two([*s0, *s1])?;
            let part = match fraction {
                [] => 0.0,
                [b'.', digits @ ..]
                    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
                {
                    str::from_utf8(fraction).ok()?.parse::<f64>().ok()?
                }
                _ => return None,
            };
            whole as f64 + part
        }
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 60.0).then(|| (3600 * hour + 60 * minute) as f64 + second)
}

/// The number with these two digits.
fn two(digits: [u8; 2]) -> Option<i64> {
    let [tens, ones] = digits;
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Prints a day number as a date, with the time of day unless it is midnight.
pub(super) struct Days(pub(super) f64);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Range of days whose years have four digits.
        const FOUR_DIGITS: f64 = 2_932_897.0;
        if self.0.is_nan() || self.0.abs() >= FOUR_DIGITS {
            return write!(f, "day {}", self.0);
        }
        let seconds = (self.0 * DAY).round();
        let whole = seconds.div_euclid(DAY);
        let [year, month, day] = date(whole as i64);
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        let time = (seconds - whole * DAY) as u64;
        if time != 0 {
            write!(f, " {:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        // From Python's `datetime.date.toordinal`, minus 719163.
        for (text, days) in [
            ("1970-01-01", 0.0),
            ("1969-12-31", -1.0),
            ("2000-02-29", 11_016.0),
            ("2026-11-28", 20_785.0),
            ("1600-03-01", -135_080.0),
            ("0001-01-01", -719_162.0),
            ("9999-12-31", 2_932_896.0),
            ("2026/11/28", 20_785.0),
            ("2026-11-28T12:00", 20_785.5),
            ("2026-11-28 18:00:00.000Z", 20_785.75),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(days), "{text}");
        }
        for day in -800_000..800_000 {
            let [y, m, d] = date(day);
            assert_eq!(days_to(y, m, d), day);
        }
    }

    #[test]
    fn a_day_that_there_is_not_is_none() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-1-1",
            "2026-01/01",
            "20260101",
            "2026-01-01x",
            "2026-01-01T",
            "2026-01-01T24:00",
            "2026-01-01 10:60",
            "2026-01-01 10:00:60",
            "2026-01-01 10:00:5",
            "+026-01-01",
            "2026-01-01 10:00:00.",
            "2026-01-01 10:00:00.1e5",
            "28.11.2026",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_written_as_it_is_read() {
        for text in ["2024-02-29", "0001-01-01", "1969-12-31", "2026-11-28 13:30:05"] {
            assert_eq!(Days(parse(text.as_bytes()).unwrap()).to_string(), text);
        }
        assert_eq!(Days(1e300).to_string(), format!("day {}", 1e300));
    }
}
