//! Moments that are told from now: `in 2 days`, `1 week 3 hours ago`, `now`.

use crate::value::convert::text_to_number;

/// How many milliseconds a text is from now, or what is wrong with it.
pub(super) fn milliseconds(text: &str) -> Result<f64, &'static str> {
    let text = text.to_lowercase();
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let is_now = text == "now";
    let is_ahead = words.first() == Some(&"in");
    let is_past = words.last() == Some(&"ago");
    if is_ahead && is_past {
        return Err("expected one of in and ago");
    }
    if is_ahead {
        words.remove(0);
    } else if is_past || is_now {
        words.pop();
    } else {
        return Err("expected a time that begins with in or ends with ago");
    }
    let mut seconds = 0.0;
    for pair in words.chunks(2) {
        let [number, unit] = pair else {
            return Err("expected a unit after each number");
        };
        let number = text_to_number(number);
        if number.fract() != 0.0 || !number.is_finite() {
            return Err("expected a whole number before each unit");
        }
        seconds += number * seconds_of(unit).ok_or("expected a unit of time")?;
    }
    Ok(if is_ahead {
        seconds * 1000.0
    } else {
        -seconds * 1000.0
    })
}

fn seconds_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "yr" | "yrs" | "year" | "years" => 31_536_000.0,
        "wk" | "wks" | "week" | "weeks" => 604_800.0,
        "d" | "day" | "days" => 86_400.0,
        "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "min" | "mins" | "minute" | "minutes" => 60.0,
        "sec" | "secs" | "second" | "seconds" => 1.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_added_up() {
        assert_eq!(milliseconds("now"), Ok(0.0));
        assert_eq!(milliseconds("in 1 day 2 hrs"), Ok(93_600_000.0));
        assert_eq!(milliseconds("IN  1 SEC"), Ok(1_000.0));
        assert_eq!(milliseconds("1 minute ago"), Ok(-60_000.0));
        for wrong in [
            "",
            "tomorrow",
            "in 1",
            "in 1 day ago",
            "in 1.5 days",
            "in 1 moon",
            " now",
        ] {
            assert!(milliseconds(wrong).is_err(), "{wrong}");
        }
    }
}
