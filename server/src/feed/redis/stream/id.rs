//! Where in a stream something stands.

use std::fmt;
use std::str::FromStr;

/// The id of an entry: a time in milliseconds, and which of that millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EntryId {
    milliseconds: u64,
    number: u64,
}

impl EntryId {
    /// Before every entry.
    pub(super) const BEGIN: Self = Self {
        milliseconds: 0,
        number: 0,
    };
}

impl fmt::Display for EntryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.milliseconds, self.number)
    }
}

impl FromStr for EntryId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("expected the id of an entry, such as 1700000000000-0: {text:?}");
        let (milliseconds, number) = text.split_once('-').ok_or_else(wrong)?;
        let read = |part: &str| part.parse().map_err(|_| wrong());
        Ok(Self {
            milliseconds: read(milliseconds)?,
            number: read(number)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_written_and_ordered_as_redis_does() {
        let texts = [
            "0-0",
            "1-0",
            "1-9",
            "1-10",
            "18446744073709551615-18446744073709551615",
        ];
        let ids: Vec<EntryId> = texts
            .iter()
            .map(|text| text.parse().expect("an id"))
            .collect();
        assert!(ids.is_sorted());
        let written: Vec<_> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(written, texts);
        assert_eq!(ids.first(), Some(&EntryId::BEGIN));
        for text in [
            "",
            "1",
            "1-",
            "-1",
            "1-2-3",
            "a-1",
            "18446744073709551616-0",
        ] {
            assert!(text.parse::<EntryId>().is_err(), "{text}");
        }
    }
}
