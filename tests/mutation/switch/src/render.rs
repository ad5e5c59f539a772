//! The text with the branches.

use std::fmt::Write;

use crate::Mutant;
use crate::places::{Kind, Place};

/// `places` are those of [`find`](crate::places::find): outer ones first.
pub(crate) fn render(text: &str, places: &[Place<'_>]) -> String {
    let mut out = String::new();
    let mut renderer = Renderer {
        text,
        rest: places,
        out: &mut out,
    };
    renderer.until(0, text.len());
    out
}

struct Renderer<'a> {
    text: &'a str,
    rest: &'a [Place<'a>],
    out: &'a mut String,
}

fn on(mutant: &Mutant) -> String {
    format!("crate::switched::on({})", mutant.number)
}

/// A text that is there only for a mutant, so that an error in it is the mutant's.
fn marked(mutant: &Mutant, text: &str) -> String {
    let number = mutant.number;
    format!("/*m{number}{{*/{text}/*}}m{number}*/")
}

impl<'a> Renderer<'a> {
    /// The text from `at` to `end` with the places that begin in it.
    fn until(&mut self, mut at: usize, end: usize) {
        while let Some((place, rest)) = self.rest.split_first()
            && place.range.start < end
        {
            self.rest = rest;
            self.out.push_str(&self.text[at..place.range.start]);
            self.place(place);
            at = place.range.end;
        }
        self.out.push_str(&self.text[at..end]);
    }

    fn place(&mut self, place: &'a Place<'a>) {
        match place.kind {
            Kind::Return => {
                for mutant in &place.mutants {
                    let early = format!("return {};", mutant.replacement);
                    self.say(format_args!(
                        "if {} {{ {} }} ",
                        on(mutant),
                        marked(mutant, &early)
                    ));
                }
            }
            Kind::Arm => {
                for mutant in &place.mutants {
                    let guard = format!(" if !{}", on(mutant));
                    self.say(format_args!("{}", marked(mutant, &guard)));
                }
            }
            Kind::Either => self.either(place),
            Kind::Guard => self.guard(place),
        }
    }

    fn either(&mut self, place: &'a Place<'a>) {
        self.out.push('(');
        for mutant in &place.mutants {
            let changed = format!(
                "{}{}{}",
                &self.text[place.range.start..mutant.span.start],
                mutant.replacement,
                &self.text[mutant.span.end..place.range.end]
            );
            self.say(format_args!(
                "if {} {{ {} }} else ",
                on(mutant),
                marked(mutant, &changed)
            ));
        }
        self.out.push_str("{ ");
        self.until(place.range.start, place.range.end);
        self.out.push_str(" }");
        for mutant in &place.mutants {
            self.say(format_args!("/*}}s{}*/", mutant.number));
        }
        self.out.push(')');
    }

    fn guard(&mut self, place: &'a Place<'a>) {
        self.out.push('(');
        for mutant in &place.mutants {
            match &*mutant.replacement {
                "true" => self.say(format_args!("{} || ", on(mutant))),
                _ => self.say(format_args!("!{} && ", on(mutant))),
            }
        }
        self.out.push('(');
        self.until(place.range.start, place.range.end);
        self.out.push_str("))");
    }

    fn say(&mut self, text: std::fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("text can be written");
    }
}
