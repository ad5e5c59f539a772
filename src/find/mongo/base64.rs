//! Base64 as Node reads it.

/// The bytes of a text: either alphabet, what belongs to neither left out, all behind a `=` too.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let digits = text
        .bytes()
        .take_while(|byte| *byte != b'=')
        .filter_map(digit);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits {
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_node_reads_them() {
        let cases: [(&str, &[u8]); 8] = [
            ("", b""),
            ("aGk=", b"hi"),
            ("aGk", b"hi"),
            ("aGkh", b"hi!"),
            ("a G\nk=", b"hi"),
            ("aGk=aGk=", b"hi"),
            ("-_8=", &[0xFB, 0xFF]),
            ("a", b""),
        ];
        for (text, bytes) in cases {
            assert_eq!(decode(text), bytes, "{text:?}");
        }
    }
}
