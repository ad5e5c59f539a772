//! JSON text in the order in which it is written, which the maps of `serde_json` do not keep.

use std::fmt::Display;

/// A text.
pub(crate) fn text(content: impl AsRef<str>) -> String {
    serde_json::Value::from(content.as_ref()).to_string()
}

/// An array.
pub(crate) fn list(items: impl IntoIterator<Item = impl Display>) -> String {
    format!("[{}]", joined(items))
}

/// An object; its values are JSON already.
pub(crate) fn object<V: Display>(members: impl IntoIterator<Item = (&'static str, V)>) -> String {
    let members = members
        .into_iter()
        .map(|(key, value)| format!("\"{key}\":{value}"));
    format!("{{{}}}", joined(members))
}

/// An object of one member.
pub(crate) fn only(key: &'static str, value: impl Display) -> String {
    object([(key, value)])
}

/// A pointer to an object of a class.
pub(crate) fn pointer(class: &str, id: &str) -> String {
    typed(
        "Pointer",
        [("className", text(class)), ("objectId", text(id))],
    )
}

/// A date.
pub(crate) fn date(iso: &str) -> String {
    typed("Date", [("iso", text(iso))])
}

/// A point on Earth.
pub(crate) fn point(latitude: f64, longitude: f64) -> String {
    let members = [("latitude", latitude), ("longitude", longitude)];
    typed(
        "GeoPoint",
        members.map(|(key, value)| (key, value.to_string())),
    )
}

fn typed<const N: usize>(name: &str, members: [(&'static str, String); N]) -> String {
    object([("__type", text(name))].into_iter().chain(members))
}

fn joined(items: impl IntoIterator<Item = impl Display>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(",")
}
