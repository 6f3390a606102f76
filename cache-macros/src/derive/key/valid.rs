//! Checks what is written against the type, and makes the model from which code is made.

use quote::format_ident;
use syn::{Data, DeriveInput, Expr, Fields, Ident, Index, LitStr, Member, Path, Type, parse_quote};

use super::parse::{FieldArgs, Parsed, TypeArgs, VersionArg};
use super::tags::{Tag, tag};
use crate::args::Policies;
use crate::derive::duration::Ttl;
use crate::derive::report::Report;
use crate::derive::{runtime, words};

/// What a field does in the key.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Part,
    Hash,
    Tenant,
    Skip,
}

pub(super) struct KeyField<'a> {
    pub(super) member: Member,
    pub(super) name: String,
    /// Whether it is of an enum's variant, and so is bound to a variable: this one.
    pub(super) of_variant: bool,
    pub(super) variable: Ident,
    pub(super) ty: &'a Type,
    pub(super) role: Role,
}

/// A struct, or a variant of an enum.
pub(super) struct Shape<'a> {
    pub(super) variant: Option<&'a Ident>,
    pub(super) named: bool,
    pub(super) fields: Vec<KeyField<'a>>,
}

impl Shape<'_> {
    pub(super) fn with(&self, roles: &[Role]) -> impl Iterator<Item = &KeyField<'_>> {
        self.fields.iter().filter(|field| roles.contains(&field.role))
    }
}

pub(super) struct Typed<'a> {
    pub(super) resource: &'a LitStr,
    pub(super) value: &'a Type,
    pub(super) ttl: Option<&'a Ttl>,
    pub(super) none_ttl: Option<&'a Ttl>,
    pub(super) version: Option<&'a VersionArg>,
    pub(super) suffix: Option<&'a LitStr>,
    pub(super) tags: Vec<Tag>,
    pub(super) validate: Option<&'a Expr>,
    pub(super) policies: &'a Policies,
    pub(super) tenant: bool,
}

pub(super) struct Key<'a> {
    pub(super) runtime: Path,
    /// What is in it for expansions.
    pub(super) private: Path,
    pub(super) shapes: Vec<Shape<'a>>,
    pub(super) typed: Option<Typed<'a>>,
}

pub(super) fn validate<'a>(input: &'a DeriveInput, parsed: &'a Parsed, report: &mut Report) -> Option<Key<'a>> {
    // An argument that could not be read is not a missing one.
    let complete = !report.failed();
    let shapes: Vec<Shape<'a>> = match &input.data {
        Data::Struct(data) => vec![shape(None, &data.fields, parsed.fields.first()?, report)],
        Data::Enum(data) => data
            .variants
            .iter()
            .zip(&parsed.fields)
            .map(|(variant, args)| shape(Some(&variant.ident), &variant.fields, args, report))
            .collect(),
        Data::Union(data) => {
            report
                .at(data.union_token, "a union cannot be a key: it does not know its field; write a struct or an enum");
            return None;
        }
    };
    if shapes.is_empty() {
        report.at(&input.ident, "an enum without variants has no value to make a key of; add a variant");
    }
    let all = || shapes.iter().flat_map(|shape| &shape.fields);
    if all().next().is_some() && all().all(|field| field.role == Role::Skip) {
        report.at(
            &input.ident,
            "every field is skipped, so that all keys would be one; keep a field, or write a unit struct",
        );
    }
    let typed = typed(&parsed.args, &shapes, parsed, complete, report);
    let runtime = parsed.args.runtime.get().cloned().unwrap_or_else(runtime);
    let private = parse_quote!(#runtime::__private);
    Some(Key { runtime, private, shapes, typed })
}

fn shape<'a>(variant: Option<&'a Ident>, fields: &'a Fields, args: &[FieldArgs], report: &mut Report) -> Shape<'a> {
    let mut tenant = None;
    let (mut model, of_variant) = (Vec::new(), variant.is_some());
    for (index, (field, args)) in fields.iter().zip(args).enumerate() {
        let member = match &field.ident {
            Some(name) => Member::Named(name.clone()),
            None => Member::Unnamed(Index::from(index)),
        };
        let name = words::member_name(&member);
        let role = role(args, report);
        if role == Role::Tenant {
            if let Some(first) = &tenant {
                let message = format!("a key has one tenant, and `{first}` is it; remove this");
                report.at(args.tenant.name(), message);
            } else {
                tenant = Some(name.clone());
            }
        }
        let variable = format_ident!("__cache_{index}");
        model.push(KeyField { member, name, of_variant, variable, ty: &field.ty, role });
    }
    Shape { variant, named: matches!(fields, Fields::Named(_)), fields: model }
}

fn role(args: &FieldArgs, report: &mut Report) -> Role {
    match (args.tenant.name(), args.skip.name(), args.hash.name()) {
        (Some(_), Some(skip), _) => {
            report.at(skip, "a tenant cannot be skipped: keys of two tenants would meet; remove `skip`")
        }
        (Some(_), _, Some(hash)) => report.at(hash, "a tenant is not hashed: operators look for it; remove `hash`"),
        (_, Some(_), Some(hash)) => {
            report.at(hash, "a skipped field is not in the key, so there is nothing to hash; remove one")
        }
        _ => {}
    }
    match (args.tenant.get(), args.skip.get(), args.hash.get()) {
        (Some(()), ..) => Role::Tenant,
        (_, Some(()), _) => Role::Skip,
        (_, _, Some(())) => Role::Hash,
        _ => Role::Part,
    }
}

fn typed<'a>(
    args: &'a TypeArgs,
    shapes: &[Shape<'_>],
    parsed: &Parsed,
    complete: bool,
    report: &mut Report,
) -> Option<Typed<'a>> {
    for text in [args.resource.get(), args.suffix.get()].into_iter().flatten() {
        key_text(text, report);
    }
    if let Some(VersionArg::Fixed(text)) = args.version.get() {
        key_text(text, report);
    }
    let tags = tags(args, shapes, report);
    let (resource, value) = match (args.resource.get(), args.value.get()) {
        (Some(resource), Some(value)) => (resource, value),
        _ if !complete => return None,
        (Some(_), None) => {
            report.at(args.resource.name(), "`resource` needs the type of what is cached: add `value = Type`");
            return None;
        }
        (None, Some(_)) => {
            report.at(args.value.name(), "`value` needs the name of what is cached: add `resource = \"..\"`");
            return None;
        }
        (None, None) => {
            needs_resource(args, parsed, report);
            return None;
        }
    };
    let none_ttl = match args.cache_none.get() {
        Some(Some(ttl)) => Some(ttl),
        Some(None) if args.ttl.get().is_none() => {
            report.at(
                args.cache_none.name(),
                "for how long? write `cache_none = \"1m\"`, or give a `ttl` that it can share",
            );
            None
        }
        Some(None) => args.ttl.get(),
        None => None,
    };
    let with_tenant = |shape: &Shape<'_>| shape.with(&[Role::Tenant]).next().is_some();
    let tenant = shapes.iter().any(with_tenant);
    for shape in shapes.iter().filter(|shape| tenant && !with_tenant(shape)) {
        report.at(shape.variant, "this variant has no tenant, and others have; mark a field `#[cache(tenant)]`");
    }
    Some(Typed {
        resource,
        value,
        ttl: args.ttl.get(),
        none_ttl,
        version: args.version.get(),
        suffix: args.suffix.get(),
        tags,
        validate: args.validate.get(),
        policies: &args.policies,
        tenant,
    })
}

/// Arguments that say something about entries, on a type that names none.
fn needs_resource(args: &TypeArgs, parsed: &Parsed, report: &mut Report) {
    let on_type = [
        args.ttl.name(),
        args.cache_none.name(),
        args.version.name(),
        args.suffix.name(),
        args.tags.name(),
        args.validate.name(),
    ];
    let on_fields = parsed.fields.iter().flatten().map(|field| field.tenant.name());
    for name in on_type.into_iter().chain(on_fields).flatten().chain(args.policies.names()) {
        report.at(
            name,
            format_args!(
                "`{name}` is for a key with a resource: add `#[cache(resource = \"..\", value = Type)]` to the type"
            ),
        );
    }
}

/// Fields that every variant has, since a tag must be there for each.
fn tags(args: &TypeArgs, shapes: &[Shape<'_>], report: &mut Report) -> Vec<Tag> {
    let names = |shape: &Shape<'_>| shape.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let mut fields = shapes.first().map(names).unwrap_or_default();
    fields.retain(|name| shapes.iter().all(|shape| shape.fields.iter().any(|field| field.name == *name)));
    let hidden: Vec<String> =
        shapes.iter().flat_map(|shape| shape.with(&[Role::Hash])).map(|field| field.name.clone()).collect();

    let mut tags: Vec<Tag> = Vec::new();
    for literal in args.tags.get().into_iter().flatten() {
        if tags.iter().any(|tag| tag.literal.value() == literal.value()) {
            report.at(literal, "this tag is given twice; remove one");
        } else {
            tags.extend(tag(literal, &fields, &hidden, report));
        }
    }
    tags
}

fn key_text(text: &LitStr, report: &mut Report) {
    let value = text.value();
    if value.is_empty() {
        report.at(text, "this is part of the key and cannot be empty");
    } else if let Some(wrong) = value.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')) {
        let better: String =
            value.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        report.push(syn::Error::new(
            text.span(),
            format_args!("{wrong:?} cannot stand in this part of a key; use letters, digits, `-`, `_` and `.`, such as `\"{better}\"`"),
        ));
    }
}
