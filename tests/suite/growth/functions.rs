//! Which functions the library has for the public, and which are named in `benches/growth`, read from the tokens of both.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::tokens::{after_item, is_for_tests, is_punct};

/// Traits by which values are made of what strangers send, or text of it, and the names by which these are known. Others are
/// for comparing, copying and debugging.
const TRAITS: &[(&str, &str)] = &[
    ("Deserialize", "deserialize"),
    ("Display", "to_string"),
    ("Extend", "extend"),
    ("FromIterator", "from_iter"),
    ("FromStr", "from_str"),
    ("Serialize", "serialize"),
    ("TryFrom", "try_from"),
];

/// Types whose text, for people or serialized, is a fixed word or as long as a message of ours, whatever made them.
const SHORT_TEXTS: &[&str] = &[
    "ChangeError",
    "ChangeKind",
    "CompileError",
    "Event",
    "HashError",
    "InvalidShape",
    "Surprise",
    "UnknownChangeKind",
    "UnknownEvent",
    "Warning",
];

/// Every public function of the library that can be named from outside: `function`, or `Type::function`.
pub(super) fn public_functions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut read = Reader {
        exported: exported(&tokens_of(&root.join("lib.rs"))),
        found: BTreeSet::new(),
    };
    for file in files(&root) {
        read.module(&tokens_of(&file));
    }
    read.found
}

/// The functions that are named by work in `benches/growth` and called in the same file.
pub(super) fn measured() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/growth");
    let mut found = BTreeSet::new();
    for file in files(&root) {
        let (mut texts, mut words) = (Vec::new(), BTreeSet::new());
        leaves(
            tokens_of(&file).into_iter().collect(),
            &mut texts,
            &mut words,
        );
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
        let names = texts.iter().flat_map(|text| text.split(|c| !is_part(c)));
        let names = names.map(|name| name.trim_end_matches(':'));
        let called = |name: &&str| {
            let function = name.rsplit("::").next().unwrap_or(name);
            // A trait's function is called by another name.
            words.contains(function) || TRAITS.iter().any(|(_, known)| *known == function)
        };
        found.extend(names.filter(called).map(str::to_owned));
    }
    found
}

/// The text literals and the words of some code.
fn leaves(tokens: TokenStream, texts: &mut Vec<String>, words: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => leaves(group.stream(), texts, words),
            TokenTree::Literal(literal) => texts.push(literal.to_string()),
            TokenTree::Ident(word) => drop(words.insert(word.to_string())),
            TokenTree::Punct(_) => {}
        }
    }
}

/// The names that the root of the crate hands on.
fn exported(root: &[TokenTree]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, token) in root.iter().enumerate() {
        let is_public = matches!(&root[..at], [.., before] if is_word(before, "pub"));
        if is_word(token, "use") && is_public {
            let tree = root[at..].iter().take_while(|token| !is_punct(token, ';'));
            last_words(tree.cloned().collect(), &mut names);
        }
    }
    names
}

/// The words of a tree of `use` that nothing follows.
fn last_words(tree: TokenStream, names: &mut BTreeSet<String>) {
    let mut tokens = tree.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => last_words(group.stream(), names),
            TokenTree::Ident(word) if !tokens.peek().is_some_and(|next| is_punct(next, ':')) => {
                names.insert(word.to_string());
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

struct Reader {
    exported: BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Reader {
    /// The items of a file or of a module in it.
    fn module(&mut self, tokens: &[TokenTree]) {
        let mut rest = tokens;
        while let Some((token, tail)) = rest.split_first() {
            rest = match token {
                TokenTree::Group(group) if is_for_tests(group) => after_item(tail),
                TokenTree::Ident(word) if word == "impl" => self.implementation(tail),
                TokenTree::Ident(word) if word == "mod" => self.child(tail),
                TokenTree::Ident(word) if word == "fn" => {
                    self.free_function(tail);
                    after_item(tail)
                }
                _ => tail,
            };
        }
    }

    /// The module whose name and body these tokens begin with; what follows.
    fn child<'t>(&mut self, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        if let [TokenTree::Ident(_), TokenTree::Group(body), rest @ ..] = tokens {
            let body: Vec<TokenTree> = body.stream().into_iter().collect();
            self.module(&body);
            return rest;
        }
        tokens
    }

    fn free_function(&mut self, tokens: &[TokenTree]) {
        if let [TokenTree::Ident(name), ..] = tokens
            && self.exported.contains(&name.to_string())
        {
            self.found.insert(name.to_string());
        }
    }

    /// `<T> Trait for Type { … }` or `Type { … }` after `impl`; what follows.
    fn implementation<'t>(&mut self, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let Some(end) = tokens.iter().position(is_body) else {
            return tokens;
        };
        let (head, rest) = tokens.split_at(end);
        let of_trait = head.iter().position(|token| is_word(token, "for"));
        let type_at = of_trait.map_or(0, |at| at + 1);
        let Some(name) = outer_word(&head[type_at..]) else {
            return &rest[1..];
        };
        if self.exported.contains(&name) {
            match (of_trait, &rest[0]) {
                (Some(at), _) => self.of_trait(&name, &head[..at]),
                (None, TokenTree::Group(body)) => self.of_type(&name, body),
                (None, _) => {}
            }
        }
        &rest[1..]
    }

    fn of_trait(&mut self, name: &str, head: &[TokenTree]) {
        let Some(word) = outer_word(head) else {
            return;
        };
        let known = TRAITS.iter().find(|(known, _)| *known == word);
        let is_text = matches!(&*word, "Display" | "Serialize");
        let is_short = is_text && SHORT_TEXTS.contains(&name);
        if let Some((_, function)) = known
            && !is_short
        {
            self.found.insert(format!("{name}::{function}"));
        }
    }

    /// The functions after `pub`, `pub const` and the like.
    fn of_type(&mut self, name: &str, body: &Group) {
        let mut is_public = false;
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1);
            match token {
                // `pub(crate)` is not for the public.
                TokenTree::Ident(word) if word == "pub" => {
                    is_public = !matches!(next, Some(TokenTree::Group(_)));
                }
                TokenTree::Ident(word) if word == "fn" => {
                    if let (true, Some(TokenTree::Ident(function))) = (is_public, next) {
                        self.found.insert(format!("{name}::{function}"));
                    }
                    is_public = false;
                }
                TokenTree::Ident(word) if word == "const" || word == "async" => {}
                _ => is_public = false,
            }
        }
    }
}

/// The last word of the path that these tokens are, parameters left out: `Type` of `<'a> crate::Type<'a>`.
fn outer_word(tokens: &[TokenTree]) -> Option<String> {
    let mut depth = 0_u32;
    let mut last = None;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth = depth.saturating_sub(1),
            TokenTree::Ident(word) if word == "where" => break,
            TokenTree::Ident(word) if depth == 0 => last = Some(word.to_string()),
            _ => {}
        }
    }
    last
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn tokens_of(file: &Path) -> Vec<TokenTree> {
    let text = fs::read_to_string(file).expect("a source can be read");
    let tokens: TokenStream = text.parse().expect("a file is made of tokens");
    tokens.into_iter().collect()
}

/// The sources in a folder and those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
