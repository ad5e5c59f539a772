//! How long functions and files are, how many fields are open and how many names stand for two types: printed for whoever
//! compares two states of the house, and held to what fits a glance.
//!
//! `MEASURED` names the folder of another checkout to be measured instead.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{
    Block, Field, File, ImplItemFn, ItemEnum, ItemFn, ItemMod, ItemStruct, ItemTrait, ItemType,
};
use syn::{Ident, Meta, Signature, TraitItemFn, Visibility};

/// What is measured, and what none of its functions may exceed, in lines from `fn` to the last brace. The longest are lists:
/// a `match` with an arm for each operator, the texts of all metrics.
const AREAS: &[(&str, usize)] = &[("src", 60), ("src/set", 55), ("server/src", 90)];

/// What no file may exceed, in lines, comments and unit tests among them.
const LONGEST_FILE: usize = 750;

/// What is counted in the sources of a crate, unit tests left out but in the lengths of files.
#[derive(Default)]
struct Measures {
    /// Lines, and the name.
    functions: Vec<(usize, String)>,
    files: Vec<(usize, String)>,
    /// How many types have a name.
    types: BTreeMap<String, usize>,
    fields: usize,
    /// Those that more than their own module sees, and not the public.
    open: usize,
}

#[test]
fn functions_and_files_fit_a_glance() {
    let here = || env!("CARGO_MANIFEST_DIR").to_owned();
    let root = std::env::var("MEASURED").unwrap_or_else(|_| here());
    // Each file is parsed once, which takes seconds for all of them.
    let sources = ["src", "server/src"].map(|folder| files(&Path::new(&root).join(folder)));
    let of_file = |file: PathBuf| (Measures::of(&file), file);
    let measured: Vec<_> = sources.into_iter().flatten().map(of_file).collect();
    let mut wrong = Vec::new();
    for (area, longest) in AREAS {
        let mut all = Measures::default();
        let folder = Path::new(&root).join(area);
        let within = measured
            .iter()
            .filter(|(_, file)| file.starts_with(&folder));
        within.for_each(|(measures, _)| all.add(measures));
        eprintln!("{area}\n{all}");
        let functions = all
            .functions
            .into_iter()
            .filter(|(lines, _)| lines > longest);
        let files = all
            .files
            .into_iter()
            .filter(|(lines, _)| *lines > LONGEST_FILE);
        wrong.extend(
            functions
                .chain(files)
                .map(|(lines, name)| format!("{name} has {lines} lines")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// That nothing is counted would pass as nothing that is too long.
#[test]
fn what_is_measured_is_counted() {
    let mut measures = Measures::default();
    measures.file(
        "example",
        "
        pub(crate) struct Twice { pub(super) open: u8, pub public: u8, private: u8 }
        mod other { enum Twice {} }
        impl Twice {
            fn three(&self) {
                drop(self);
            }
        }
        trait Once { fn none(&self); fn one(&self) {} }
        #[cfg(test)]
        mod tests { struct Once; fn uncounted() {} }
        ",
    );
    let named: Vec<_> = measures
        .functions
        .iter()
        .map(|(lines, name)| (*lines, &**name))
        .collect();
    assert_eq!(named, [(3, "example: three"), (1, "example: one")]);
    assert_eq!(
        (measures.open, measures.fields, measures.repeated()),
        (1, 3, 1)
    );
    assert_eq!((measures.types.len(), measures.files[0].0), (2, 12));
}

impl Measures {
    fn of(file: &Path) -> Self {
        let source = fs::read_to_string(file).expect("a source can be read");
        let mut measures = Self::default();
        measures.file(&file.display().to_string(), &source);
        measures
    }

    fn add(&mut self, other: &Self) {
        self.functions.extend_from_slice(&other.functions);
        self.files.extend_from_slice(&other.files);
        for (name, count) in &other.types {
            *self.types.entry(name.clone()).or_default() += count;
        }
        self.fields += other.fields;
        self.open += other.open;
    }

    fn file(&mut self, name: &str, source: &str) {
        let file: File = syn::parse_file(source).expect("a source can be parsed");
        self.files.push((source.lines().count(), name.to_owned()));
        Reader {
            measures: self,
            name,
        }
        .visit_file(&file);
    }

    /// How many names stand for more than one type.
    fn repeated(&self) -> usize {
        self.types.values().filter(|count| **count > 1).count()
    }
}

impl fmt::Display for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lengths(f, "functions", &self.functions)?;
        write_lengths(f, "files", &self.files)?;
        let (names, repeated) = (self.types.len(), self.repeated());
        writeln!(f, "  types: {names} names, {repeated} of more than one")?;
        writeln!(f, "  fields: {}, {} open", self.fields, self.open)
    }
}

/// How many there are and how many lines they have: half of them at most, nine of ten, all but one of a hundred, all.
fn write_lengths(f: &mut fmt::Formatter<'_>, what: &str, all: &[(usize, String)]) -> fmt::Result {
    let mut lines: Vec<usize> = all.iter().map(|(lines, _)| *lines).collect();
    lines.sort_unstable();
    let share =
        |hundredths: usize| lines.get((lines.len() * hundredths).div_ceil(100).saturating_sub(1));
    let [half, most, nearly, longest] =
        [50, 90, 99, 100].map(|share_of| share(share_of).unwrap_or(&0));
    let count = lines.len();
    writeln!(
        f,
        "  {what}: {count}, lines: median {half}, p90 {most}, p99 {nearly}, longest {longest}"
    )
}

/// Walks over a file.
struct Reader<'m> {
    measures: &'m mut Measures,
    name: &'m str,
}

impl Reader<'_> {
    fn function(&mut self, signature: &Signature, body: &Block) {
        let first = signature.fn_token.span.start().line;
        let last = body.brace_token.span.close().end().line;
        let name = format!("{}: {}", self.name, signature.ident);
        self.measures.functions.push((last - first + 1, name));
    }

    fn named(&mut self, name: &Ident) {
        *self.measures.types.entry(name.to_string()).or_default() += 1;
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        let is_for_tests = module.attrs.iter().any(|attribute| match &attribute.meta {
            Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
            Meta::Path(_) | Meta::NameValue(_) => false,
        });
        if !is_for_tests {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'a ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'a TraitItemFn) {
        if let Some(body) = &function.default {
            self.function(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_item_struct(&mut self, item: &'a ItemStruct) {
        self.named(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a ItemEnum) {
        // What a variant holds is as open as the type, and no field to close.
        self.named(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'a ItemTrait) {
        self.named(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'a ItemType) {
        self.named(&item.ident);
    }

    fn visit_field(&mut self, field: &'a Field) {
        self.measures.fields += 1;
        self.measures.open += usize::from(matches!(field.vis, Visibility::Restricted(_)));
    }
}

/// The sources in a folder and those below it, in folders of tests aside.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() && !path.ends_with("tests") {
            found.append(&mut files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
