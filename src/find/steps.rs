//! What a query takes at most, by the length of an object's JSON.

use super::Plan;
use super::asked::PATH;
use super::mongo::test::One;
use crate::steps::{Bound, Rates, Shape};

/// For a look at the object.
const RUN: u64 = 4;

/// So many values have 64 bytes of JSON at most: a digit and a comma each.
const VALUES: u64 = 32;

impl Plan {
    /// The most steps that it takes.
    pub(crate) fn bound(&self) -> Bound {
        let mut bound = Bound::fixed(RUN);
        self.each_test(&mut |test| {
            bound = bound.plus(Bound::fixed(PATH));
            test.each_one(&mut |one| bound = bound.plus(of_one(one)));
        });
        bound
    }
}

fn of_one(one: &One) -> Bound {
    let each = Bound {
        fixed: one.steps(),
        piece: one.steps().saturating_mul(VALUES),
    };
    match one {
        One::Among(among) => {
            let patterns = among
                .patterns
                .iter()
                .map(|pattern| of_texts(&pattern.rates()));
            patterns.fold(each, Bound::plus)
        }
        One::Matches(pattern) => each.plus(of_texts(&pattern.rates())),
        One::Equals(_)
        | One::Stands(..)
        | One::Exists
        | One::Type(_)
        | One::Mod { .. }
        | One::Lies(_) => each,
    }
}

/// A pattern and all texts of an object.
fn of_texts(rates: &Rates) -> Bound {
    let text = rates.bound(Shape::Text);
    Bound {
        fixed: text.fixed,
        // As many texts as can be, `"",` each.
        piece: text.piece.saturating_add(text.fixed.saturating_mul(VALUES)),
    }
}
