//! Dates: the ISO forms that V8 reads, and its printed form in UTC.
//!
//! Two rules are this project's own: text without a zone is UTC, where V8 takes the local zone, and
//! text that only V8's parser of legacy forms reads is an invalid date.

use super::Stop;
use super::value::Value;

const DAY: f64 = 86_400_000.0;

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `new Date(iso)`
pub(super) fn new_date(iso: &Value) -> Result<Value, Stop> {
    let ms = match iso {
        Value::Str(_) | Value::Arr(_) | Value::Obj(_) | Value::Function(..) => {
            String::from_utf16(&iso.to_text()?)
                .ok()
                .and_then(|text| parse(&text))
        }
        _ => Some(iso.to_number()?),
    };
    Ok(Value::Date(clip(ms.unwrap_or(f64::NAN))))
}

fn clip(ms: f64) -> f64 {
    // Adding zero makes -0 a 0.
    if ms.abs() <= 8.64e15 {
        ms.trunc() + 0.0
    } else {
        f64::NAN
    }
}

fn parse(text: &str) -> Option<f64> {
    let mut scan = Scan { rest: text };
    let mut date = [scan.year()?, 1, 1];
    for (part, most) in date[1..].iter_mut().zip([12, 31]) {
        if !scan.take('-') {
            break;
        }
        *part = scan.two(most)?;
        (*part > 0).then_some(())?;
    }
    let time = match scan.rest {
        "" => 0.0,
        "Z" | "z" => {
            date = legacy(date)?;
            0.0
        }
        _ => scan.time()?,
    };
    let [year, month, day] = date;
    Some((days(year, month - 1) + f64::from(day - 1)) * DAY + time)
}

/// A date with a `Z` and no time is left to V8's older parser. That takes a first part that can be a day for
/// the month of a month, day and year, and reads years of two digits as ours.
fn legacy([a, b, c]: [i32; 3]) -> Option<[i32; 3]> {
    let [year, month, day] = if (1..=31).contains(&a) {
        [c, a, b]
    } else {
        [a, b, c]
    };
    let century = match year {
        0..=49 => 2000,
        50..=99 => 1900,
        _ => 0,
    };
    (month <= 12).then_some([year + century, month, day])
}

/// The SDK's own reader of `createdAt` and `updatedAt`, for which a fraction is a whole number.
pub(super) fn sdk_date(text: &str) -> Value {
    sdk_parse(text).map_or(Value::Null, |ms| Value::Date(clip(ms)))
}

fn sdk_parse(text: &str) -> Option<f64> {
    let mut scan = Scan {
        rest: text.strip_suffix('Z')?,
    };
    let mut parts = [0; 5];
    for (part, (most, after)) in
        parts
            .iter_mut()
            .zip([(4, '-'), (2, '-'), (2, 'T'), (2, ':'), (2, ':')])
    {
        let digits = scan.digits();
        let fits = (1..=most).contains(&digits.len()) && scan.take(after);
        *part = digits.parse().ok().filter(|_| fits)?;
    }
    let [year, month, day, hour, minute] = parts;
    // Two digits of a year mean the twentieth century.
    let year: i32 = if year < 100 { year + 1900 } else { year };
    let months = year * 12 + month.max(1) - 1;
    let day = days(months.div_euclid(12), months.rem_euclid(12)) + f64::from(day - 1);
    let ms = [2, 1]
        .into_iter()
        .find_map(|len| sdk_seconds(scan.rest, len))?;
    Some(day * DAY + f64::from(hour * 60 + minute) * 60_000.0 + ms)
}

/// Seconds of `len` digits, then perhaps any character and the milliseconds.
fn sdk_seconds(text: &str, len: usize) -> Option<f64> {
    let number = |text: &str| -> Option<f64> {
        text.parse()
            .ok()
            .filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
    };
    let (seconds, rest) = text.split_at_checked(len)?;
    let mut rest = rest.chars();
    let ms = match rest.next() {
        None => 0.0,
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => return None,
        Some(_) => number(rest.as_str())?,
    };
    Some(number(seconds)? * 1000.0 + ms)
}

struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn year(&mut self) -> Option<i32> {
        let sign = match self.rest.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return self.fixed(4),
        };
        self.rest = &self.rest[1..];
        let year = self.fixed(6)?;
        (sign > 0 || year > 0).then_some(sign * year)
    }

    /// From the `T` to the end, in milliseconds.
    fn time(&mut self) -> Option<f64> {
        (self.take('T') || self.take('t')).then_some(())?;
        let hour = self.two(24)?;
        self.take(':').then_some(())?;
        let minute = self.two(59)?;
        let mut second = 0;
        let mut fraction = "";
        if self.take(':') {
            second = self.two(59)?;
            if self.take('.') {
                fraction = self.digits();
                (!fraction.is_empty()).then_some(())?;
            }
        }
        if hour == 24 && (minute > 0 || second > 0 || fraction.bytes().any(|b| b != b'0')) {
            return None;
        }
        let offset = self.zone()?;
        let minutes = hour * 60 + minute - offset;
        Some(f64::from(minutes * 60 + second) * 1000.0 + milliseconds(fraction))
    }

    /// Minutes east of Greenwich.
    fn zone(&mut self) -> Option<i32> {
        let sign = match self.rest {
            "" | "Z" | "z" => return Some(0),
            rest if rest.starts_with('+') => 1,
            rest if rest.starts_with('-') => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let colon = self.rest.as_bytes().get(2) == Some(&b':');
        let four = !colon && self.rest.len() == 4;
        let hours = if four { self.pair()? } else { self.fixed(2)? };
        (colon || four).then_some(())?;
        self.take(':');
        let minutes = self.fixed(2)?;
        (hours <= 23 && minutes <= 59 && self.rest.is_empty())
            .then_some(sign * (hours * 60 + minutes))
    }

    fn pair(&mut self) -> Option<i32> {
        let (pair, rest) = self.rest.split_at_checked(2)?;
        self.rest = rest;
        pair.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| pair.parse().ok())?
    }

    fn two(&mut self, most: i32) -> Option<i32> {
        self.fixed(2).filter(|number| *number <= most)
    }

    /// Exactly so many digits.
    fn fixed(&mut self, len: usize) -> Option<i32> {
        let digits = self.digits();
        (digits.len() == len).then(|| digits.parse().ok())?
    }

    fn digits(&mut self) -> &'a str {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &self.rest[..self.rest.len() - rest.len()];
        self.rest = rest;
        digits
    }

    fn take(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

/// V8 keeps nine significant digits of a fraction, yet counts the leading zeros that it skipped: with
/// more than nine digits in all, `.0001234567890` is 123 milliseconds.
fn milliseconds(fraction: &str) -> f64 {
    let significant = fraction.trim_start_matches('0');
    let kept = &significant[..significant.len().min(9)];
    let places = i32::try_from(fraction.len().min(9)).unwrap_or(9);
    let number: f64 = kept.parse().unwrap_or(0.0);
    (number * 1000.0 / 10f64.powi(places)).trunc()
}

/// Days from 1970 to the first of a month, which counts from 0.
fn days(year: i32, month: i32) -> f64 {
    // Counted in years that begin in March, so that a leap day is the last of its year.
    let (year, month) = if month < 2 {
        (year - 1, month + 10)
    } else {
        (year, month - 2)
    };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    f64::from(year * 365 + leaps + (month * 306 + 5) / 10 - 719_468)
}

/// `String(date)` in a process whose time zone is UTC.
pub(super) fn to_text(ms: f64) -> String {
    if ms.is_nan() {
        return "Invalid Date".into();
    }
    let day = (ms / DAY).floor();
    let second = ((ms - day * DAY) / 1000.0).floor();
    let (year, month) = month_of(day);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 6"
    )]
    let weekday = (day + 4.0).rem_euclid(7.0) as usize;
    let sign = if year < 0 { "-" } else { "" };
    format!(
        "{} {} {:02} {sign}{:04} {:02}:{:02}:{:02} GMT+0000 (Coordinated Universal Time)",
        WEEKDAYS[weekday],
        MONTHS[usize::try_from(month).expect("not negative")],
        day - days(year, month) + 1.0,
        year.abs(),
        (second / 3600.0).floor(),
        (second / 60.0).floor() % 60.0,
        second % 60.0,
    )
}

/// The year and the month in which a day lies.
fn month_of(day: f64) -> (i32, i32) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a year of at most six digits"
    )]
    let mut year = 1970 + (day / 365.2425).floor() as i32;
    while days(year, 0) > day {
        year -= 1;
    }
    while days(year + 1, 0) <= day {
        year += 1;
    }
    let month = (0..12).rev().find(|month| days(year, *month) <= day);
    (year, month.unwrap_or(0))
}
