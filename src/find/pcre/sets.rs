//! The sets of characters that PCRE2 has names for.

/// A set of characters, whatever their case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    /// Its members, as they are written in a class of JavaScript.
    pub(super) members: &'static str,
    pub(super) negated: bool,
}

/// The set that a letter behind a backslash names.
pub(super) fn by_escape(letter: char) -> Option<Set> {
    let members = match letter.to_ascii_lowercase() {
        'd' => r"0-9",
        'w' => r"0-9A-Z_a-z",
        's' => r"\t-\r ",
        'h' => r"\t \u{a0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}",
        'v' => r"\n-\r\u{85}\u{2028}\u{2029}",
        _ => return None,
    };
    let negated = letter.is_ascii_uppercase();
    Some(Set { members, negated })
}

/// The members of a POSIX class. One that asks for a case has both where case is ignored.
pub(super) fn by_posix_name(name: &str, ignores_case: bool) -> Option<&'static str> {
    Some(match name {
        "lower" | "upper" if ignores_case => "A-Za-z",
        "lower" => "a-z",
        "upper" => "A-Z",
        "alpha" => "A-Za-z",
        "digit" => "0-9",
        "alnum" => "0-9A-Za-z",
        "word" => "0-9A-Z_a-z",
        "xdigit" => "0-9A-Fa-f",
        "ascii" => r"\u{0}-\u{7f}",
        "cntrl" => r"\u{0}-\u{1f}\u{7f}",
        "graph" => r"\u{21}-\u{7e}",
        "print" => r"\u{20}-\u{7e}",
        "punct" => r"\u{21}-\u{2f}\u{3a}-\u{40}\u{5b}-\u{60}\u{7b}-\u{7e}",
        "space" => r"\t-\r ",
        "blank" => r"\t ",
        _ => return None,
    })
}

/// The general categories, as both PCRE2 and JavaScript name them.
const CATEGORIES: [&str; 38] = [
    "Any", "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me",
    "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk",
    "Sm", "So", "Z", "Zl", "Zp", "Zs",
];

/// The general category that a name stands for, in JavaScript's name for it.
pub(super) fn category(name: &str) -> Option<&'static str> {
    if name == "L&" {
        return Some("LC");
    }
    CATEGORIES.into_iter().find(|known| *known == name)
}

/// Whether a category is of letters of one case.
pub(super) fn is_of_one_case(category: &str) -> bool {
    ["Ll", "Lt", "Lu"].contains(&category)
}
