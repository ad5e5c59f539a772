//! Options that hold for a class.
//!
//! `VALUE` holds for all classes, `VALUE:Class,Class` for those that are named. The last colon is what separates them, so
//! that a value with a colon of its own ends with one more: `a:b:` is the value `a:b` for all.

use std::str::FromStr;

/// A value, and the classes for which it is to hold, as one word of the command line says it.
///
/// An option of this kind is a `Vec` of them with `value_delimiter = ' '`, and [`of_class`] tells what holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ForClasses<T> {
    value: T,
    /// Empty if the value holds for all.
    classes: Vec<Box<str>>,
}

impl<T> ForClasses<T> {
    /// The value, whichever classes it is for.
    pub(crate) fn value(&self) -> &T {
        &self.value
    }
}

impl<T: FromStr<Err: ToString>> FromStr for ForClasses<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (value, classes) = text.rsplit_once(':').unwrap_or((text, ""));
        let classes = if classes.is_empty() {
            Vec::new()
        } else {
            classes
                .split(',')
                .map(class_name)
                .collect::<Result<_, _>>()?
        };
        let value = value.parse().map_err(|error: T::Err| error.to_string())?;
        Ok(Self { value, classes })
    }
}

/// A name that Parse Server accepts for a class.
fn class_name(text: &str) -> Result<Box<str>, String> {
    let is_word = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if is_word && starts_well {
        return Ok(text.into());
    }
    Err(format!(
        "expected names of classes after the last colon, not \"{text}\"; a value that has a colon itself ends with one"
    ))
}

/// What has been said of a class: the last that names it, else the last that names none.
pub(crate) fn of_class<'a, T>(said: &'a [ForClasses<T>], class_name: &str) -> Option<&'a T> {
    let names_it =
        |setting: &&ForClasses<T>| setting.classes.iter().any(|name| **name == *class_name);
    let is_for_all = |setting: &&ForClasses<T>| setting.classes.is_empty();
    let of_it = said.iter().rev().find(names_it);
    let setting = of_it.or_else(|| said.iter().rev().find(is_for_all));
    setting.map(|setting| &setting.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromStr<Err: ToString>>(text: &str) -> Result<(T, Vec<String>), String> {
        let ForClasses { value, classes } = text.parse()?;
        Ok((value, classes.into_iter().map(String::from).collect()))
    }

    #[test]
    fn a_value_and_its_classes() {
        assert_eq!(read("10"), Ok((10, vec![])));
        assert_eq!(read("10:Game"), Ok((10, vec!["Game".into()])));
        assert_eq!(
            read("true:_User,Game2"),
            Ok((true, vec!["_User".into(), "Game2".into()]))
        );
        assert_eq!(read("10:"), Ok((10, vec![])));
        assert_eq!(read("a:b:"), Ok(("a:b".to_owned(), vec![])));
        assert_eq!(
            read("a:b:Game"),
            Ok(("a:b".to_owned(), vec!["Game".into()]))
        );
    }

    #[test]
    fn what_is_no_value_or_no_class_is_refused() {
        for text in [
            "",
            "ten",
            "10:Game,",
            "10:,",
            "10:2nd",
            "10:a-b",
            "10:Game Room",
            "10:Game:Room",
        ] {
            assert!(read::<u32>(text).is_err(), "{text}");
        }
        let error = read::<String>("redis://host:80/path").err();
        assert!(error.is_some_and(|error| error.contains("80/path")));
    }

    #[test]
    fn what_is_said_of_a_class_goes_first_and_later_goes_before_earlier() {
        let said: Vec<ForClasses<u32>> = ["1:Game,Room", "2", "3:Room", "4"]
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect();
        let of = ["Game", "Room", "Other"].map(|class| of_class(&said, class).copied());
        assert_eq!((said.len(), of), (4, [Some(1), Some(3), Some(4)]));
        let some: Vec<ForClasses<u32>> = "1:Game".parse().into_iter().collect();
        assert_eq!(
            of_class(&some, "Other"),
            None,
            "the default stays for the others"
        );
    }
}
