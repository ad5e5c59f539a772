//! What stands behind a backslash.

use super::cursor::Cursor;
use super::error::PcreError;
use super::sets::{Set, by_escape, category, is_of_one_case};

/// What an escape means, in a class or outside.
#[derive(Clone, Debug)]
pub(super) enum Escape {
    Character(char),
    Set(Set),
    /// A general category.
    Category {
        name: &'static str,
        negated: bool,
    },
    /// Another one, by its letter: what it means is decided where it stands.
    Letter(char),
}

/// Reads an escape, the cursor standing behind the backslash at `start`.
pub(super) fn read(
    cursor: &mut Cursor,
    start: usize,
    in_class: bool,
    ignores_case: bool,
) -> Result<Escape, PcreError> {
    let Some(c) = cursor.next() else {
        return Err(PcreError::invalid(
            "expected a character after the backslash",
            start,
        ));
    };
    if let Some(set) = by_escape(c) {
        return Ok(Escape::Set(set));
    }
    let character = match c {
        'a' => '\x07',
        'e' => '\x1B',
        'f' => '\x0C',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'c' => control(cursor, start)?,
        'x' => hexadecimal(cursor, start)?,
        'o' => braced_octal(cursor, start)?,
        '0'..='9' => octal(cursor, c, start, in_class)?,
        'p' | 'P' => return property(cursor, c == 'P', start, ignores_case),
        letter if letter.is_ascii_alphabetic() => return Ok(Escape::Letter(letter)),
        other => other,
    };
    Ok(Escape::Character(character))
}

fn character(code: Option<u32>, start: usize) -> Result<char, PcreError> {
    let character = code.and_then(char::from_u32);
    character.ok_or_else(|| PcreError::invalid("a number that is no character", start))
}

fn control(cursor: &mut Cursor, start: usize) -> Result<char, PcreError> {
    match cursor.next() {
        Some(c) if c.is_ascii_graphic() || c == ' ' => {
            character(Some(u32::from(c.to_ascii_uppercase()) ^ 0x40), start)
        }
        _ => Err(PcreError::invalid(
            "expected an ASCII character after \\c",
            start,
        )),
    }
}

fn hexadecimal(cursor: &mut Cursor, start: usize) -> Result<char, PcreError> {
    if cursor.eat("{") {
        let digits = cursor.take_while(|c| c.is_ascii_hexdigit());
        if !cursor.eat("}") || digits.is_empty() {
            return Err(PcreError::unsupported("a number that is not plain", start));
        }
        return character(u32::from_str_radix(&digits, 16).ok(), start);
    }
    let mut code = 0;
    for _ in 0..2 {
        let Some(digit) = cursor.peek().and_then(|c| c.to_digit(16)) else {
            break;
        };
        cursor.next();
        code = code * 16 + digit;
    }
    character(Some(code), start)
}

fn braced_octal(cursor: &mut Cursor, start: usize) -> Result<char, PcreError> {
    if !cursor.eat("{") {
        return Err(PcreError::invalid("expected a brace after \\o", start));
    }
    let digits = cursor.take_while(|c| c.is_digit(8));
    if !cursor.eat("}") || digits.is_empty() {
        return Err(PcreError::unsupported("a number that is not plain", start));
    }
    character(u32::from_str_radix(&digits, 8).ok(), start)
}

/// Digits are a back-reference, unless there cannot be so many groups.
fn octal(
    cursor: &mut Cursor,
    first: char,
    start: usize,
    in_class: bool,
) -> Result<char, PcreError> {
    let behind = cursor.at();
    if first != '0' && !in_class {
        let digits = cursor.take_while(|c| c.is_ascii_digit());
        cursor.rewind(behind);
        let number = format!("{first}{digits}").parse().unwrap_or(usize::MAX);
        if number < 10 || number <= cursor.count('(') {
            return Err(PcreError::unsupported("a back-reference", start));
        }
    }
    let Some(mut code) = first.to_digit(8) else {
        return Err(PcreError::unsupported("an escaped digit", start));
    };
    for _ in 0..2 {
        let Some(digit) = cursor.peek().and_then(|c| c.to_digit(8)) else {
            break;
        };
        cursor.next();
        code = code * 8 + digit;
    }
    character(Some(code), start)
}

fn property(
    cursor: &mut Cursor,
    negated: bool,
    start: usize,
    ignores_case: bool,
) -> Result<Escape, PcreError> {
    let unsupported = || PcreError::unsupported("a property that is no general category", start);
    let (name, turned) = if cursor.eat("{") {
        let turned = cursor.eat("^");
        let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || c == '&');
        if !cursor.eat("}") {
            return Err(unsupported());
        }
        (name, turned)
    } else {
        let letter = cursor.next().ok_or_else(unsupported)?;
        (letter.to_string(), false)
    };
    let name = category(&name).ok_or_else(unsupported)?;
    if ignores_case && is_of_one_case(name) {
        return Err(PcreError::unsupported(
            "letters of one case where case is ignored",
            start,
        ));
    }
    let negated = negated != turned;
    Ok(Escape::Category { name, negated })
}
