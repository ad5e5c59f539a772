//! What is to be known of the groups before they are read.

use smallvec::SmallVec;

/// The name of a group, by code points.
pub(super) type Name = SmallVec<[u32; 8]>;

/// How many groups of a pattern capture, and whether any has a name.
///
/// Without `u`, both decide what `\1` and `\k` mean before their groups are read.
pub(super) fn survey(units: &[u16]) -> (u32, bool) {
    let byte = |at: usize| units.get(at).and_then(|unit| u8::try_from(*unit).ok());
    let (mut groups, mut named, mut in_class, mut at) = (0, false, false, 0);
    while at < units.len() {
        match byte(at) {
            Some(b'\\') => at += 1,
            Some(b'[') => in_class = true,
            Some(b']') => in_class = false,
            Some(b'(') if !in_class => {
                let name = byte(at + 1) == Some(b'?')
                    && byte(at + 2) == Some(b'<')
                    && !matches!(byte(at + 3), Some(b'=' | b'!'));
                groups += u32::from(name || byte(at + 1) != Some(b'?'));
                named |= name;
            }
            _ => {}
        }
        at += 1;
    }
    (groups, named)
}
