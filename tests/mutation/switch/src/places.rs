//! Where a branch can stand beside the code.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, BinOp, Expr, ExprBinary, ExprMatch, ExprStruct, ExprUnary, Pat, ReturnType, Signature,
    TypeImplTrait,
};

use crate::Mutant;

/// What is done to the text at a place.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A function returns at its beginning.
    Return,
    /// An expression stands beside itself with the change.
    Either,
    /// An arm is passed over.
    Arm,
    /// A guard holds, or does not, whatever it says.
    Guard,
}

/// Where the mutants of a file go.
#[derive(Default)]
pub(crate) struct Found<'a> {
    /// In the order of the text, outer ones before what is in them.
    pub(crate) places: Vec<Place<'a>>,
    /// What is no Rust: `||` in a chain with `let`.
    pub(crate) refused: Vec<&'a Mutant>,
}

pub(crate) struct Place<'a> {
    pub(crate) kind: Kind,
    /// What is replaced; empty where something is only put in.
    pub(crate) range: Range<usize>,
    pub(crate) mutants: Vec<&'a Mutant>,
}

pub(crate) fn find<'a>(text: &str, mutants: &'a [Mutant]) -> syn::Result<Found<'a>> {
    let mut finder = Finder {
        mutants,
        found: Found::default(),
    };
    finder.visit_file(&syn::parse_file(text)?);
    let mut found = finder.found;
    found.places.retain(|place| !place.mutants.is_empty());
    found.places.sort_by_key(|place| {
        let Range { start, end } = place.range;
        (start, end > start, usize::MAX - end)
    });
    Ok(found)
}

struct Finder<'a> {
    mutants: &'a [Mutant],
    found: Found<'a>,
}

impl<'a> Finder<'a> {
    fn of(&self, genre: &str, span: &Range<usize>) -> Vec<&'a Mutant> {
        let is_it = |mutant: &&Mutant| mutant.genre == genre && mutant.span == *span;
        self.mutants.iter().filter(is_it).collect()
    }

    fn put(&mut self, kind: Kind, range: Range<usize>, mutants: Vec<&'a Mutant>) {
        self.found.places.push(Place {
            kind,
            range,
            mutants,
        });
    }

    /// A body is visited unless it is evaluated by the compiler, where nothing can be switched.
    fn function(&mut self, signature: &Signature, body: &syn::Block) {
        if signature.constness.is_some() {
            return;
        }
        // Of `impl Trait` all that is returned must be of one type.
        if let (Some(first), Some(last)) = (body.stmts.first(), body.stmts.last())
            && !is_opaque(&signature.output)
        {
            let span = first.span().byte_range().start..last.span().byte_range().end;
            let mutants = self.of("FnValue", &span);
            self.put(Kind::Return, span.start..span.start, mutants);
        }
        self.visit_block(body);
    }

    /// The operators of an expression and of those that it is made of without a parenthesis: what they take in changes with them.
    fn operators(&self, binary: &ExprBinary) -> Vec<&'a Mutant> {
        let mut found = self.of("BinaryOperator", &binary.op.span().byte_range());
        for side in [&binary.left, &binary.right] {
            if let Expr::Binary(inner) = &**side {
                found.extend(self.operators(inner));
            }
        }
        found
    }

    /// A chain with `let` stays one: what it joins is visited.
    fn chain(&mut self, binary: &ExprBinary) {
        let refused = self.of("BinaryOperator", &binary.op.span().byte_range());
        self.found.refused.extend(refused);
        for side in [&binary.left, &binary.right] {
            match &**side {
                Expr::Binary(inner) if matches!(inner.op, BinOp::And(_)) => self.chain(inner),
                other => self.visit_expr(other),
            }
        }
    }

    /// What stands in the expression beside its operators.
    fn operands(&mut self, binary: &ExprBinary) {
        for side in [&binary.left, &binary.right] {
            match &**side {
                Expr::Binary(inner) => self.operands(inner),
                other => self.visit_expr(other),
            }
        }
    }
}

fn is_opaque(output: &ReturnType) -> bool {
    struct Opaque(bool);
    impl Visit<'_> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut opaque = Opaque(false);
    opaque.visit_return_type(output);
    opaque.0
}

/// Whether it is a chain with `let`, which takes only `&&` and cannot stand in parentheses.
fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            has_let(&binary.left) || has_let(&binary.right)
        }
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, body);
        }
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if has_let(&binary.left) || has_let(&binary.right) {
            self.chain(binary);
            return;
        }
        let mutants = self.operators(binary);
        self.put(Kind::Either, binary.span().byte_range(), mutants);
        self.operands(binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        let mutants = self.of("UnaryOperator", &unary.op.span().byte_range());
        self.put(Kind::Either, unary.span().byte_range(), mutants);
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_struct(&mut self, of: &'ast ExprStruct) {
        let mut mutants = Vec::new();
        for field in &of.fields {
            // It ends with the comma.
            let start = field.span().byte_range().start;
            let is_it =
                |mutant: &&Mutant| mutant.genre == "StructField" && mutant.span.start == start;
            mutants.extend(self.mutants.iter().filter(is_it));
        }
        self.put(Kind::Either, of.span().byte_range(), mutants);
        visit::visit_expr_struct(self, of);
    }

    fn visit_expr_match(&mut self, choice: &'ast ExprMatch) {
        // An arm that can be passed over covers nothing.
        let is_covered = |arm: &Arm| arm.guard.is_none() && matches!(arm.pat, Pat::Wild(_));
        let is_covered = choice.arms.iter().any(is_covered);
        for arm in &choice.arms {
            if is_covered {
                let end = arm.pat.span().byte_range().end;
                let mutants = self.of("MatchArm", &arm.span().byte_range());
                self.put(Kind::Arm, end..end, mutants);
            }
            if let Some((_, guard)) = &arm.guard
                && !has_let(guard)
            {
                let range = guard.span().byte_range();
                let mutants = self.of("MatchArmGuard", &range);
                self.put(Kind::Guard, range, mutants);
            }
        }
        visit::visit_expr_match(self, choice);
    }
}
