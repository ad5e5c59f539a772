//! The SDK's small types: points, polygons, access lists, times of creation and update.

use super::Refusal;
use crate::value::{Datum, Fields, Text, Val, convert, date, dated};

/// Latitude and longitude, which must be numbers in range.
pub(super) fn geo_point(fields: &Fields) -> Result<[f64; 2], Refusal> {
    point(fields.get("latitude"), fields.get("longitude"))
}

fn point(latitude: Option<&Datum>, longitude: Option<&Datum>) -> Result<[f64; 2], Refusal> {
    let (Some(Datum::Number(latitude)), Some(Datum::Number(longitude))) = (latitude, longitude)
    else {
        return Err(Refusal::new("a point takes two numbers"));
    };
    if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 {
        Ok([*latitude, *longitude])
    } else {
        Err(Refusal::new("a point out of bounds"))
    }
}

/// The corners of a polygon, which must be three or more.
pub(super) fn polygon(coordinates: Option<&Datum>) -> Result<Vec<[f64; 2]>, Refusal> {
    match coordinates {
        Some(Datum::Array(corners)) if corners.len() >= 3 => corners.iter().map(corner).collect(),
        _ => Err(Refusal::new(
            "a polygon takes an array of at least three points",
        )),
    }
}

/// A pair of numbers. The SDK passes the pair to its constructor of points, which takes an array or an
/// object in the first place as the whole point and forgets the second one.
fn corner(corner: &Datum) -> Result<[f64; 2], Refusal> {
    match corner {
        Datum::Array(pair) if pair.len() == 2 => match &pair[0] {
            Datum::Array(inner) => point(inner.first(), inner.get(1)),
            Datum::Object(inner) => geo_point(inner),
            latitude => point(Some(latitude), pair.get(1)),
        },
        _ => Err(Refusal::new("a corner of a polygon is a pair of numbers")),
    }
}

/// An access list as its JSON. A value that is not an object gives nobody a right.
pub(super) fn acl(value: Datum) -> Result<Fields, Refusal> {
    let entries = match value {
        Datum::Object(fields) => fields.into_entries(),
        Datum::Array(items) => indexed(items.into()),
        _ => Vec::new(),
    };
    let mut lists = Vec::with_capacity(entries.len());
    let mut inherited = Vec::new();
    for (id, rights) in entries {
        let rights = permissions(rights).map_err(|refusal| refusal.at(&id))?;
        // An assignment to `__proto__` makes the rights listed there those of the list itself.
        if *id == *"__proto__" {
            inherited = rights.into_entries();
        } else {
            lists.push((id, Datum::Object(rights)));
        }
    }
    inherited.retain(|(right, _)| lists.iter().all(|(id, _)| id != right));
    lists.append(&mut inherited);
    Ok(Fields::new(lists))
}

fn permissions(value: Datum) -> Result<Fields, Refusal> {
    let entries = match value {
        Datum::Object(fields) => fields.into_entries(),
        Datum::Array(items) => indexed(items.into()),
        Datum::Text(text) if !text.is_empty() => vec![("0".into(), Datum::Null)],
        _ => Vec::new(),
    };
    for (right, allowed) in &entries {
        if !matches!(&**right, "read" | "write") {
            return Err(Refusal::new("an access list knows `read` and `write` only").at(right));
        }
        if !matches!(allowed, Datum::Bool(_)) {
            return Err(Refusal::new("a right is true or false").at(right));
        }
    }
    Ok(Fields::new(entries))
}

/// The members of an array as JavaScript's `for … in` meets them.
pub(super) fn indexed(items: Vec<Datum>) -> Vec<(Text, Datum)> {
    let items = items.into_iter().enumerate();
    items
        .map(|(index, item)| (index.to_string().into(), item))
        .collect()
}

/// Reads `createdAt` or `updatedAt` as the SDK does; `None` for text that it cannot read.
///
/// Its own parser is looser than JavaScript's: fields may have fewer digits and go over (month 13 is
/// the next January), years below 100 are of the twentieth century, any character may stand for the
/// point, and what follows it counts milliseconds, so that `.1234` is more than a second.
pub(super) fn timestamp(text: &str) -> Option<f64> {
    let (year, rest) = number(text, 4, Some('-'))?;
    let (month, rest) = number(rest, 2, Some('-'))?;
    let (day, rest) = number(rest, 2, Some('T'))?;
    let (hour, rest) = number(rest, 2, Some(':'))?;
    let (minute, rest) = number(rest, 2, Some(':'))?;
    let (second, ms) = seconds(rest, 2).or_else(|| seconds(rest, 1))?;
    let day = first_of_month(year, month.max(1.0)) + (day - 1.0) * 864e5;
    let ms = day + (hour * 36e5 + minute * 6e4 + second * 1e3 + ms);
    dated::from_value(Val::Number(ms)).ok()
}

/// A number of at most `most` digits and the delimiter behind it.
fn number(text: &str, most: usize, delimiter: Option<char>) -> Option<(f64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(digits);
    let fits = (1..=most).contains(&digits.len());
    let rest = delimiter.map_or(Some(rest), |c| rest.strip_prefix(c))?;
    fits.then(|| (convert::text_to_number(digits), rest))
}

/// Seconds of so many digits, then milliseconds behind any character, then the end.
///
/// With the point optional, `005` can be read as `00` and something that does not fit, or as `0`,
/// any character, and 5 ms: the longer reading goes first.
fn seconds(text: &str, digits: usize) -> Option<(f64, f64)> {
    let (seconds, rest) = text.split_at_checked(digits)?;
    let (seconds, _) = number(seconds, 2, None).filter(|(_, rest)| rest.is_empty())?;
    let rest = rest.strip_suffix('Z')?;
    let mut chars = rest.chars();
    let ms = match chars.next() {
        None => 0.0,
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{10000}'..) => return None,
        Some(_) => {
            number(chars.as_str(), usize::MAX, None)
                .filter(|(_, rest)| rest.is_empty())?
                .0
        }
    };
    Some((seconds, ms))
}

/// The first day of a month in milliseconds; months beyond twelve are of the years after.
fn first_of_month(year: f64, month: f64) -> f64 {
    let year = if year < 100.0 { year + 1900.0 } else { year };
    let (years, month) = (((month - 1.0) / 12.0).floor(), (month - 1.0) % 12.0 + 1.0);
    date::parse(&format!("+{:06}-{month:02}-01", year + years))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read_str;

    #[test]
    fn reads_times_as_the_sdk_does() {
        let cases = [
            ("1970-01-01T00:00:00.000Z", 0.0),
            ("1970-1-1T0:0:0Z", 0.0),
            ("70-01-01T00:00:00Z", 0.0),
            ("1970-01-01T00:00:00.1234Z", 1234.0),
            ("1970-01-01T00:00:00x7Z", 7.0),
            ("1970-01-01T00:00:005Z", 5.0),
            ("1970-01-01T00:00:12345Z", 12_045.0),
            ("1970-00-00T00:00:00Z", -864e5),
            ("1969-13-01T00:00:00Z", 0.0),
            ("1970-01-01T99:00:00Z", 99.0 * 36e5),
        ];
        for (text, ms) in cases {
            assert_eq!(timestamp(text), Some(ms), "{text}");
        }
        let texts = [
            "",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T00:00:00\n5Z",
            " 1970-01-01T00:00:00Z",
        ];
        for text in texts {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_is_checked_to_the_last_right() {
        let list = |text| acl(read_str(text).unwrap_or(Datum::Null));
        assert!(
            list(r#"{"*":{"read":true,"write":false},"u":{}}"#).is_ok_and(|list| list.len() == 2)
        );
        assert!(list("null").is_ok_and(|list| list.is_empty()));
        assert_eq!(
            list(r#"{"u":{"read":1}}"#).map_err(|refusal| refusal.pointer()),
            Err("/u/read".into())
        );
        assert!(list(r#"{"u":{"all":true}}"#).is_err());
        assert!(list(r#"{"u":"read"}"#).is_err());
    }

    #[test]
    fn an_array_for_a_latitude_is_the_whole_point() {
        let corners = read_str("[[1,2],[[3,4],null],[{\"latitude\":5,\"longitude\":6},7]]").ok();
        assert_eq!(
            polygon(corners.as_ref()),
            Ok(vec![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
        );
    }
}
