//! `p::Policy::new().local(..)..`

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, quote_spanned};

use super::{mixed, value};
use crate::args::{Policies, Setting, Time};

/// In: `local = "10s", refresh_ahead = 0.8`.
/// Out: `p::Policy::new().local(p::Duration::new(10, 0)).refresh(p::Refresh::Ahead(0.8))`; nothing for nothing.
pub(crate) fn policy(p: &TokenStream, policies: &Policies) -> Option<TokenStream> {
    let mixed = mixed();
    let variant = |ty: &str, name: &str| {
        let (ty, name) = (Ident::new(ty, mixed), Ident::new(name, mixed));
        quote_spanned!(mixed=> #p::#ty::#name)
    };
    let setters = policies.settings().map(|(name, setting)| {
        let argument = match setting {
            Setting::Time(time @ Time::Fixed(_)) => value::constant(p, time).unwrap_or_default(),
            Setting::Time(time) => time.to_token_stream(),
            Setting::Ahead(share) => {
                let (ahead, share) = (variant("Refresh", "Ahead"), Literal::f64_unsuffixed(*share));
                quote_spanned!(mixed=> #ahead(#share))
            }
            Setting::Jitter(share) => Literal::f64_unsuffixed(*share).into_token_stream(),
            Setting::Sliding(sliding) => sliding.into_token_stream(),
            Setting::Refresh(when) => variant("Refresh", when),
            Setting::Revalidate(place) => variant("Revalidate", place),
        };
        let setter = match setting {
            Setting::Ahead(_) => Ident::new("refresh", mixed),
            _ => Ident::new(&name.to_string(), mixed),
        };
        quote_spanned!(mixed=> .#setter(#argument))
    });
    let setters: TokenStream = setters.collect();
    (!setters.is_empty()).then(|| quote_spanned!(mixed=> #p::Policy::new()#setters))
}
