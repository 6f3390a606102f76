//! `#[invalidates]` and `#[updates]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote_spanned};

use super::{Kept, future, keep, key, lookup, mixed, private, respan, shape, site, tags, value};
use crate::args::Which;
use crate::func::Func;
use crate::valid::{Key, Target, Write};

/// In: `#[invalidates(A { id })] #[updates(B { id: ret.id })] async fn f(..) -> R { BODY }`.
/// Out: the same function, whose body names A, runs BODY, names and stores B if BODY succeeded, and finishes.
pub(crate) fn expand(writes: &[Write], absorbed: &TokenStream, func: &Func) -> TokenStream {
    let mixed = mixed();
    let krate = writes.iter().find_map(|write| write.krate.as_ref());
    let (p, import) = &private(krate, false);
    let cache =
        writes.iter().find_map(|write| write.cache.as_ref()).map(|cache| quote_spanned!(mixed=> .cache(&#cache)));
    let stores = writes.iter().any(|write| write.which == Which::Updates);

    let mut parts = Parts::default();
    for (index, write) in writes.iter().enumerate() {
        let targets: Vec<&Target> = write.targets.iter().collect();
        let site = site::site(p, write.which, func, &targets, site::Facts::default(), index);
        parts.items.extend(site.items);
        parts.first_site.get_or_insert(site.name);
        for (target, spec) in write.targets.iter().zip(&site.specs) {
            parts.target(p, write.which, func, target, spec.as_ref());
        }
    }
    let Parts { items, first_site, before, late, on_value, .. } = &parts;
    let Kept { before: kept, after: unkept } = keep(p, func, &[], late);
    let early_shape = (stores || !future::pin_type(p, func).is_empty()).then(|| shape(p, func));
    let late_shape = early_shape.is_none().then(|| {
        let probe = quote_spanned!(mixed=> #p::probe(&__cache_ret));
        let shape = lookup(p, &probe);
        quote_spanned!(mixed=> let __cache_shape = #shape;)
    });
    let early_shape = early_shape.map(|shape| quote_spanned!(mixed=> let __cache_shape = #shape;));
    let body = future::future(p, func);
    let windows = windows(p, writes, func);
    let on_value = parts.on_value_arm(p, &unkept, on_value);
    func.with_body(quote_spanned! {mixed=>
        #absorbed
        #import
        #items
        #early_shape
        let mut __cache_write = #p::Write::new(&#first_site) #cache;
        #before
        #kept
        #windows
        let __cache_ret = __cache_write.run(::core::pin::pin!(#body)).await;
        #late_shape
        match #p::fate(__cache_shape, &__cache_ret) {
            #on_value
            #p::Fate::None => {}
            #p::Fate::Err => __cache_write.abandon(),
        }
        __cache_write.finish().await;
        __cache_ret
    })
}

/// `guard = ..` and `fence = ..`. The guard comes last: what it guards is named by then.
fn windows(p: &TokenStream, writes: &[Write], func: &Func) -> TokenStream {
    let mixed = mixed();
    let fences = writes.iter().filter_map(|write| value::early(p, func, write.fence.as_ref()?));
    let guards = writes.iter().filter_map(|write| value::early(p, func, write.guard.as_ref()?));
    quote_spanned! {mixed=>
        #(__cache_write.fence(#fences);)*
        #(__cache_write.guard(#guards).await;)*
    }
}

#[derive(Default)]
struct Parts {
    items: TokenStream,
    first_site: Option<Ident>,
    /// Before the body.
    before: TokenStream,
    /// With the value.
    on_value: TokenStream,
    /// Expressions among them that need parameters.
    late: Vec<TokenStream>,
    ret: Option<Ident>,
    slots: usize,
}

impl Parts {
    fn target(&mut self, p: &TokenStream, which: Which, func: &Func, target: &Target, spec: Option<&Ident>) {
        let mixed = mixed();
        let key = key::key(p, func, target, spec);
        let call = match (&target.key, which) {
            (Key::Tag(tag), _) => {
                let tag = tags::tag(p, tag);
                quote_spanned!(mixed=> __cache_write.tag(#tag);)
            }
            (_, Which::Updates) => {
                let slot = Ident::new(&format!("__cache_slot_{}", self.slots), mixed);
                self.slots += 1;
                self.store(p, func, target, &slot);
                let span = func.return_span();
                let q = &respan(p, span);
                let checked = quote_spanned!(span=> #q::stored_under(__cache_shape, #key));
                quote_spanned!(span=> let #slot = __cache_write.slot(#checked);)
            }
            _ => quote_spanned!(mixed=> __cache_write.remove(&#key);),
        };
        if !target.after {
            self.before.extend(call);
            return;
        }
        let tokens = target.tokens();
        self.ret = self.ret.take().or_else(|| value::ret(func, &tokens));
        self.late.push(tokens);
        // The slot comes before the store into it.
        let stores = std::mem::take(&mut self.on_value);
        self.on_value = call;
        self.on_value.extend(stores);
    }

    fn store(&mut self, p: &TokenStream, func: &Func, target: &Target, slot: &Ident) {
        let mixed = mixed();
        let value = quote_spanned!(mixed=> __cache_value);
        let ttl = target.ttl.as_ref().map(|ttl| {
            self.late.push(ttl.to_token_stream());
            value::early(p, func, ttl).or_else(|| value::late(p, func, ttl, &value)).unwrap_or_default()
        });
        let ttl = match ttl {
            Some(ttl) => quote_spanned!(mixed=> ::core::option::Option::Some(#ttl)),
            None => quote_spanned!(mixed=> ::core::option::Option::None),
        };
        if let Some(tags) = tags::value_tags(p, func, target, &value) {
            self.late.extend(target.value_tags());
            self.on_value.extend(quote_spanned!(mixed=> __cache_write.tags(&#slot, #tags);));
        }
        let span = func.return_span();
        self.on_value.extend(quote_spanned!(span=> __cache_write.store(#slot, __cache_value, #ttl);));
    }

    /// `Fate::Value(value) => ..`
    fn on_value_arm(&self, p: &TokenStream, unkept: &TokenStream, calls: &TokenStream) -> TokenStream {
        let mixed = mixed();
        if calls.is_empty() {
            return quote_spanned!(mixed=> #p::Fate::Value(_) => {});
        }
        let ret = self.ret.as_ref().map(|ret| quote_spanned!(mixed=> let #ret = __cache_value;));
        quote_spanned! {mixed=>
            #p::Fate::Value(__cache_value) => {
                #ret
                #unkept
                #calls
            }
        }
    }
}
