//! What the files of a crate import from each other, read from their tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tokens::{after_item, is_for_tests, is_punct};

/// The way to a module from the root of its crate, or to a thing in it.
type Path = Vec<String>;

/// That one file names a thing of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    /// The modules that the two files are.
    pub(super) from: Path,
    pub(super) to: Path,
}

impl Import {
    /// The folder that both are in, as deep as can be.
    pub(super) fn folder(&self) -> &[String] {
        let both = self.from.iter().zip(&self.to);
        &self.from[..both.take_while(|(from, to)| from == to).count()]
    }
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from.join("/"), self.to.join("/"));
        write!(f, "  {from} imports from {to}")
    }
}

/// The modules of a crate. What is compiled for unit tests only is left out: a test may ask anything of the whole.
pub(super) struct Crate {
    root: PathBuf,
    modules: BTreeMap<Path, Module>,
}

#[derive(Default)]
struct Module {
    /// The module that is the file which this one stands in.
    file: Path,
    /// What `use` brings in: the local name and the whole path.
    names: BTreeMap<String, Path>,
    /// The paths of this crate that stand in it, as they are written.
    mentions: Vec<Path>,
}

impl Crate {
    /// Reads the files of a crate, from its `lib.rs` or `main.rs` to the last `mod`.
    pub(super) fn read(root: &str, face: &str) -> Self {
        let mut read = Self {
            root: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(root),
            modules: BTreeMap::new(),
        };
        read.file(&Path::new(), &read.root.join(face));
        read
    }

    /// The names of the modules at the root.
    pub(super) fn top(&self) -> impl Iterator<Item = &str> {
        let top = self.modules.keys().filter(|path| path.len() == 1);
        top.map(|path| &*path[0])
    }

    /// All imports, each once. What a module hands on of its own parts is none.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (path, module) in &self.modules {
            let used = module.names.values().cloned();
            let mentioned =
                (module.mentions.iter()).filter_map(|written| self.whole(path, written));
            let mut all: Vec<Path> = used
                .filter(|target| !target.starts_with(path) || path.is_empty())
                .chain(mentioned)
                .collect();
            all.retain(|target| !target.is_empty());
            imports.extend(all.into_iter().map(|target| Import {
                from: module.file.clone(),
                to: self.home(target),
            }));
        }
        imports.retain(|import| import.from != import.to);
        imports.sort();
        imports.dedup();
        imports
    }

    /// The file in which a thing stands, wherever it is handed on from.
    fn home(&self, mut target: Path) -> Path {
        // As many steps as there are modules lead anywhere.
        for _ in 0..=self.modules.len() {
            let depth = (0..=target.len()).rev();
            let known = |path| self.modules.get_key_value(path);
            let Some((path, module)) = depth.map(|depth| &target[..depth]).find_map(known) else {
                break;
            };
            let handed_on = target
                .get(path.len())
                .and_then(|name| module.names.get(name));
            match handed_on {
                Some(whole) => target = [whole, &target[path.len() + 1..]].concat(),
                None => return module.file.clone(),
            }
        }
        panic!("{} leads nowhere", target.join("::"));
    }

    /// A path from the root, if it is one of this crate.
    fn whole(&self, module: &Path, written: &[String]) -> Option<Path> {
        let mut base = module.clone();
        let (first, mut rest) = written.split_first()?;
        match &**first {
            "crate" => base.clear(),
            "self" => {}
            "super" => drop(base.pop()),
            name => {
                let child = [module, &[name.to_owned()][..]].concat();
                let used = self.modules.get(module)?.names.get(name);
                base = match used {
                    Some(whole) => whole.clone(),
                    None => self.modules.contains_key(&child).then_some(child)?,
                };
            }
        }
        while let [next, tail @ ..] = rest
            && next == "super"
        {
            base.pop();
            rest = tail;
        }
        Some([&base, rest].concat())
    }

    fn file(&mut self, path: &Path, file: &std::path::Path) {
        let text = fs::read_to_string(file).expect("a module has a file");
        let tokens = text.parse().expect("a file is made of tokens");
        self.module(path, path, tokens);
    }

    fn module(&mut self, path: &Path, file: &Path, tokens: TokenStream) {
        let module = Module {
            file: file.clone(),
            ..Module::default()
        };
        self.modules.insert(path.clone(), module);
        self.tokens(path, file, tokens);
    }

    fn tokens(&mut self, path: &Path, file: &Path, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        while let Some((token, tail)) = rest.split_first() {
            rest = match token {
                TokenTree::Group(group) if is_for_tests(group) => after_item(tail),
                TokenTree::Group(group) => {
                    self.tokens(path, file, group.stream());
                    tail
                }
                // `pub(in path)` imports nothing.
                TokenTree::Ident(word) if word == "pub" => after_parentheses(tail),
                TokenTree::Ident(word) if word == "mod" => self.child(path, file, tail),
                TokenTree::Ident(word) if word == "use" => self.uses(path, tail),
                TokenTree::Ident(_) => self.mention(path, rest),
                TokenTree::Punct(_) | TokenTree::Literal(_) => tail,
            };
        }
    }

    /// `name;` or `name { … }` after `mod`; what follows.
    fn child<'t>(&mut self, path: &Path, file: &Path, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        let [TokenTree::Ident(name), body, rest @ ..] = tokens else {
            return tokens;
        };
        let child = [path, &[name.to_string()][..]].concat();
        if let TokenTree::Group(group) = body {
            self.module(&child, file, group.stream());
            return rest;
        }
        let base = self.root.join(child.join("/"));
        let alone = base.with_extension("rs");
        let is_alone = alone.exists();
        self.file(&child, &if is_alone { alone } else { base.join("mod.rs") });
        rest
    }

    /// A tree after `use`; what follows.
    fn uses<'t>(&mut self, path: &Path, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        let end = tokens.iter().position(|token| is_punct(token, ';'));
        let (tree, rest) = tokens.split_at(end.unwrap_or(tokens.len()));
        let mut leaves = Vec::new();
        branch(&Path::new(), tree, &mut leaves);
        for (name, written) in leaves {
            let is_of_this_crate = matches!(&*written[0], "crate" | "self" | "super");
            let whole = is_of_this_crate
                .then(|| self.whole(path, &written))
                .flatten();
            let Some(module) = self.modules.get_mut(path) else {
                continue;
            };
            match whole {
                Some(whole) => drop(module.names.insert(name, whole)),
                None => module.mentions.push(written),
            }
        }
        rest
    }

    /// A word and the path that it begins; what follows.
    fn mention<'t>(&mut self, path: &Path, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        let mut written = Path::new();
        let mut rest = tokens;
        while let [TokenTree::Ident(word), tail @ ..] = rest {
            written.push(word.to_string());
            match tail {
                [a, b, after @ ..] if is_punct(a, ':') && is_punct(b, ':') => rest = after,
                _ => {
                    rest = tail;
                    break;
                }
            }
        }
        if written.len() > 1
            && let Some(module) = self.modules.get_mut(path)
        {
            module.mentions.push(written);
        }
        rest
    }
}

/// The names that a tree of `use` brings in, each with its path.
fn branch(stem: &Path, tree: &[TokenTree], leaves: &mut Vec<(String, Path)>) {
    for tree in tree.split(|token| is_punct(token, ',')) {
        let mut path = stem.clone();
        let mut name = None;
        let mut is_renamed = false;
        for token in tree {
            match token {
                TokenTree::Ident(word) if word == "as" => is_renamed = true,
                TokenTree::Ident(word) if is_renamed => name = Some(word.to_string()),
                // `a::{self}` is `a`; alone it is where the path begins.
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    branch(&path, &inner, leaves);
                    path.clear();
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if let Some(last) = path.last() {
            leaves.push((name.unwrap_or_else(|| last.clone()), path));
        }
    }
}

/// What follows parentheses, if there are any.
fn after_parentheses(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Parenthesis => rest,
        _ => tokens,
    }
}
