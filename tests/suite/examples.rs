//! Every public item is shown by an example: a type or a free function by one of its own, a function or a constant of a type
//! by its own or by one on the same page of the documentation that names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use syn::{Attribute, Expr, ExprLit, ImplItem, ImplItemFn, Item, ItemImpl, Lit, Meta, Type};
use syn::{UseTree, Visibility};

/// What needs no example, with the reason. What traits ask for is never asked about: its page is that of the trait.
const NOT_SHOWN: &[(&str, &str)] = &[];

/// Read once, as it takes seconds.
static LIBRARY: LazyLock<Pages> = LazyLock::new(Pages::of_library);

/// What is public and which examples there are, by the page on which documentation puts them.
#[derive(Default)]
struct Pages {
    pages: BTreeMap<String, Page>,
    exported: BTreeSet<String>,
}

#[derive(Default)]
struct Page {
    /// Whether the type or function itself has an example.
    is_shown: bool,
    /// The functions and constants of a type, and whether each has an example of its own.
    parts: BTreeMap<String, bool>,
    /// The words of every example on the page that follow `.` or `::`.
    named: BTreeSet<String>,
}

#[test]
fn every_public_item_is_shown_by_an_example() {
    let missing = LIBRARY.missing();
    let excused: BTreeSet<&str> = NOT_SHOWN.iter().map(|(name, _)| *name).collect();
    let wrong = missing
        .iter()
        .filter(|name| !excused.contains(&***name))
        .map(|name| format!("{name} is public, and no example shows it"));
    let stale = excused
        .iter()
        .filter(|name| !missing.contains(**name))
        .map(|name| format!("{name} is excused, and shown or no public item"));
    let wrong: Vec<String> = wrong.chain(stale).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// That nothing is found would pass as nothing that is missing.
#[test]
fn items_of_every_kind_are_found() {
    let found = &*LIBRARY;
    for name in ["Query", "Document", "classify", "Held", "UNICODE_VERSION"] {
        assert!(found.pages.contains_key(name), "{name} is not found");
    }
    for (of, name) in [("QuerySet", "insert"), ("Limits", "DEFAULT_CONSTRAINTS")] {
        assert!(found.pages[of].parts.contains_key(name), "{of}::{name}");
    }
    // Neither what is hidden, nor what is private, nor functions of traits.
    for (of, name) in [
        ("QuerySet", "at_once"),
        ("Query", "plan"),
        ("Query", "from_str"),
    ] {
        assert!(!found.pages[of].parts.contains_key(name), "{of}::{name}");
    }
}

#[test]
fn what_no_example_names_is_missed() {
    let source = "
        /// ```
        /// let shown = Shown::new().shown();
        /// ```
        pub struct Shown;
        impl Shown {
            pub fn new() -> Self { Self }
            pub fn shown(&self) {}
            pub fn show(&self) {}
            /// ```
            /// let of_another = Shown::new();
            /// ```
            pub fn of_its_own(&self) {}
            #[doc(hidden)]
            pub fn hidden(&self) {}
            fn private(&self) {}
        }
        /// ```text
        /// drawn, and not run: Bare::bare
        /// ```
        pub enum Bare {}
        impl Bare { pub fn bare(&self) {} }
        pub fn free() {}
        pub struct Private;
    ";
    let mut found = Pages {
        exported: ["Shown", "Bare", "free"].map(str::to_owned).into(),
        ..Pages::default()
    };
    found.file(source);
    assert!(
        found
            .missing()
            .iter()
            .eq(["Bare", "Bare::bare", "Shown::show", "free"])
    );
}

impl Pages {
    fn of_library() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let text = |file: &Path| fs::read_to_string(file).expect("a source can be read");
        let mut found = Self::default();
        for item in parsed(&text(&root.join("lib.rs"))) {
            if let Item::Use(item) = item
                && is_public(&item.vis)
                && !is_hidden(&item.attrs)
            {
                exported(&item.tree, &mut found.exported);
            }
        }
        for file in files(&root) {
            found.file(&text(&file));
        }
        found
    }

    fn missing(&self) -> BTreeSet<String> {
        let missing_of = |(name, page): (&String, &Page)| {
            let parts = page.parts.iter();
            let parts = parts.filter(|(part, is_shown)| !**is_shown && !page.named.contains(*part));
            let parts = parts.map(|(part, _)| format!("{name}::{part}"));
            let of_itself = (!page.is_shown).then(|| name.clone());
            parts.chain(of_itself).collect::<Vec<_>>()
        };
        self.pages.iter().flat_map(missing_of).collect()
    }

    fn file(&mut self, source: &str) {
        for item in parsed(source) {
            match item {
                Item::Const(item) => self.item(&item.vis, &item.ident.to_string(), &item.attrs),
                Item::Enum(item) => self.item(&item.vis, &item.ident.to_string(), &item.attrs),
                Item::Fn(item) => self.item(&item.vis, &item.sig.ident.to_string(), &item.attrs),
                Item::Struct(item) => self.item(&item.vis, &item.ident.to_string(), &item.attrs),
                Item::Trait(item) => self.item(&item.vis, &item.ident.to_string(), &item.attrs),
                Item::Type(item) => self.item(&item.vis, &item.ident.to_string(), &item.attrs),
                Item::Impl(item) if item.trait_.is_none() => self.implementation(&item),
                _ => {}
            }
        }
    }

    fn item(&mut self, visibility: &Visibility, name: &str, attributes: &[Attribute]) {
        if is_public(visibility) && self.exported.contains(name) {
            let examples = examples(attributes);
            let page = self.pages.entry(name.to_owned()).or_default();
            page.is_shown = !examples.is_empty();
            page.named.append(&mut named(&examples));
        }
    }

    fn implementation(&mut self, item: &ItemImpl) {
        let Type::Path(of) = &*item.self_ty else {
            return;
        };
        let name = of.path.segments.last().map(|last| last.ident.to_string());
        let Some(name) = name.filter(|name| self.exported.contains(name)) else {
            return;
        };
        for part in &item.items {
            let (visibility, ident, attributes) = match part {
                ImplItem::Fn(ImplItemFn {
                    vis, sig, attrs, ..
                }) => (vis, &sig.ident, attrs),
                ImplItem::Const(part) => (&part.vis, &part.ident, &part.attrs),
                _ => continue,
            };
            if is_public(visibility) && !is_hidden(attributes) {
                let examples = examples(attributes);
                let page = self.pages.entry(name.clone()).or_default();
                page.parts.insert(ident.to_string(), !examples.is_empty());
                page.named.append(&mut named(&examples));
            }
        }
    }
}

fn parsed(source: &str) -> Vec<Item> {
    syn::parse_file(source)
        .expect("a source can be parsed")
        .items
}

/// `pub(crate)` is not for the public.
fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        list.is_ok_and(|list| list.path.is_ident("doc") && list.tokens.to_string() == "hidden")
    })
}

/// The names that the root of the crate hands on.
fn exported(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => exported(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| exported(tree, names)),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(name) => drop(names.insert(name.rename.to_string())),
        UseTree::Glob(_) => panic!("what a glob hands on cannot be read here"),
    }
}

/// The code of a documentation comment that is compiled and run.
fn examples(attributes: &[Attribute]) -> String {
    let mut code = String::new();
    // Within a block of code, whether it is run.
    let mut block = None;
    for line in attributes.iter().filter_map(documentation) {
        match (block, line.trim().strip_prefix("```")) {
            (None, Some(words)) => block = Some(words.is_empty()),
            (Some(_), Some(_)) => block = None,
            (Some(true), None) => code.extend([line.trim(), "\n"]),
            (Some(false) | None, None) => {}
        }
    }
    code
}

fn documentation(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The words of some code that follow `.` or `::`.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for after in code.split(['.', ':']).skip(1) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = after.find(|c| !is_part(c)).unwrap_or(after.len());
        names.insert(after[..end].to_owned());
    }
    names
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
