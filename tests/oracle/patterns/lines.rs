//! Answers patterns line by line, so that `patterns.mjs` can hold them against JavaScript's. The argument is the year
//! of the edition of ECMAScript that they are written in; or it is `tables`, and the Unicode tables are printed for
//! `unicode.mjs`.
//!
//! A line in: pattern, flags and texts, parted by tabs; patterns and texts as four hexadecimal digits
//! for each UTF-16 unit. A line out: the route that the pattern takes and a digit for each text, or why
//! the pattern was refused; the digit is `?` where a budget ran out. A text on which the engines differ, or that lacks what the pattern requires,
//! is told on a line of its own that begins with `!`.

use std::env;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use livematch::pattern_testing::{Probe, unicode_tables};
use livematch::{PatternEdition, UNICODE_VERSION};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match env::args().nth(1).as_deref() {
        Some("tables") => print_tables(&mut out)?,
        Some("2023") => answer_lines(PatternEdition::Es2023, &mut out)?,
        _ => answer_lines(PatternEdition::Es2025, &mut out)?,
    }
    out.flush()
}

fn print_tables(out: &mut impl Write) -> io::Result<()> {
    let (major, minor) = UNICODE_VERSION;
    writeln!(out, "{major}.{minor}")?;
    for table in unicode_tables() {
        writeln!(out, "{}\t{}", table.name, table.content)?;
    }
    Ok(())
}

fn answer_lines(edition: PatternEdition, out: &mut impl Write) -> io::Result<()> {
    let mut lines = BufReader::new(io::stdin());
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        answer(line.trim_end_matches('\n'), edition, out)?;
        line.clear();
        // Whoever writes waits for the answers to what it has written.
        if lines.buffer().is_empty() {
            out.flush()?;
        }
    }
    Ok(())
}

fn answer(line: &str, edition: PatternEdition, out: &mut impl Write) -> io::Result<()> {
    let mut fields = line.split('\t');
    let (pattern, flags) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
    let probe = match Probe::new(&units(pattern), flags, edition) {
        Ok(probe) => probe,
        Err(refusal) => return writeln!(out, "{refusal:?}"),
    };
    let texts: Vec<Vec<u16>> = fields.map(units).collect();
    for text in &texts {
        for fault in faults(&probe, text) {
            writeln!(out, "!{fault} on {text:x?}: {}", probe.describe())?;
        }
    }
    let digit = |text: &Vec<u16>| match probe.answer(text) {
        Some(true) => '1',
        Some(false) => '0',
        None => '?',
    };
    let digits: String = texts.iter().map(digit).collect();
    writeln!(out, "{:?} {digits}", probe.route())
}

fn faults(probe: &Probe, text: &[u16]) -> Vec<String> {
    let Some(answer) = probe.answer(text) else {
        return Vec::new();
    };
    let others = probe
        .answers(text)
        .into_iter()
        .filter(|(_, other)| *other != answer);
    let mut faults: Vec<String> = others
        .map(|(route, _)| format!("{route:?} differs"))
        .collect();
    if let (true, Ok(text)) = (answer, String::from_utf16(text)) {
        faults.extend(probe.check_facts(&text).err().map(str::to_owned));
    }
    faults
}

fn units(hex: &str) -> Vec<u16> {
    let digits = hex
        .as_bytes()
        .chunks(4)
        .filter_map(|digits| std::str::from_utf8(digits).ok());
    digits
        .filter_map(|digits| u16::from_str_radix(digits, 16).ok())
        .collect()
}
