//! A program of yesterday: `member` in version 1, without an e-mail address. See `tests/versions.rs`.

use cache_runtime::{CacheKey, CacheSchema};
use serde::{Deserialize, Serialize};

/// The value as it was.
#[derive(Clone, Debug, Serialize, Deserialize, CacheSchema)]
pub struct Member {
    id: u64,
    name: String,
}

/// Its key.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "member", value = Member, ttl = "10m", version = 1)]
pub struct MemberKey {
    id: u64,
}

fn main() {
    cache_tests::versions::serve(|id| MemberKey { id }, |id, name| Member { id, name }, |member| member.name);
}
