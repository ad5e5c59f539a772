//! Dates as JavaScript has them: milliseconds since the epoch as a double, NaN if invalid.

/// The farthest a date may be from the epoch, in milliseconds.
const MAX_MS: f64 = 8.64e15;

const MS_PER_DAY: i64 = 86_400_000;

/// A number as the time of a date: whole milliseconds, NaN out of range.
pub(crate) fn clip(ms: f64) -> f64 {
    // Adding zero turns -0 into 0.
    if ms.abs() <= MAX_MS {
        ms.trunc() + 0.0
    } else {
        f64::NAN
    }
}

/// Reads ECMAScript's date-time format as V8 does; NaN for anything else.
///
/// V8 is generous inside that format: any month may have 31 days (30 February is 1 or 2 March), hour 24
/// is the next midnight, the zone may be `+HHmm`, `t` and `z` may be small. `YYYY-MM-DDZ` it reads by its older parser.
/// A date-time without a zone is UTC here, local time there. What only V8's older parser reads
/// (`2020/01/01`, `Jan 1, 2020`) is not a date here.
pub(crate) fn parse(text: &str) -> f64 {
    Reader(text.as_bytes()).date_time().map_or(f64::NAN, clip)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn date_time(mut self) -> Option<f64> {
        let date = self.date()?;
        let ms = if self.skip_any(b"Tt") {
            day_of(date) * MS_PER_DAY + self.time_of_day()? - self.zone()?
        } else if self.skip_any(b"Zz") {
            day_of(older_reading(date)?) * MS_PER_DAY
        } else {
            day_of(date) * MS_PER_DAY
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "beyond 2^53 a date is out of range"
        )]
        self.0.is_empty().then_some(ms as f64)
    }

    /// Year, month and day.
    fn date(&mut self) -> Option<(i64, i64, i64)> {
        let year = self.year()?;
        if !self.skip_any(b"-") {
            return Some((year, 1, 1));
        }
        let month = self.within(2, 1, 12)?;
        if !self.skip_any(b"-") {
            return Some((year, month, 1));
        }
        Some((year, month, self.within(2, 1, 31)?))
    }

    fn year(&mut self) -> Option<i64> {
        let negative = self.0.first() == Some(&b'-');
        if !self.skip_any(b"+-") {
            return self.digits(4);
        }
        let year = self.digits(6)?;
        match (negative, year) {
            (true, 0) => None,
            (true, year) => Some(-year),
            (false, year) => Some(year),
        }
    }

    /// Milliseconds since midnight.
    fn time_of_day(&mut self) -> Option<i64> {
        let hour = self.within(2, 0, 24)?;
        self.skip_any(b":").then_some(())?;
        let minute = self.within(2, 0, 59)?;
        let mut ms = 0;
        if self.skip_any(b":") {
            ms = self.within(2, 0, 59)? * 1000;
            if self.skip_any(b".") {
                ms += self.fraction()?;
            }
        }
        let ms = ms + minute * 60_000;
        (hour < 24 || ms == 0).then_some(hour * 3_600_000 + ms)
    }

    /// Milliseconds of a fraction of any length, cut off and not rounded.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count > 0)?;
        self.0 = rest;
        // V8 keeps nine digits that count and forgets how many zeros stood before them when the
        // fraction is longer than nine: `.0123456789` is 123 ms.
        let digits_that_count = digits.iter().skip_while(|b| **b == b'0').take(9);
        let number = digits_that_count.fold(0, |n, b| n * 10 + i64::from(b - b'0'));
        let length = u32::try_from(count.min(9)).ok()?;
        Some(match length.checked_sub(3) {
            Some(more) => number / 10i64.pow(more),
            None => number * 10i64.pow(3 - length),
        })
    }

    /// The zone's distance from UTC in milliseconds.
    fn zone(&mut self) -> Option<i64> {
        let west = self.0.first() == Some(&b'-');
        if self.skip_any(b"Zz") || !self.skip_any(b"+-") {
            return Some(0);
        }
        let hours = self.within(2, 0, 23)?;
        self.skip_any(b":");
        let ms = (hours * 60 + self.within(2, 0, 59)?) * 60_000;
        Some(if west { -ms } else { ms })
    }

    fn within(&mut self, count: usize, least: i64, most: i64) -> Option<i64> {
        self.digits(count)
            .filter(|number| (least..=most).contains(number))
    }

    /// A number of exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let all = digits.iter().all(u8::is_ascii_digit);
        let longer = rest.first().is_some_and(u8::is_ascii_digit);
        // `+HHmm` is one number of four digits, read as two of two.
        if !all || (longer && count != 2) {
            return None;
        }
        self.0 = rest;
        Some(digits.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
    }

    fn skip_any(&mut self, any: &[u8]) -> bool {
        let found = self.0.first().is_some_and(|b| any.contains(b));
        if found {
            self.0 = &self.0[1..];
        }
        found
    }
}

/// Days since the epoch. Every month may have 31 days.
fn day_of((year, month, day): (i64, i64, i64)) -> i64 {
    days_from_civil(year, month) + day - 1
}

/// A date with a zone and no time as V8's older parser takes it: a year that could be a day of a month is a month,
/// followed by day and year, and years below 100 are of the last or of this century.
fn older_reading((first, second, third): (i64, i64, i64)) -> Option<(i64, i64, i64)> {
    let (year, month, day) = if (1..=31).contains(&first) {
        (third, first, second)
    } else {
        (first, second, third)
    };
    let year = match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        _ => year,
    };
    (month <= 12).then_some((year, month, day))
}

/// Days from the epoch to the first of a month, in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last one of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month (1 to 12) and day (1 to 31) of a day since the epoch.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A valid date taken apart, in UTC.
struct Civil {
    days: i64,
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    ms: i64,
}

impl Civil {
    fn new(ms: f64) -> Option<Self> {
        if ms.is_nan() {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a valid date is within ±8.64e15"
        )]
        let ms = ms as i64;
        let (days, of_day) = (ms.div_euclid(MS_PER_DAY), ms.rem_euclid(MS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (second, ms) = (of_day / 1000 % 60, of_day % 1000);
        Some(Self {
            days,
            year,
            month,
            day,
            hour,
            minute,
            second,
            ms,
        })
    }
}

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `String(date)` of a JavaScript whose time zone is UTC.
pub(crate) fn to_text(ms: f64) -> String {
    let Some(Civil {
        days,
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    }) = Civil::new(ms)
    else {
        return "Invalid Date".to_owned();
    };
    let weekday = name(&WEEKDAYS, days.rem_euclid(7));
    let month = name(&MONTHS, month - 1);
    let sign = if year < 0 { "-" } else { "" };
    let year = year.abs();
    format!(
        "{weekday} {month} {day:02} {sign}{year:04} {hour:02}:{minute:02}:{second:02} GMT+0000 (Coordinated Universal Time)"
    )
}

fn name(names: &'static [&'static str], index: i64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or_default()
}

/// `date.toISOString()`, or nothing for an invalid date.
pub(crate) fn to_iso(ms: f64) -> Option<String> {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ms,
        ..
    } = Civil::new(ms)?;
    let year = match year {
        0..=9999 => format!("{year:04}"),
        10_000.. => format!("+{year:06}"),
        _ => format!("-{:06}", -year),
    };
    Some(format!(
        "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z"
    ))
}

/// Whether a text is what [`to_iso`] writes for a date of the years 1000 to 9999, which every reader of dates reads alike.
pub(crate) fn is_usual_iso(text: &str) -> bool {
    const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
    let Ok(text) = <&[u8; 24]>::try_from(text.as_bytes()) else {
        return false;
    };
    let fits = |(byte, form): (&u8, &u8)| byte == form || (*form == b'0' && byte.is_ascii_digit());
    if !text.iter().zip(FORM).all(fits) || text[0] == b'0' {
        return false;
    }
    let two = |at: usize| u32::from(text[at] - b'0') * 10 + u32::from(text[at + 1] - b'0');
    let days = match two(5) {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(two(0) * 100 + two(2)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&two(8)) && two(11) < 24 && two(14) < 60 && two(17) < 60
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_it_writes() {
        for day in 0..=60_000 {
            let ms = f64::from(day - 20_000) * 864e5 + f64::from(day) * 1_234.0;
            let text = to_iso(ms).expect("a date");
            assert!(is_usual_iso(&text), "{text}");
            let (year, rest) = text.split_at(4);
            for (from, to) in [
                ("-02-28", "-02-29"),
                ("-04-30", "-04-31"),
                ("-12-31", "-13-31"),
            ] {
                let text = format!("{year}{}", rest.replace(from, to));
                let again = to_iso(parse(&text));
                assert_eq!(is_usual_iso(&text), again.as_ref() == Some(&text), "{text}");
            }
        }
        for text in [
            "",
            "0999-01-01T00:00:00.000Z",
            "2020-00-01T00:00:00.000Z",
            "2020-01-00T00:00:00.000Z",
            "2020-01-01T24:00:00.000Z",
            "2020-01-01T00:60:00.000Z",
            "2020-01-01T00:00:60.000Z",
            "2020-01-01 00:00:00.000Z",
            "2020-01-01T00:00:00.00aZ",
            "+2020-01-01T00:00:00.00Z",
        ] {
            assert!(!is_usual_iso(text), "{text}");
        }
    }

    #[test]
    fn reads_what_v8_reads() {
        let cases = [
            ("1970-01-01T00:00:00.000Z", 0.0),
            ("1970", 0.0),
            ("1970-02", 31.0 * 864e5),
            ("1970-01-02Z", 864e5),
            ("0005-06-10Z", 1_273_104_000_000.0),
            ("0070-01-02Z", 864e5),
            ("0012Z", 1_007_164_800_000.0),
            ("0012-12-31Z", 1_954_800_000_000.0),
            ("-000005-06-10Z", -62_311_161_600_000.0),
            ("1970T01:00z", 36e5),
            ("1970-01-01t24:00:00Z", 864e5),
            ("1970-01-01T00:00:00.9999Z", 999.0),
            ("1970-01-01T00:00:00.0123456789Z", 123.0),
            ("1970-01-01T00:00:00.5Z", 500.0),
            ("1970-01-01T01:00+0100", 0.0),
            ("1970-01-01T00:00-01:30", 54e5),
            ("1970-02-31", 61.0 * 864e5),
            ("+275760-09-13T00:00:00.000Z", 8.64e15),
            ("-271821-04-20", -8.64e15),
        ];
        for (text, ms) in cases {
            assert!((parse(text) - ms).abs() < 0.5, "{text}: {}", parse(text));
        }
    }

    #[test]
    fn refuses_the_rest() {
        let texts = [
            "",
            "1970-13",
            "1970-00",
            "1970-01-32",
            "1970-01-00",
            "1970-01-01T",
            "1970-01-01T10Z",
            "1970-01-01T24:00:01Z",
            "1970-01-01T00:60Z",
            "1970-01-01T00:00:60Z",
            "-000000",
            "1970-01-01T00:00+01",
            "1970-01-01T00:00+24:00",
            " 1970-01-01T00:00Z",
            "1970-01-01T00:00Z ",
            "2020/01/01",
            "Jan 1, 2020",
            "12",
            "+275760-09-13T00:00:00.001Z",
            "19700-01-01",
            "1970-01-01T00:00:00,5Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T000:00Z",
            "1970-001",
            "0018-01-20Z",
        ];
        for text in texts {
            assert!(parse(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn prints_as_javascript_does() {
        assert_eq!(
            to_text(0.0),
            "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"
        );
        assert_eq!(to_text(f64::NAN), "Invalid Date");
        assert_eq!(to_iso(-1.0).as_deref(), Some("1969-12-31T23:59:59.999Z"));
        assert_eq!(
            to_iso(8.64e15).as_deref(),
            Some("+275760-09-13T00:00:00.000Z")
        );
        assert_eq!(
            to_iso(-8.64e15).as_deref(),
            Some("-271821-04-20T00:00:00.000Z")
        );
    }
}
