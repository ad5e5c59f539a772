//! What every text that a pattern matches must have: the text it begins with, and some text in it.

use super::fold::{Folding, lower};
use super::needle::Needle;
use super::syntax::{Node, Repeat, pair};

/// What every matching text has. Each text here is short: a part of what is required is required too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) prefix: Option<Box<str>>,
    pub(crate) literal: Option<Needle>,
    /// As `prefix` and `literal`, of the text in [lower case](lower). Given only if a part of the pattern ignores case and
    /// these say more.
    pub(crate) folded_prefix: Option<Box<str>>,
    pub(crate) folded_literal: Option<Box<str>>,
}

/// How long a required text may grow, in bytes.
const LONGEST: usize = 48;

impl Facts {
    pub(crate) fn of(node: &Node, sticky: bool) -> Self {
        let plain = Required::of(node, sticky, false);
        let mut facts = Self {
            prefix: plain.prefix,
            literal: plain.literal.map(Needle::new),
            ..Self::default()
        };
        if plain.ignores_case {
            let folded = Required::of(node, sticky, true);
            facts.folded_prefix = folded
                .prefix
                .filter(|text| longer(text, facts.prefix.as_deref()));
            let plain = facts.literal.as_ref().map(Needle::text);
            facts.folded_literal = folded.literal.filter(|text| longer(text, plain));
        }
        facts
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let Self {
            prefix,
            literal,
            folded_prefix,
            folded_literal,
        } = self;
        let texts = [prefix, folded_prefix, folded_literal];
        let texts: usize = texts.into_iter().flatten().map(|text| text.len()).sum();
        texts + literal.as_ref().map_or(0, Needle::memory_usage)
    }
}

fn longer(text: &str, than: Option<&str>) -> bool {
    than.is_none_or(|than| text.len() > than.len())
}

/// What is required of a text as it is, or in [lower case](lower).
struct Required {
    prefix: Option<Box<str>>,
    literal: Option<Box<str>>,
    /// Whether a character was met that equals another.
    ignores_case: bool,
}

impl Required {
    fn of(node: &Node, sticky: bool, folded: bool) -> Self {
        let mut runs = Runs::new(folded);
        runs.prefix_open = sticky || begins_at_start(node);
        runs.visit(node);
        runs.close();
        let some = |text: String| (!text.is_empty()).then(|| text.into_boxed_str());
        Self {
            prefix: some(runs.prefix),
            literal: some(runs.best),
            ignores_case: runs.ignores_case,
        }
    }
}

fn begins_at_start(node: &Node) -> bool {
    let first = match node {
        Node::Cat(nodes) => nodes.first(),
        other => Some(other),
    };
    first == Some(&Node::Start)
}

/// Gathers the runs of characters that a match cannot do without.
struct Runs {
    /// Whether the text is in [lower case](lower).
    folded: bool,
    ignores_case: bool,
    run: String,
    /// Half of a pair, whose other half may follow.
    high: Option<u32>,
    best: String,
    prefix: String,
    /// Whether the run began where the text begins.
    prefix_open: bool,
}

impl Runs {
    fn new(folded: bool) -> Self {
        let empty = String::new;
        let (run, best, prefix) = (empty(), empty(), empty());
        Self {
            folded,
            ignores_case: false,
            run,
            high: None,
            best,
            prefix,
            prefix_open: false,
        }
    }

    fn visit(&mut self, node: &Node) {
        match node {
            Node::Empty
            | Node::Start
            | Node::End
            | Node::LineStart
            | Node::LineEnd
            | Node::Boundary(_) => {}
            Node::Char(c, folding) => self.char(*c, *folding),
            Node::Cat(nodes) => nodes.iter().for_each(|node| self.visit(node)),
            Node::Group(_, body) => self.visit(body),
            Node::Repeat(repeat) => self.repeat(repeat),
            Node::Look(look) if look.negated => {}
            Node::Look(look) => self.look(&look.body),
            Node::Class(_) | Node::Alt(_) | Node::Back(..) => self.close(),
        }
    }

    fn repeat(&mut self, repeat: &Repeat) {
        if repeat.min == 0 {
            self.close();
            return;
        }
        self.visit(&repeat.body);
        if repeat.max != Some(1) {
            self.close();
        }
    }

    /// What an assertion requires stands in the text too, but not where the run goes on.
    fn look(&mut self, body: &Node) {
        let mut inner = Self::new(self.folded);
        inner.visit(body);
        inner.close();
        self.ignores_case |= inner.ignores_case;
        if inner.best.len() > self.best.len() {
            self.best = inner.best;
        }
    }

    fn char(&mut self, c: u32, folding: Folding) {
        self.ignores_case |= folding != Folding::Exact;
        let high = self.high.take();
        let joined = high.and_then(|high| pair(high, c));
        if high.is_some() && joined.is_none() {
            self.close();
        }
        if joined.is_none() && (0xd800..0xdc00).contains(&c) {
            self.high = Some(c);
            return;
        }
        match self.fixed(joined.unwrap_or(c), folding) {
            Some(c) => self.push(c),
            None => self.close(),
        }
    }

    /// The one character that can stand for `c`.
    fn fixed(&self, c: u32, folding: Folding) -> Option<char> {
        let canonical = char::from_u32(folding.canonical(c))?;
        let is_letter = self.folded && canonical.is_ascii_alphabetic();
        let fixed = is_letter || folding.is_alone(c);
        let c = char::from_u32(c).filter(|_| fixed)?;
        Some(if self.folded { lower(c) } else { c })
    }

    fn push(&mut self, c: char) {
        if self.run.len() + c.len_utf8() > LONGEST {
            self.close();
        }
        self.run.push(c);
    }

    fn close(&mut self) {
        self.high = None;
        if self.prefix_open {
            self.prefix.clone_from(&self.run);
            self.prefix_open = false;
        }
        if self.run.len() > self.best.len() {
            std::mem::swap(&mut self.best, &mut self.run);
        }
        self.run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::normal::normal;
    use super::super::syntax::parse;
    use super::super::{Flags, PatternLimits};
    use super::*;

    fn facts(pattern: &str, flags: &str) -> Facts {
        let units: Vec<u16> = pattern.encode_utf16().collect();
        let flags = Flags::parse(flags).expect("flags");
        let tree = parse(&units, flags, &PatternLimits::new()).expect("a pattern");
        Facts::of(&normal(&tree, flags), flags.sticky())
    }

    #[test]
    fn requires_what_no_match_can_lack() {
        for (pattern, flags, prefix, literal) in [
            ("^foo.*barbaz", "", "foo", "barbaz"),
            ("foo|bar", "", "", ""),
            ("^(?:ab)+c", "", "ab", "ab"),
            ("a(?!x)b", "", "", "ab"),
            ("^(?=.*long enough)a", "", "a", "long enough"),
            ("x?abc", "", "", "abc"),
            ("^😀a", "", "😀a", "😀a"),
            ("a\\ud83d", "", "", "a"),
            ("a\\ud83dbc", "", "", "bc"),
            ("^a", "m", "", "a"),
            ("ab[cd]", "y", "ab", "ab"),
            ("^12ab", "i", "12", "12"),
            ("^ab(?i:c)de", "", "ab", "ab"),
            ("^ab(?-i:cD)e", "i", "", "cD"),
            ("(a)\\1b", "", "", "a"),
        ] {
            let facts = facts(pattern, flags);
            assert_eq!(facts.prefix.as_deref().unwrap_or(""), prefix, "{pattern}");
            assert_eq!(
                facts.literal.as_ref().map_or("", Needle::text),
                literal,
                "{pattern}"
            );
        }
    }

    #[test]
    fn folded_requirements_stop_at_what_folds_into_no_letter_of_ascii() {
        let of = |pattern, flags| {
            let facts = facts(pattern, flags);
            (facts.folded_prefix, facts.folded_literal)
        };
        let absk = (Some("absk".into()), Some("absk".into()));
        assert_eq!(of("^ABsk", "i"), absk);
        assert_eq!(of("^ABsk", "iu"), absk);
        assert_eq!(of("^ABs\u{212A}", "iu"), absk);
        assert_eq!(of("^ABsk", ""), (None, None));
        assert_eq!(of("^ABé", "i"), (Some("ab".into()), Some("ab".into())));
        let mixed = facts("^A(?i:Bx)C", "");
        assert_eq!(
            (mixed.folded_prefix, mixed.folded_literal),
            (Some("abxc".into()), Some("abxc".into()))
        );
    }
}
