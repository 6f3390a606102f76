//! A program of today: `member` with an e-mail address, whose version follows its shape. See `tests/versions.rs`.

use cache_runtime::{CacheKey, CacheSchema};
use serde::{Deserialize, Serialize};

/// The value as it is.
#[derive(Clone, Debug, Serialize, Deserialize, CacheSchema)]
pub struct Member {
    id: u64,
    name: String,
    email: Option<String>,
}

/// Its key.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "member", value = Member, ttl = "10m", version = auto)]
pub struct MemberKey {
    id: u64,
}

fn main() {
    cache_tests::versions::serve(
        |id| MemberKey { id },
        |id, name| Member { id, name, email: None },
        |member| member.name,
    );
}
