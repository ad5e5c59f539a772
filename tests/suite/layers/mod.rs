//! Nothing imports upwards, and nothing imports in a circle but the few files that are one thing: what is allowed stands
//! here and nowhere else.

mod imports;

use std::collections::{BTreeMap, BTreeSet};

use self::imports::{Crate, Import};

/// Files of one folder that are a circle.
type Files<'f> = &'f [&'f str];

/// The modules of the library: each imports only from those before it. `lib.rs` lists them in the order in which data
/// meets them.
const LIBRARY: &[&str] = &[
    "error",
    "marks",
    "steps",
    "pattern",
    "limits",
    "value",
    "event",
    "warning",
    "field_set",
    "view",
    "document",
    "object",
    "geo",
    "decode",
    "constraint",
    "explain",
    "find",
    "op",
    "plan",
    "outline",
    "query",
    "comparison",
    "set",
    "change",
    "watch",
    "hash",
    "serialize",
];

/// The modules of the server, in the same manner.
const SERVER: &[&str] = &[
    "accounting",
    "excerpt",
    "metrics",
    "protocol",
    "rights",
    "options",
    "dialects",
    "publication",
    "turns",
    "registry",
    "access",
    "delivery",
    "warnings",
    "complexity",
    "health",
    "checks",
    "clauses",
    "schemas",
    "matching",
    "feed",
    "listen",
    "state",
    "publish",
    "socket",
    "admin",
    "log",
    "server",
];

/// The circles of the library: recursive, and so one thing each, in a file for each of its parts.
const LIBRARY_CIRCLES: &[Files<'_>] = &[
    // A value holds the members of an object, which are values.
    &["value/datum", "value/fields"],
    // A value is decoded by what is within it.
    &[
        "decode/canonical",
        "decode/encode",
        "decode/mod",
        "decode/nested",
        "decode/object",
        "decode/op",
    ],
];

/// The circles of the server.
const SERVER_CIRCLES: &[Files<'_>] = &[
    // A ledger has accounts, which charge to it.
    &[
        "accounting/account",
        "accounting/charge",
        "accounting/ledger",
        "accounting/ranks",
    ],
    // A client has an outbox of events, which are of a subscription, which is a client's.
    &[
        "registry/client",
        "registry/event",
        "registry/outbox",
        "registry/subscription",
    ],
];

#[test]
fn the_library_stands_in_layers() {
    let library = Crate::read("src", "lib.rs");
    only_imports_downwards(&library, LIBRARY);
    has_only_circles(&library, LIBRARY_CIRCLES);
}

#[test]
fn the_server_stands_in_layers() {
    let server = Crate::read("server/src", "main.rs");
    only_imports_downwards(&server, SERVER);
    has_only_circles(&server, SERVER_CIRCLES);
}

fn only_imports_downwards(read: &Crate, layers: &[&str]) {
    let listed: BTreeSet<&str> = layers.iter().copied().collect();
    let there: BTreeSet<&str> = read.top().collect();
    assert_eq!(listed, there, "modules that are listed, and that are there");
    let imports = read.imports();
    let upwards: Vec<String> = (imports.iter().filter(|import| is_upwards(import, layers)))
        .map(ToString::to_string)
        .collect();
    assert!(upwards.is_empty(), "upwards:\n{}", upwards.join("\n"));
}

/// The root imports from everything, and nothing from the root.
fn is_upwards(import: &Import, layers: &[&str]) -> bool {
    let layer = |path: &[String]| {
        let name = path.first()?;
        layers.iter().position(|layer| layer == name)
    };
    match (layer(&import.from), layer(&import.to)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(from), Some(to)) => from < to,
    }
}

/// Neither more circles than those that are known nor fewer.
fn has_only_circles(read: &Crate, known: &[Files<'_>]) {
    let imports = read.imports();
    let found = circles(&imports);
    let known: BTreeSet<Files<'_>> = known.iter().copied().collect();
    let mut wrong = Vec::new();
    for (files, imports) in &found {
        let files: Vec<&str> = files.iter().map(|file| &**file).collect();
        if !known.contains(&*files) {
            wrong.push(format!("a circle of {files:?}:"));
            wrong.extend(imports.iter().map(ToString::to_string));
        }
    }
    let is_there = |files: Files<'_>| found.keys().any(|found| found.iter().eq(files));
    let gone = known.iter().filter(|files| !is_there(files));
    wrong.extend(gone.map(|files| format!("no circle any more: {files:?}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The modules of each folder that import from each other, also round several corners, and the imports by which they do.
fn circles(imports: &[Import]) -> BTreeMap<Vec<String>, Vec<&Import>> {
    let mut folders: BTreeMap<&[String], Vec<Edge<'_>>> = BTreeMap::new();
    for import in imports {
        let folder = import.folder();
        folders.entry(folder).or_default().push(Edge {
            from: part(&import.from, folder),
            to: part(&import.to, folder),
            import,
        });
    }
    let mut circles: BTreeMap<_, Vec<&Import>> = BTreeMap::new();
    for edges in folders.values() {
        for edge in edges {
            let ahead = reached(edges, &edge.to);
            if !ahead.contains(&*edge.from) {
                continue;
            }
            let is_in_circle = |name: &&&str| reached(edges, name).contains(&*edge.from);
            let files = ahead.iter().filter(is_in_circle);
            let files = files.map(|name| (*name).to_owned()).collect();
            circles.entry(files).or_default().push(edge.import);
        }
    }
    circles
}

/// An import between two neighbours in a folder.
struct Edge<'i> {
    from: String,
    to: String,
    import: &'i Import,
}

/// The file or folder within a folder that a module is in. The face of the folder is a file like the others.
fn part(module: &[String], folder: &[String]) -> String {
    match module.get(folder.len()) {
        Some(name) => [folder, std::slice::from_ref(name)].concat().join("/"),
        None => format!("{}/mod", folder.join("/")),
    }
}

/// What imports lead to.
fn reached<'e>(edges: &'e [Edge<'_>], from: &'e str) -> BTreeSet<&'e str> {
    let mut met = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        let targets = edges.iter().filter(|edge| edge.from == next);
        open.extend(targets.map(|edge| &*edge.to).filter(|to| met.insert(to)));
    }
    met
}
