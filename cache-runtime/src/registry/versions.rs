//! Which versions of a resource this process knows: an invalidation removes them all.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{OnceLock, PoisonError, RwLock};

use crate::key::{KeySpec, Version};
use crate::private::{KeyRef, Kind, Site, TargetSpec};

type View = (String, Option<String>);

/// Versions of the call sites and keys that are linked in.
static LINKED: OnceLock<HashMap<View, BTreeSet<String>>> = OnceLock::new();

/// Versions met at run time, of functions whose value type depends on generics.
static MET: RwLock<Option<HashSet<(View, u64)>>> = RwLock::new(None);

/// The versions known for a resource and suffix.
pub(crate) fn versions(resource: &str, suffix: Option<&str>) -> Vec<Cow<'static, str>> {
    let view = (resource.to_owned(), suffix.map(str::to_owned));
    let linked = LINKED.get_or_init(linked).get(&view);
    let mut all: Vec<Cow<'static, str>> =
        linked.into_iter().flatten().map(|text| Cow::Borrowed(text.as_str())).collect();
    let met = MET.read().unwrap_or_else(PoisonError::into_inner);
    for (_, fingerprint) in met.iter().flatten().filter(|(met, _)| *met == view) {
        let text = Version::Auto(*fingerprint).text();
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// Remembers the version of an entry that is being stored, if it may be one that no linked site names.
pub(crate) fn note_version(resource: &str, suffix: Option<&str>, version: Version) {
    let Version::Auto(fingerprint) = version else { return };
    let view = (resource.to_owned(), suffix.map(str::to_owned));
    let known =
        |met: &Option<HashSet<(View, u64)>>| met.as_ref().is_some_and(|met| met.contains(&(view.clone(), fingerprint)));
    if known(&MET.read().unwrap_or_else(PoisonError::into_inner)) {
        return;
    }
    MET.write().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert((view, fingerprint));
}

fn linked() -> HashMap<View, BTreeSet<String>> {
    let mut all: HashMap<View, BTreeSet<String>> = HashMap::new();
    let mut add = |spec: KeySpec| {
        let view = (spec.resource.to_owned(), spec.suffix.map(str::to_owned));
        all.entry(view).or_default().insert(spec.version.text().into_owned());
    };
    for key in KeyRef::all() {
        add(*key.spec);
    }
    for site in Site::all() {
        for target in site.targets() {
            // The version of a short-form invalidation is not written, and its default means nothing.
            let unwritten = site.kind == Kind::Invalidates && matches!(target.spec, TargetSpec::Short { .. });
            if let Some(spec) = target.spec.facts().filter(|_| !unwritten) {
                add(spec);
            }
        }
    }
    all
}
