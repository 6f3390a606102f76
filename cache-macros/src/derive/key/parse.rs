//! What is written in the attributes, as far as it can be read without looking at the rest.

use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Expr, Field, Fields, Ident, Lit, LitStr, Path, Result, Type};

use crate::args::{POLICIES, Policies, example, synonym};
use crate::derive::args::{assign, each_arg, flag, items, value};
use crate::derive::duration::Ttl;
use crate::derive::report::{Report, Slot, did_you_mean, list};

const TYPE_ARGS: [&str; 19] = [
    "resource",
    "value",
    "ttl",
    "cache_none",
    "version",
    "suffix",
    "tags",
    "validate",
    "local",
    "stale_if_error",
    "stale_while_revalidate",
    "soft_timeout",
    "hard_timeout",
    "refresh_ahead",
    "refresh",
    "jitter",
    "sliding",
    "revalidate",
    "crate",
];
const FIELD_ARGS: [&str; 3] = ["tenant", "skip", "hash"];
const TYPE_EXAMPLE: &str = "#[cache(resource = \"user\", value = User)]";
const FIELD_EXAMPLE: &str = "#[cache(tenant)]";

/// `version = ..`.
pub(super) enum VersionArg {
    Auto,
    Fixed(LitStr),
}

/// The arguments on the type.
#[derive(Default)]
pub(super) struct TypeArgs {
    pub(super) resource: Slot<LitStr>,
    pub(super) value: Slot<Type>,
    pub(super) ttl: Slot<Ttl>,
    /// `None` for the bare word, which takes over the ttl.
    pub(super) cache_none: Slot<Option<Ttl>>,
    pub(super) version: Slot<VersionArg>,
    pub(super) suffix: Slot<LitStr>,
    pub(super) tags: Slot<Vec<LitStr>>,
    pub(super) validate: Slot<Expr>,
    pub(super) policies: Policies,
    pub(super) runtime: Slot<Path>,
}

/// The arguments on a field.
#[derive(Default)]
pub(super) struct FieldArgs {
    pub(super) tenant: Slot<()>,
    pub(super) skip: Slot<()>,
    pub(super) hash: Slot<()>,
}

/// Everything that is written.
pub(super) struct Parsed {
    pub(super) args: TypeArgs,
    /// One list for a struct, one for each variant of an enum.
    pub(super) fields: Vec<Vec<FieldArgs>>,
}

pub(super) fn parse(input: &DeriveInput, report: &mut Report) -> Parsed {
    let mut args = TypeArgs::default();
    for attribute in ours(&input.attrs) {
        each_arg(report, attribute, TYPE_EXAMPLE, |report, name, input| type_arg(&mut args, report, name, input));
    }
    if let Err(error) = args.policies.check() {
        report.push(error);
    }
    let fields = match &input.data {
        Data::Struct(data) => vec![fields(&data.fields, report)],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                for attribute in ours(&variant.attrs) {
                    report.at(&attribute.meta, "a variant takes no arguments; write them on the enum or on a field");
                }
                fields(&variant.fields, report)
            })
            .collect(),
        Data::Union(_) => Vec::new(),
    };
    Parsed { args, fields }
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cache"))
}

fn fields(fields: &Fields, report: &mut Report) -> Vec<FieldArgs> {
    fields.iter().map(|field| field_args(field, report)).collect()
}

fn field_args(field: &Field, report: &mut Report) -> FieldArgs {
    let mut args = FieldArgs::default();
    for attribute in ours(&field.attrs) {
        each_arg(report, attribute, FIELD_EXAMPLE, |report, name, input| {
            let slot = match name.to_string().as_str() {
                "tenant" => &mut args.tenant,
                "skip" => &mut args.skip,
                "hash" => &mut args.hash,
                other if TYPE_ARGS.contains(&other) => {
                    return Err(error(name, format_args!("`{other}` belongs on the type, not on a field")));
                }
                other => return Err(unknown(name, other, &FIELD_ARGS, "a field")),
            };
            flag(name, input)?;
            slot.set(report, name, ());
            Ok(())
        });
    }
    args
}

fn type_arg(args: &mut TypeArgs, report: &mut Report, name: &Ident, input: ParseStream<'_>) -> Result<()> {
    match name.to_string().as_str() {
        "resource" => {
            let resource = value(name, input, "resource = \"user\"")?;
            args.resource.set(report, name, resource);
        }
        "value" => {
            if input.peek2(syn::LitStr) {
                assign(name, input, "value = User")?;
                let text: LitStr = input.parse()?;
                let message = format_args!("`value` is a type, without quotes: `value = {}`", text.value()).to_string();
                return Err(error(&text, message));
            }
            let ty = value(name, input, "value = User")?;
            args.value.set(report, name, ty);
        }
        "ttl" => {
            let ttl = Ttl::parse(value(name, input, "ttl = \"30m\"")?)?;
            args.ttl.set(report, name, ttl);
        }
        "cache_none" => {
            let ttl = if input.peek(syn::Token![=]) {
                Some(Ttl::parse(value(name, input, "cache_none = \"1m\"")?)?)
            } else {
                None
            };
            args.cache_none.set(report, name, ttl);
        }
        "version" => {
            let version = version(value(name, input, "version = 2")?)?;
            args.version.set(report, name, version);
        }
        "suffix" => {
            let suffix = value(name, input, "suffix = \"summary\"")?;
            args.suffix.set(report, name, suffix);
        }
        "tags" => {
            let tags = items(name, input, "tags(\"users\", \"org:{org}\")")?;
            args.tags.set(report, name, tags);
        }
        "validate" => {
            let validate = value(name, input, "validate = |key, value| value.id == key.id")?;
            args.validate.set(report, name, validate);
        }
        policy if POLICIES.contains(&policy) => {
            let expr = value(name, input, example(policy).trim_matches('`'))?;
            args.policies.add(name, expr)?;
        }
        "crate" => {
            assign(name, input, "crate = my::cache_runtime")?;
            let path = input.call(Path::parse_mod_style).map_err(|error| {
                syn::Error::new(error.span(), format_args!("{error}; write `crate = my::cache_runtime`"))
            })?;
            args.runtime.set(report, name, path);
        }
        other if FIELD_ARGS.contains(&other) => {
            return Err(error(name, format_args!("`{other}` belongs on a field, not on the type")));
        }
        other => return Err(unknown(name, other, &TYPE_ARGS, "a key type")),
    }
    Ok(())
}

fn version(expr: Expr) -> Result<VersionArg> {
    match &expr {
        Expr::Path(path) if path.path.is_ident("auto") => Ok(VersionArg::Auto),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Ok(VersionArg::Fixed(text.clone())),
            Lit::Int(number) if number.suffix().is_empty() => {
                Ok(VersionArg::Fixed(LitStr::new(&format!("v{}", number.base10_digits()), number.span())))
            }
            other => Err(error(other, WRONG_VERSION)),
        },
        other => Err(error(other, WRONG_VERSION)),
    }
}

const WRONG_VERSION: &str = "write a number, `version = 2`, a text, `version = \"2024-05\"`, or `version = auto`";

fn error(tokens: impl quote::ToTokens, message: impl std::fmt::Display) -> syn::Error {
    syn::Error::new_spanned(tokens, message)
}

fn unknown(name: &Ident, given: &str, valid: &[&str], place: &str) -> syn::Error {
    let hint = match synonym(given).filter(|near| valid.contains(near)) {
        Some(near) => format!(" (did you mean `{near}`?)"),
        None => did_you_mean(given, valid),
    };
    error(name, format_args!("unknown argument `{given}`{hint}; {place} takes {}", list(valid)))
}
