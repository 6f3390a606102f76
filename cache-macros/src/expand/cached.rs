//! `#[cached]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

use super::site::Facts;
use super::{
    Kept, at, bare_shape, block, detached, future, keep, key, mixed, policy, private, respan, site, tags, value,
};
use crate::args::Which;
use crate::func::Func;
use crate::scan::{rename, variable};
use crate::valid::{Key, Read};

/// In: `#[cached(KEY)] async fn f(..) -> R { BODY }`.
/// Out: the same function, whose body asks for the key first and runs BODY only to load.
pub(crate) fn expand(read: &Read, func: &Func) -> TokenStream {
    let mixed = mixed();
    let (p, import) = &private(read.krate.as_ref(), true);
    let target = &read.target;
    let short = matches!(target.key, Key::Short(_));

    let none_constant = read.none_ttl.as_ref().and_then(|ttl| value::constant(p, ttl));
    // What a short key's constant says already is not said again.
    let policy = policy(p, &read.policies);
    let (known_policy, policy) = if short && read.policies.is_constant() { (policy, None) } else { (None, policy) };
    let facts = Facts { none_ttl: none_constant.as_ref(), policy: known_policy.as_ref(), traits: true };
    let site = site::site(p, Which::Cached, func, &[target], facts, 0);
    let items = &site.items;

    let cache = read.cache.as_ref().map(|cache| quote_spanned!(mixed=> .cache(&#cache)));
    let bypass = read.bypass.as_ref().map(|bypass| quote_spanned!(mixed=> .bypass(#bypass)));
    let ttl = target.ttl.as_ref().filter(|ttl| !short || value::constant(p, ttl).is_none());
    let ttl = ttl.and_then(|ttl| value::early(p, func, ttl)).map(|ttl| quote_spanned!(mixed=> .ttl(#ttl)));
    let none_ttl = read.none_ttl.as_ref().filter(|_| !short || none_constant.is_none());
    let none_ttl =
        none_ttl.and_then(|ttl| value::early(p, func, ttl)).map(|ttl| quote_spanned!(mixed=> .none_ttl(#ttl)));
    let policy = policy.map(|policy| quote_spanned!(mixed=> .policy(#policy)));
    let detached = read.detached.as_ref().map(|_| quote_spanned!(mixed=> .detached()));
    let key = key::key(p, func, target, site.specs.first().and_then(Option::as_ref));

    let (kept, decide) = decision(p, read, func);
    let shape = bare_shape(p, func);
    // Both calls stand at the return type, so that what is wrong with it is said there, and once.
    let span = func.return_span();
    let q = &respan(p, span);
    let set = quote_spanned!(mixed=> #cache #bypass #ttl #none_ttl #policy #detached);
    let call = if set.is_empty() { quote_spanned!(span=> ()) } else { quote_spanned!(span=> #q::Call::new() #set) };
    let enter = quote_spanned!(span=> #q::enter(#call, { (&&&&__cache_shape).shared() }, #key));
    let miss = quote_spanned!(span=> __cache_enter.await);
    let must_share = read.policies.has("local").then(|| quote_spanned!(span=> #q::must_share(__cache_shape);));
    let load = load(p, read, func, decide.as_ref());
    func.with_body(quote_spanned! {mixed=>
        #import
        #items
        let __cache_shape = #shape;
        #must_share
        // The key, and with it every borrow of a parameter, ends with this statement. Whether the value can be held decoded is
        // found by method lookup as well, in a block of its own: what it borrows would stay until the store has answered.
        let __cache_entry = match #enter {
            #p::Hit(__ret) => return __ret,
            #p::Miss(__cache_enter) => #miss,
        };
        if let #p::Ready(__ret) = __cache_entry { return __ret; }
        #kept
        #load
    })
}

/// The call that runs the body: in place, or where it can go on without the caller.
fn load(p: &TokenStream, read: &Read, func: &Func, decide: Option<&TokenStream>) -> TokenStream {
    let (mixed, span) = (mixed(), func.return_span());
    let q = &respan(p, span);
    let late = read.policies.has("hard_timeout").then(|| quote_spanned!(span=> #q::late(__cache_shape)));
    if let Some(lent) = &read.detached {
        let body = detached::body(p, func, lent);
        let late = match late {
            Some(late) => quote_spanned!(mixed=> ::core::option::Option::Some(#late)),
            None => quote_spanned!(mixed=> ::core::option::Option::None),
        };
        let load = quote_spanned!(span=> #q::load_detached(__cache_entry, __cache_body, #decide, #late).await);
        return quote_spanned! {mixed=>
            let __cache_body = #body;
            #load
        };
    }
    let body = future::future(p, func);
    let decide = decide.map(|decide| quote_spanned!(mixed=> .decide(#decide)));
    match late {
        Some(late) => quote_spanned!(span=> #q::load_within(__cache_entry, #body, #late) #decide.await),
        None => quote_spanned!(span=> #q::load(__cache_entry, #body) #decide.await),
    }
}

/// What to do with a loaded value: the parameters to keep for it, and the closure, where something is asked.
fn decision(p: &TokenStream, read: &Read, func: &Func) -> (TokenStream, Option<TokenStream>) {
    let mixed = mixed();
    let value = quote_spanned!(mixed=> __cache_value);
    let late = read.target.ttl.as_ref().and_then(|ttl| value::late(p, func, ttl, &value).map(|tokens| (ttl, tokens)));
    let mut expressions = Vec::new();
    let ttl = late.map(|(ttl, tokens)| {
        expressions.push(ttl.to_token_stream());
        quote_spanned!(mixed=> .ttl(#tokens))
    });
    let keep_if = read.cache_if.as_ref().map(|expr| {
        expressions.push(expr.to_token_stream());
        let tokens = value::over(p, func, expr, &value);
        quote_spanned!(mixed=> .keep(#tokens))
    });
    let lent = read.detached.as_deref();
    let tags = tags::value_tags(p, func, &read.target, &value).map(|tags| {
        expressions.extend(read.target.value_tags());
        quote_spanned!(mixed=> .tags(#tags))
    });
    let Kept { mut before, after } = keep(p, func, lent.unwrap_or_default(), &expressions);
    let uses = ttl.is_some()
        || tags.is_some()
        || keep_if.as_ref().is_some_and(|tokens| tokens.to_string().contains("__cache_value"));
    let name = if uses { value } else { quote!(_) };
    let body = block(&after, quote_spanned!(mixed=> #p::Decision::new() #ttl #keep_if #tags));
    if lent.is_none() {
        let asked = ttl.is_some() || tags.is_some() || keep_if.is_some();
        return (before, asked.then(|| quote_spanned!(mixed=> |#name| #body)));
    }
    let mut decide = quote_spanned!(mixed=> move |#name| #body);
    // The body has `self`, and may outlive this call.
    let own = func.self_name().cloned().unwrap_or_else(|| Ident::new("self", mixed));
    if let Some(used) = variable(&decide, &own.to_string()) {
        let (span, kept) = (at(used.span()), Ident::new("__cache_keep_self", mixed));
        let own = Ident::new(&own.to_string(), used.span());
        before.extend(quote_spanned!(span=> let #kept = ::core::clone::Clone::clone(&#own);));
        decide = rename(decide, &own.to_string(), &kept);
    }
    (before, Some(decide))
}
