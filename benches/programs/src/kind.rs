//! How the functions of a program are annotated.

use std::fmt;

/// How the functions are annotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not at all.
    Plain,
    /// `#[cached(resource = .., key(id), ttl = ..)]`.
    Short,
    /// `#[cached(Key { id })]`, with a derived key for each function.
    Typed,
    /// `#[concurrent_cached]` of `cached`, in memory.
    PeerMemory,
    /// `#[concurrent_cached]` of `cached`, in Redis.
    PeerRedis,
}

impl Kind {
    /// All, the baseline first.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Short, Self::Typed, Self::PeerMemory, Self::PeerRedis];

    /// Of this project.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Short | Self::Typed)
    }

    /// Whether a must concerns the time that it takes.
    pub fn has_a_must(self) -> bool {
        matches!(self, Self::Plain | Self::Short | Self::Typed | Self::PeerRedis)
    }

    pub(crate) fn imports(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Short => "use cache_runtime::cached;\n",
            Self::Typed => "use cache_runtime::{CacheKey, cached};\n",
            Self::PeerMemory | Self::PeerRedis => "use cached::macros::concurrent_cached;\n",
        }
    }

    /// What stands above the function number `n`, which returns `value`.
    pub(crate) fn attribute(self, n: usize, value: &str) -> String {
        match self {
            Self::Plain => String::new(),
            Self::Short => format!("#[cached(resource = \"row-{n}\", key(id), ttl = \"5m\")]\n"),
            // No `Clone`: it is std's, and no part of a key's work.
            Self::Typed => format!(
                "#[derive(CacheKey)]\n#[cache(resource = \"row-{n}\", value = {value}, ttl = \"5m\")]\n\
                 pub(crate) struct Key{n} {{ pub id: u64 }}\n\n#[cached(Key{n} {{ id }})]\n"
            ),
            Self::PeerMemory => "#[concurrent_cached(max_size = 10_000, ttl_secs = 300)]\n".to_owned(),
            Self::PeerRedis => {
                "#[concurrent_cached(redis = true, ttl_secs = 300, map_error = |e| Fail(format!(\"{e:?}\")))]\n"
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Plain => "plain",
            Self::Short => "short",
            Self::Typed => "typed",
            Self::PeerMemory => "cached-memory",
            Self::PeerRedis => "cached-redis",
        })
    }
}
