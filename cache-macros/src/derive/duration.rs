//! Durations as written in an attribute: `"30m"`, `90`, or an expression.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Expr, ExprLit, Lit, Path, Result};

const UNITS: [(&str, u64); 6] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

/// A duration that the macro knows, or an expression that the compiler will.
pub(super) enum Ttl {
    Millis(u64),
    Expr(Box<Expr>),
}

impl Ttl {
    pub(super) fn parse(expr: Expr) -> Result<Self> {
        let millis = match &expr {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => read(&text.value()),
            Expr::Lit(ExprLit { lit: Lit::Int(seconds), .. }) if seconds.suffix().is_empty() => {
                seconds.base10_parse::<u64>()?.checked_mul(1_000)
            }
            Expr::Lit(_) | Expr::Unary(_) => None,
            _ => return Ok(Self::Expr(Box::new(expr))),
        };
        match millis {
            Some(0) => Err(syn::Error::new_spanned(
                &expr,
                "a time to live of zero caches nothing; write `\"30m\"`, or remove it",
            )),
            Some(millis) => Ok(Self::Millis(millis)),
            None => Err(syn::Error::new_spanned(
                &expr,
                format_args!(
                    "not a duration: {}; write `\"30m\"` (a number and one of `ms`, `s`, `m`, `h`, `d`, `w`), \
                     whole seconds such as `90`, or a constant `Duration`",
                    expr.to_token_stream(),
                ),
            )),
        }
    }

    pub(super) fn expand(&self, p: &Path) -> TokenStream {
        match self {
            Self::Millis(millis) if millis % 1_000 == 0 => {
                let seconds = millis / 1_000;
                quote!(#p::Duration::from_secs(#seconds))
            }
            Self::Millis(millis) => quote!(#p::Duration::from_millis(#millis)),
            Self::Expr(expr) => quote!(#expr),
        }
    }
}

/// `30m`, `1h30m`: numbers with units, in milliseconds.
fn read(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == &rest[..letters])?;
        total = total.checked_add(number.checked_mul(*unit)?)?;
        rest = rest[letters..].trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn units_are_read() {
        assert_eq!(read("30m"), Some(1_800_000));
        assert_eq!(read("1h30m"), Some(5_400_000));
        assert_eq!(read("1h 30m"), Some(5_400_000));
        assert_eq!(read("250ms"), Some(250));
        assert_eq!(read("2w"), Some(1_209_600_000));
        for wrong in ["", "30", "m", "30x", "30 minutes", "-1s", "1.5h", "99999999999999999999s", "99999999999999999w"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
