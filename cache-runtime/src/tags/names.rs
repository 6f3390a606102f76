//! The names under which sets of entries are invalidated that one entry is in.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

/// Those of one entry.
pub(crate) enum Names {
    /// All that entries of a resource without tags have.
    Alike(Arc<[String]>),
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

type Known = [Option<(&'static str, Arc<[String]>)>; KNOWN];

thread_local! {
    static KNOWN_HERE: RefCell<Known> = const { RefCell::new([const { None }; KNOWN]) };
}

/// The names that concern one entry. Those of an entry without tags are written once by each thread.
pub(crate) fn names<T: AsRef<str>>(of: &'static str, tags: &[T]) -> Names {
    if tags.is_empty() {
        return Names::Alike(KNOWN_HERE.with_borrow_mut(|known| alike(known, of)));
    }
    let mut names = Vec::with_capacity(1 + tags.len());
    names.push(super::resource(of));
    names.extend(tags.iter().map(|text| super::tag(text.as_ref())));
    Names::Own(names)
}

fn alike(known: &mut Known, of: &'static str) -> Arc<[String]> {
    // Texts in a program lie some bytes apart.
    let known = &mut known[(of.as_ptr().addr() ^ of.as_ptr().addr() >> 4) % KNOWN];
    match known {
        // The same text at the same place: resources are names in the program.
        Some((resource, names)) if std::ptr::eq(*resource, of) => Arc::clone(names),
        known => Arc::clone(&known.insert((of, [super::resource(of)].into())).1),
    }
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
