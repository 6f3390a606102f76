//! Which parameters a body in the background must be given as its own, and which cannot be.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{
    Lifetime, ParenthesizedGenericArguments, Pat, PatIdent, PatReference, Receiver, ReceiverKind, TraitBound, Type,
    TypeFnPtr, TypeReference,
};

use crate::func::{Func, is_binding};
use crate::report::Report;

/// A borrowed parameter that is made owned for the body, and lent to it.
pub(crate) struct Lent {
    pub(crate) ident: Ident,
    /// Whether the body may assign to the name.
    pub(crate) mutable: bool,
    /// Where errors about its type belong.
    pub(crate) span: Span,
}

/// The borrowed parameters. Each that cannot be made owned is a mistake; `why` is the argument that asks for it.
pub(crate) fn plan(func: &Func, why: &Ident, report: &mut Report) -> Vec<Lent> {
    let mut plan = Plan { why, report, lent: Vec::new() };
    if let Some(receiver) = func.receiver() {
        plan.receiver(receiver);
    }
    for (pat, ty) in func.patterns() {
        plan.parameter(pat, ty);
    }
    plan.lent
}

struct Plan<'a> {
    why: &'a Ident,
    report: &'a mut Report,
    lent: Vec<Lent>,
}

impl Plan<'_> {
    fn refuse(&mut self, tokens: impl ToTokens, what: &str, instead: &str) {
        let why = self.why;
        self.report.error(
            tokens,
            format_args!("`{why}` runs the body in the background, where {what} cannot go; {instead}, or write `revalidate = \"inline\"`"),
        );
    }

    fn receiver(&mut self, receiver: &Receiver) {
        let borrows = match &receiver.kind {
            ReceiverKind::Reference(..) => true,
            ReceiverKind::Typed(_, ty) => borrow_in(ty).is_some(),
            _ => false,
        };
        if borrows {
            self.refuse(receiver, "a borrowed `self`", "take `self: Arc<Self>`, or `self` by value");
        }
    }

    fn parameter(&mut self, pat: &Pat, ty: &Type) {
        let Type::Reference(reference) = peel(ty) else {
            if let Some(borrow) = borrow_in(ty) {
                self.refuse(ty, &format!("the borrow `{borrow}`"), "take an owned type");
            }
            return;
        };
        if is_static(reference) {
            return;
        }
        if reference.mutability.is_some() {
            return self.refuse(ty, "`&mut`", "take it by value");
        }
        if let Type::TraitObject(_) = peel(&reference.elem) {
            return self.refuse(ty, "a borrowed `dyn`", "take an `Arc` of it");
        }
        if let Some(borrow) = borrow_in(&reference.elem) {
            return self.refuse(ty, &format!("the borrow `{borrow}` in a reference"), "take an owned type");
        }
        self.lend(pat, ty);
    }

    fn lend(&mut self, pat: &Pat, ty: &Type) {
        // What `&pattern` binds was copied out of the reference.
        if matches!(pat, Pat::Reference(inside) if !Bindings::of(&inside.pat).explicit) {
            return;
        }
        let bindings = Bindings::of(pat);
        if bindings.explicit {
            return self.refuse(pat, "what this pattern borrows", "name the parameter, and take it apart in the body");
        }
        let span = ty.span();
        self.lent.extend(bindings.names.into_iter().map(|(ident, mutable)| Lent { ident, mutable, span }));
    }
}

fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

fn is_static(reference: &TypeReference) -> bool {
    reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
}

/// The names of a pattern, and which of them can be assigned to.
#[derive(Default)]
struct Bindings {
    names: Vec<(Ident, bool)>,
    /// Whether it says by itself what is borrowed: `ref`, `&` or `@`.
    explicit: bool,
}

impl Bindings {
    fn of(pat: &Pat) -> Self {
        let mut bindings = Self::default();
        bindings.visit_pat(pat);
        bindings
    }
}

impl Visit<'_> for Bindings {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        self.explicit |= pat.by_ref.is_some() || pat.subpat.is_some();
        if is_binding(&pat.ident) {
            self.names.push((pat.ident.clone(), pat.mutability.is_some()));
        }
    }

    fn visit_pat_reference(&mut self, _: &PatReference) {
        self.explicit = true;
    }
}

/// The first borrow in the type, as spelled.
fn borrow_in(ty: &Type) -> Option<String> {
    let mut find = Find(None);
    find.visit_type(ty);
    find.0
}

struct Find(Option<String>);

impl Find {
    fn found(&mut self, tokens: &impl ToTokens) {
        self.0.get_or_insert_with(|| crate::text::of(&tokens.to_token_stream()));
    }
}

impl Visit<'_> for Find {
    fn visit_type_reference(&mut self, reference: &TypeReference) {
        if is_static(reference) {
            visit::visit_type_reference(self, reference);
        } else {
            self.found(reference);
        }
    }

    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        if lifetime.ident != "static" {
            self.found(lifetime);
        }
    }

    // What a function takes and returns is not borrowed here.
    fn visit_type_fn_ptr(&mut self, _: &TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &ParenthesizedGenericArguments) {}

    fn visit_trait_bound(&mut self, bound: &TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }
}
