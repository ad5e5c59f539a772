//! A text that is looked for in others.

use memchr::{memchr_iter, memchr2_iter, memmem};
use smallvec::SmallVec;

/// A text to look for, and its byte that is expected to be rarest in others.
///
/// Texts are short, and most of them do not have it: looking for one byte takes less than to prepare a search for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle {
    text: Box<str>,
    /// Its position; 0 if there is no byte.
    rarest: usize,
}

/// So many places that have the rare byte are looked at. Where there are more, the search is prepared after all, which
/// takes time in proportion to the text, whoever chose it.
const MAX_PLACES: usize = 16;

/// Bytes that are brought into lower case at once.
const PART: usize = 1_024;

impl Needle {
    pub(super) fn new(text: Box<str>) -> Self {
        let ranks = text.bytes().map(rank).enumerate();
        let rarest = ranks.max_by_key(|(_, rank)| *rank);
        Self {
            rarest: rarest.map_or(0, |(at, _)| at),
            text,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it stands anywhere in a text.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let Some((rare, within)) = self.rare_in(text) else {
            return self.text.is_empty();
        };
        let is_here = |here: &[u8]| here == self.text.as_bytes();
        self.is_at(memchr_iter(rare, within), text, is_here)
            .unwrap_or_else(|| memmem::find(text, self.text.as_bytes()).is_some())
    }

    /// Whether it stands anywhere in a text, ASCII letters of either case; it has none but of lower case itself.
    pub(super) fn is_in_any_case(&self, text: &[u8]) -> bool {
        let Some((rare, within)) = self.rare_in(text) else {
            return self.text.is_empty();
        };
        let is_here = |here: &[u8]| here.eq_ignore_ascii_case(self.text.as_bytes());
        let places = memchr2_iter(rare, rare.to_ascii_uppercase(), within);
        self.is_at(places, text, is_here)
            .unwrap_or_else(|| self.is_in_lower_case_of(text))
    }

    /// Part by part, so that no memory is asked for, unless it is a long text that is looked for.
    fn is_in_lower_case_of(&self, text: &[u8]) -> bool {
        let finder = memmem::Finder::new(self.text.as_bytes());
        let overlap = self.text.len().saturating_sub(1);
        let mut lower: SmallVec<[u8; PART]> = SmallVec::new();
        let part = PART.max(2 * overlap);
        let mut starts = (0..text.len()).step_by(part - overlap);
        starts.any(|start| {
            let end = text.len().min(start + part);
            lower.clear();
            lower.extend_from_slice(&text[start..end]);
            lower.make_ascii_lowercase();
            finder.find(&lower).is_some()
        })
    }

    /// The rare byte, and where in a text it must stand; nothing if there is none, or no room.
    fn rare_in<'t>(&self, text: &'t [u8]) -> Option<(u8, &'t [u8])> {
        let rare = *self.text.as_bytes().get(self.rarest)?;
        let behind = self.text.len() - self.rarest - 1;
        let within = text.get(self.rarest..text.len().checked_sub(behind)?)?;
        Some((rare, within))
    }

    /// Whether one of the first places is right, each given from where the first of them can be; nothing if there are
    /// more.
    fn is_at(
        &self,
        mut places: impl Iterator<Item = usize>,
        text: &[u8],
        is_here: impl Fn(&[u8]) -> bool,
    ) -> Option<bool> {
        let is_at = |at: usize| text.get(at..at + self.text.len()).is_some_and(&is_here);
        if places.by_ref().take(MAX_PLACES).any(is_at) {
            return Some(true);
        }
        places.next().is_none().then_some(false)
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        self.text.len()
    }
}

/// The rarer a byte is in texts, the higher; a guess from English prose.
fn rank(byte: u8) -> u8 {
    const OFTEN: &[u8] = b" etaoinsrhldcumfpgwybvkxjqz";
    match OFTEN.iter().position(|often| *often == byte) {
        Some(rank) => u8::try_from(rank).unwrap_or(u8::MAX),
        // Parts of characters beyond ASCII: whole scripts begin with the same byte.
        None if !byte.is_ascii() => 10,
        None if byte.is_ascii_digit() => 20,
        None => 30,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_search_finds() {
        let many = "aB".repeat(1_000);
        let late = format!("{many}{}abc{many}", "x".repeat(40));
        let texts = [
            "", "a", "AbC", "xabcx", "ABX", "bca", "äbc", "z9z-", &many, &late,
        ];
        let long = "ab".repeat(700);
        let needles = [
            "", "a", "b", "abc", "bc", "x", "ä", "9z", "ba", "aab", "c", "xa", "xb", &long,
        ];
        for text in texts {
            for needle in needles {
                let sought = Needle::new(needle.into());
                let bytes = text.as_bytes();
                assert_eq!(
                    sought.is_in(bytes),
                    text.contains(needle),
                    "{needle} {text}"
                );
                let lower = text.to_ascii_lowercase();
                let is_in = sought.is_in_any_case(bytes);
                assert_eq!(is_in, lower.contains(needle), "{needle} {text}");
            }
        }
    }
}
