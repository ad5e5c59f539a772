//! Makes a tree smaller without changing which texts it matches.
//!
//! Only whether something matches is asked, so groups that no back-reference reads are only brackets,
//! and what may be absent at an end of a match may as well be absent: `.*foo.*` is `foo`.

use super::flags::Flags;
use super::syntax::{Node, Repeat, Tree};

/// The tree to compile in place of `tree`; itself where back-references look into its groups.
pub(crate) fn normal(tree: &Tree, flags: Flags) -> Node {
    if !tree.references.is_empty() {
        return tree.root.clone();
    }
    let node = trim_end(flat(&tree.root));
    if flags.sticky() {
        node
    } else {
        trim_start(node)
    }
}

/// Without brackets: no group, no sequence in a sequence, nothing repeated that takes no part.
fn flat(node: &Node) -> Node {
    match node {
        Node::Group(_, body) => flat(body),
        Node::Cat(nodes) => {
            let mut items = Vec::with_capacity(nodes.len());
            for node in nodes {
                match flat(node) {
                    Node::Cat(inner) => items.extend(inner),
                    Node::Empty => {}
                    other => items.push(other),
                }
            }
            Node::cat(items)
        }
        Node::Alt(nodes) => Node::Alt(nodes.iter().map(flat).collect()),
        Node::Repeat(repeat) => flat_repeat(repeat),
        Node::Look(look) => {
            let mut look = look.clone();
            look.body = flat(&look.body);
            Node::Look(look)
        }
        Node::Class(class) => class
            .single()
            .map_or_else(|| node.clone(), |c| Node::char(c, class.folding())),
        Node::Empty
        | Node::Char(..)
        | Node::Start
        | Node::End
        | Node::LineStart
        | Node::LineEnd
        | Node::Boundary(_)
        | Node::Back(..) => node.clone(),
    }
}

fn flat_repeat(repeat: &Repeat) -> Node {
    let body = flat(&repeat.body);
    match (body, repeat.min, repeat.max) {
        (Node::Empty, _, _) | (_, _, Some(0)) => Node::Empty,
        // An assertion asked once more answers the same.
        (body, 0, _) if is_assertion(&body) => Node::Empty,
        (body, 1, Some(1)) => body,
        (body, ..) if is_assertion(&body) => body,
        (body, min, max) => Node::Repeat(Box::new(Repeat {
            body,
            min,
            max,
            lazy: false,
            groups: (0, 0),
        })),
    }
}

fn is_assertion(node: &Node) -> bool {
    match node {
        Node::Start
        | Node::End
        | Node::LineStart
        | Node::LineEnd
        | Node::Boundary(_)
        | Node::Look(_) => true,
        Node::Empty
        | Node::Char(..)
        | Node::Class(_)
        | Node::Cat(_)
        | Node::Alt(_)
        | Node::Repeat(_)
        | Node::Group(..)
        | Node::Back(..) => false,
    }
}

/// The least that a match can do with at its end.
fn trim_end(node: Node) -> Node {
    match node {
        Node::Cat(mut items) => {
            while let Some(last) = items.pop() {
                let last = trim_end(last);
                if last != Node::Empty {
                    items.push(last);
                    break;
                }
            }
            flat(&Node::cat(items))
        }
        other => trim_part(other, trim_end),
    }
}

/// The least that a match can do with at its start.
fn trim_start(node: Node) -> Node {
    match node {
        Node::Cat(items) => {
            let mut items = items.into_iter();
            let mut kept = Vec::new();
            for first in items.by_ref() {
                let first = trim_start(first);
                if first != Node::Empty {
                    kept.push(first);
                    break;
                }
            }
            kept.extend(items);
            flat(&Node::cat(kept))
        }
        other => trim_part(other, trim_start),
    }
}

fn trim_part(node: Node, trim: fn(Node) -> Node) -> Node {
    match node {
        Node::Alt(nodes) => {
            let nodes: Vec<Node> = nodes.into_iter().map(trim).collect();
            if nodes.contains(&Node::Empty) {
                Node::Empty
            } else {
                Node::alt(nodes)
            }
        }
        Node::Repeat(repeat) if repeat.min == 0 => Node::Empty,
        Node::Repeat(repeat) if repeat.min == 1 => trim(repeat.body),
        Node::Repeat(repeat) => {
            let max = Some(repeat.min);
            Node::Repeat(Box::new(Repeat { max, ..*repeat }))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::PatternLimits;
    use super::super::syntax::parse;
    use super::*;

    fn normal_of(pattern: &str, flags: &str) -> Node {
        let units: Vec<u16> = pattern.encode_utf16().collect();
        let flags = Flags::parse(flags).expect("flags");
        normal(
            &parse(&units, flags, &PatternLimits::new()).expect("a pattern"),
            flags,
        )
    }

    #[test]
    fn brackets_and_loose_ends_go() {
        for (pattern, same) in [
            ("(?:a)(b(c))", "abc"),
            (".*foo.*", "foo"),
            ("^.*", "^"),
            ("(ab*)+", "a"),
            ("x{0,3}a{2,5}", "a{2}"),
            ("a(?:b*|c)", "a"),
            ("(?:)*", ""),
            ("[a]b", "ab"),
            ("(?=a){3}b", "(?=a)b"),
        ] {
            assert_eq!(normal_of(pattern, ""), normal_of(same, ""), "{pattern}");
        }
    }

    #[test]
    fn what_must_stay_stays() {
        assert_ne!(normal_of(".*foo", "y"), normal_of("foo", "y"));
        assert_ne!(normal_of("(a)*\\1", ""), normal_of("\\1", ""));
        assert_ne!(normal_of("a*$", ""), normal_of("", ""));
    }
}
