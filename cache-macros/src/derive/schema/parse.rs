//! `#[cache_schema(..)]` and the input as a whole.

use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, LitStr, Path, Result, Variant};

use super::serde_args::SerdeArgs;
use crate::derive::args::{assign, each_arg, value};
use crate::derive::report::{Report, Slot, did_you_mean, list};

const EXAMPLE: &str = "#[cache_schema(opaque = \"money, 2\")]";

/// A field, with what is said about it.
pub(super) struct FieldShape<'a> {
    pub(super) field: &'a Field,
    pub(super) serde: SerdeArgs,
    pub(super) opaque: Option<LitStr>,
}

pub(super) struct VariantShape<'a> {
    pub(super) variant: &'a Variant,
    pub(super) serde: SerdeArgs,
    pub(super) fields: Vec<FieldShape<'a>>,
}

pub(super) enum Body<'a> {
    Struct(Vec<FieldShape<'a>>),
    Enum(Vec<VariantShape<'a>>),
    Union,
}

pub(super) struct Parsed<'a> {
    pub(super) serde: SerdeArgs,
    pub(super) opaque: Option<LitStr>,
    pub(super) runtime: Path,
    pub(super) body: Body<'a>,
}

#[derive(Default)]
struct Args {
    opaque: Slot<LitStr>,
    runtime: Slot<Path>,
}

pub(super) fn parse<'a>(input: &'a DeriveInput, report: &mut Report) -> Parsed<'a> {
    let args = args(&input.attrs, &["opaque", "crate"], "a type", report);
    let body = match &input.data {
        Data::Struct(data) => Body::Struct(fields(&data.fields, report)),
        Data::Enum(data) => Body::Enum(data.variants.iter().map(|variant| variant_shape(variant, report)).collect()),
        Data::Union(data) => {
            report.at(data.union_token, "serde does not write unions, so there is no shape; write a struct or an enum");
            Body::Union
        }
    };
    Parsed {
        serde: SerdeArgs::parse(&input.attrs),
        opaque: args.opaque.get().cloned(),
        runtime: args.runtime.get().cloned().unwrap_or_else(crate::derive::runtime),
        body,
    }
}

fn variant_shape<'a>(variant: &'a Variant, report: &mut Report) -> VariantShape<'a> {
    for attribute in ours(&variant.attrs) {
        report.at(&attribute.meta, "a variant takes no arguments; write them on the enum or on a field");
    }
    VariantShape { variant, serde: SerdeArgs::parse(&variant.attrs), fields: fields(&variant.fields, report) }
}

fn fields<'a>(fields: &'a Fields, report: &mut Report) -> Vec<FieldShape<'a>> {
    let shape = |field: &'a Field| {
        let args = args(&field.attrs, &["opaque"], "a field", report);
        let serde = SerdeArgs::parse(&field.attrs);
        if let (Some(name), true) = (args.opaque.name(), serde.is_unwritten()) {
            report.at(name, "serde skips this field, so it has no shape to name; remove `opaque`");
        }
        FieldShape { field, serde, opaque: args.opaque.get().cloned() }
    };
    fields.iter().map(shape).collect()
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cache_schema"))
}

fn args(attributes: &[Attribute], valid: &[&str], place: &str, report: &mut Report) -> Args {
    let mut args = Args::default();
    for attribute in ours(attributes) {
        each_arg(report, attribute, EXAMPLE, |report, name, input| arg(&mut args, report, name, input, valid, place));
    }
    args
}

fn arg(
    args: &mut Args,
    report: &mut Report,
    name: &Ident,
    input: ParseStream<'_>,
    valid: &[&str],
    place: &str,
) -> Result<()> {
    let text = name.to_string();
    match text.as_str() {
        "opaque" => {
            let text: LitStr = value(name, input, "opaque = \"money, 2\"")?;
            if text.value().is_empty() {
                return Err(syn::Error::new_spanned(
                    &text,
                    "an empty name tells no two shapes apart; name the shape, such as `\"money, 2\"`",
                ));
            }
            args.opaque.set(report, name, text);
        }
        "crate" if valid.contains(&"crate") => {
            assign(name, input, "crate = my::cache_runtime")?;
            let path = input.call(Path::parse_mod_style).map_err(|error| {
                syn::Error::new(error.span(), format_args!("{error}; write `crate = my::cache_runtime`"))
            })?;
            args.runtime.set(report, name, path);
        }
        other => {
            let hint = did_you_mean(other, valid);
            return Err(syn::Error::new_spanned(
                name,
                format_args!("unknown argument `{other}`{hint}; {place} takes {}", list(valid)),
            ));
        }
    }
    Ok(())
}
