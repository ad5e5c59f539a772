//! `$regex` where the pattern is a literal, with or without anchors; of others nothing is known.

use super::Stop;
use super::value::{Text, Value, units};

/// Whether the field passes `new RegExp(pattern, options)`.
pub(super) fn test(field: &Value, pattern: &Value, options: &Value) -> Result<bool, Stop> {
    match pattern {
        Value::Str(text) => {
            let text = unquoted(text)?;
            let flags = if options.truthy() {
                options.clone()
            } else {
                Value::Str(Text::new())
            };
            run(field, &Value::Str(text), &flags)
        }
        _ if pattern.kind() == "object" => {
            run(field, &pattern.prop("source")?, &pattern.prop("flags")?)
        }
        _ => Err(Stop::Fault),
    }
}

/// The pattern with each `\Q…\E` replaced by its escaped content.
fn unquoted(pattern: &[u16]) -> Result<Text, Stop> {
    let find = |word: &str, from: usize| {
        let at = pattern[from..]
            .windows(2)
            .position(|pair| pair == units(word));
        at.map(|at| from + at)
    };
    let mut out = Text::new();
    let mut from = 0;
    while let Some(start) = find("\\Q", from) {
        out.extend(&pattern[from..start]);
        // Without an end the original never returns.
        let end = find("\\E", start).ok_or(Stop::Unknown)?;
        for unit in &pattern[start + 2..end] {
            let word = is_word(*unit);
            out.extend((!word).then_some(u16::from(b'\\')));
            out.push(*unit);
        }
        from = end + 2;
    }
    out.extend(&pattern[from..]);
    Ok(out)
}

fn is_word(unit: u16) -> bool {
    let byte = u8::try_from(unit).unwrap_or(b' ');
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The original tests inside a `try`, but its `catch` prints pattern and flags: if one of these has no
/// text, it throws all the same.
fn run(field: &Value, source: &Value, flags: &Value) -> Result<bool, Stop> {
    let flags = match flags {
        Value::Undefined => String::new(),
        _ => String::from_utf16_lossy(&flags.to_text()?),
    };
    let source = match source {
        Value::Undefined => Text::new(),
        _ => source.to_text()?,
    };
    let repeated = |(i, flag)| flags[..i].contains::<char>(flag);
    let valid = flags.chars().all(|flag| "dgimsuvy".contains(flag));
    if !valid || flags.char_indices().any(repeated) || flags.contains('u') && flags.contains('v') {
        return Ok(false);
    }
    if flags.contains(['u', 'v']) {
        return if source.is_empty() {
            Ok(field.to_text().is_ok())
        } else {
            Err(Stop::Unknown)
        };
    }
    let fold = flags.contains('i');
    let Some(mut literal) = Literal::read(&source)? else {
        return Ok(false);
    };
    if flags.contains('m') && (literal.start || literal.end)
        || fold && literal.text.iter().any(|unit| *unit > 0x7f)
    {
        return Err(Stop::Unknown);
    }
    literal.start |= flags.contains('y');
    Ok(field.to_text().is_ok_and(|text| literal.is_in(&text, fold)))
}

struct Literal {
    start: bool,
    text: Text,
    end: bool,
}

impl Literal {
    /// The pattern if it is a literal, nothing if it is invalid.
    fn read(source: &[u16]) -> Result<Option<Self>, Stop> {
        let start = source.first() == Some(&u16::from(b'^'));
        let mut literal = Self {
            start,
            text: Text::new(),
            end: false,
        };
        let mut rest = source[usize::from(start)..].iter().copied();
        while let Some(unit) = rest.next() {
            let c = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            match c {
                '\\' => match rest.next() {
                    None => return Ok(None),
                    Some(escaped) if escaped == u16::from(b'E') => literal.text.push(escaped),
                    Some(escaped)
                        if u8::try_from(escaped).is_ok_and(|b| b.is_ascii_alphanumeric()) =>
                    {
                        return Err(Stop::Unknown);
                    }
                    Some(escaped) => literal.text.push(escaped),
                },
                '$' if rest.len() == 0 => literal.end = true,
                '^' | '$' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' => {
                    return Err(Stop::Unknown);
                }
                _ => literal.text.push(unit),
            }
        }
        Ok(Some(literal))
    }

    fn is_in(&self, text: &[u16], fold: bool) -> bool {
        let equal = |a: &u16, b: &u16| a == b || fold && lower(*a) == lower(*b);
        let same = |at: &[u16]| at.iter().zip(&self.text).all(|(a, b)| equal(a, b));
        let Some(last) = text.len().checked_sub(self.text.len()) else {
            return false;
        };
        let from = if self.end { last } else { 0 };
        let to = if self.start { 0 } else { last };
        (from..=to).any(|at| same(&text[at..at + self.text.len()]))
    }
}

fn lower(unit: u16) -> u16 {
    u8::try_from(unit).map_or(unit, |byte| u16::from(byte.to_ascii_lowercase()))
}
