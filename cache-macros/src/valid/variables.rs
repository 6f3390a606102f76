//! `ret` and `self`, where there are none.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::Check;
use crate::args::{Given, Part, Tag, Which};
use crate::report::{Report, Slot};
use crate::scan::variable;

impl Check<'_> {
    pub(super) fn variables(&self, given: &Given, report: &mut Report) {
        let slots = [&given.tenant, &given.suffix, &given.cache, &given.bypass];
        let mut early: Vec<TokenStream> = given.keys.iter().map(ToTokens::to_token_stream).collect();
        early.extend(slots.into_iter().filter_map(Slot::get).map(ToTokens::to_token_stream));
        early.extend(given.key.get().into_iter().flatten().map(Part::tokens));
        let (value_tags, tags): (Vec<_>, Vec<_>) =
            given.tags.get().into_iter().flatten().partition(|tag| tag.value_name(self.func).is_some());
        early.extend(tags.into_iter().map(Tag::values));
        early.extend(given.cache_none.get().map(ToTokens::to_token_stream));
        early.extend(given.policies.expressions());
        early.extend([&given.guard, &given.fence].into_iter().filter_map(Slot::get).map(ToTokens::to_token_stream));
        let late =
            [given.ttl.get().map(ToTokens::to_token_stream), given.cache_if.get().map(ToTokens::to_token_stream)];
        let tags = given.tag_targets.iter().map(|(_, tag)| tag.values()).chain(value_tags.into_iter().map(Tag::values));
        let no_self = self.func.receiver().is_none() && self.func.self_name().is_none();
        for tokens in early.iter().cloned().chain(late.into_iter().flatten()).chain(tags) {
            if let Some(found) = variable(tokens, "self").filter(|_| no_self) {
                report.error(found, "there is no `self` here: this function is not a method");
            }
        }
        let before: &[_] = if self.which == Which::Cached { &early } else { &[] };
        let whole = [
            given.cache.get().map(ToTokens::to_token_stream),
            given.guard.get().map(ToTokens::to_token_stream),
            given.fence.get().map(ToTokens::to_token_stream),
        ];
        if self.func.ret_is_special() {
            for tokens in
                before.iter().cloned().chain(whole.into_iter().flatten().filter(|_| self.which != Which::Cached))
            {
                if let Some(found) = variable(tokens, "ret") {
                    report.error(
                        found,
                        "`ret`, the returned value, is not known yet here: this is evaluated before the body",
                    );
                }
            }
        }
    }
}
