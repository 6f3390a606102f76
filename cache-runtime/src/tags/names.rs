//! The names under which sets of entries are invalidated that one entry is in.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// Those of one entry.
pub(crate) enum Names {
    /// All that entries of a resource without tags have.
    Alike(&'static [String]),
    Own(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl Deref for Names {
    type Target = [String];

    fn deref(&self) -> &[String] {
        match self {
            Self::Alike(names) => names,
            Self::Own(names) => names,
        }
    }
}

/// So many resources are remembered by each thread.
const KNOWN: usize = 16;

type Known = Option<(&'static str, &'static [String])>;

thread_local! {
    static KNOWN_HERE: [Cell<Known>; KNOWN] = const { [const { Cell::new(None) }; KNOWN] };
}

/// The names that concern one entry. Those of an entry without tags are written once.
pub(crate) fn names<T: AsRef<str>>(of: &'static str, tags: &[T]) -> Names {
    if tags.is_empty() {
        // Texts in a program lie some bytes apart.
        let place = (of.as_ptr().addr() ^ of.as_ptr().addr() >> 4) % KNOWN;
        return Names::Alike(KNOWN_HERE.with(|known| alike(&known[place], of)));
    }
    let mut names = Vec::with_capacity(1 + tags.len());
    names.push(super::resource(of));
    names.extend(tags.iter().map(|text| super::tag(text.as_ref())));
    Names::Own(names)
}

fn alike(known: &Cell<Known>, of: &'static str) -> &'static [String] {
    match known.get() {
        // The same text at the same place: resources are names in the program.
        Some((resource, names)) if std::ptr::eq(resource, of) => names,
        _ => {
            let names = written(of);
            known.set(Some((of, names)));
            names
        }
    }
}

/// Kept for good, as many as a program has resources: a count of who uses them would be raised by every call on every processor.
fn written(of: &'static str) -> &'static [String] {
    static ALL: Mutex<Option<HashMap<&'static str, &'static [String]>>> = Mutex::new(None);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let all = all.get_or_insert_with(HashMap::new);
    all.entry(of).or_insert_with(|| Box::leak(Box::new([super::resource(of)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_resource_are_its_own_however_many_there_are() {
        for _ in 0..2 {
            for nth in 0..3 * KNOWN {
                let resource: &'static str = format!("resource-{nth}").leak();
                for _ in 0..2 {
                    assert_eq!(&*names::<&str>(resource, &[]), [format!("r:resource-{nth}")]);
                }
            }
        }
        assert_eq!(&*names("user", &["a"]), ["r:user", "t:a"]);
    }

    #[test]
    fn resources_that_begin_at_the_same_place_are_told_apart() {
        let text = "users";
        assert_eq!(&*names::<&str>(text, &[]), ["r:users"]);
        assert_eq!(&*names::<&str>(&text[..4], &[]), ["r:user"]);
        assert_eq!(&*names::<&str>(text, &[]), ["r:users"]);
    }
}
