//! What a type says about the generics around it.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, GenericParam, Generics, Ident, Lifetime, Path, PathArguments, Type, TypePath, parse_quote};

/// The type parameters that occur in the type.
pub(super) fn params_in(generics: &Generics, ty: &Type) -> BTreeSet<Ident> {
    struct Find<'a> {
        generics: &'a Generics,
        found: BTreeSet<Ident>,
    }
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_path(&mut self, path: &'ast Path) {
            if let Some(first) = path.segments.first()
                && path.leading_colon.is_none()
                && self.generics.type_params().any(|param| param.ident == first.ident)
            {
                self.found.insert(first.ident.clone());
            }
            visit::visit_path(self, path);
        }
    }
    let mut find = Find { generics, found: BTreeSet::new() };
    find.visit_type(ty);
    find.found
}

/// Whether the type names the type that is being derived, as `Self` or by its name.
pub(super) fn mentions(own: &Ident, ty: &Type) -> bool {
    struct Find<'a>(&'a Ident, bool);
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_type_path(&mut self, path: &'ast TypePath) {
            self.1 |= is_own(self.0, path);
            visit::visit_type_path(self, path);
        }
    }
    let mut find = Find(own, false);
    find.visit_type(ty);
    find.1
}

/// Puts another type in the place of the type that is being derived.
pub(super) fn replace_own(own: &Ident, ty: &Type, other: &Type) -> Type {
    struct Replace<'a>(&'a Ident, &'a Type);
    impl VisitMut for Replace<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::Path(path) if is_own(self.0, path) => *ty = self.1.clone(),
                _ => visit_mut::visit_type_mut(self, ty),
            }
        }
    }
    let mut ty = ty.clone();
    Replace(own, other).visit_type_mut(&mut ty);
    ty
}

/// `Self`, `Node<..>` and `self::Node`, but not `other::Node` nor `Self::Item`.
fn is_own(own: &Ident, path: &TypePath) -> bool {
    if path.qself.is_some() || path.path.leading_colon.is_some() {
        return false;
    }
    let mut names = path.path.segments.iter().map(|segment| &segment.ident);
    match (names.next(), names.next(), names.next()) {
        (Some(one), None, None) => one == own || one == "Self",
        (Some(module), Some(name), None) => module == "self" && name == own,
        _ => false,
    }
}

/// The type with `'static` for each of its lifetimes; `None` when it has type or const parameters, so that there is
/// no one type to name.
pub(super) fn as_static(name: &Ident, generics: &Generics) -> Option<Type> {
    let mut lifetimes = Vec::new();
    for param in &generics.params {
        let GenericParam::Lifetime(_) = param else { return None };
        lifetimes.push(GenericArgument::Lifetime(Lifetime::new("'static", proc_macro2::Span::call_site())));
    }
    let mut ty: TypePath = parse_quote!(#name);
    if !lifetimes.is_empty()
        && let Some(last) = ty.path.segments.last_mut()
    {
        last.arguments = PathArguments::AngleBracketed(parse_quote!(<#(#lifetimes),*>));
    }
    Some(Type::Path(ty))
}
