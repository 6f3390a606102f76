use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(stale_if_error = "1h")]
struct UserKey {
    id: u64,
}

fn main() {}
