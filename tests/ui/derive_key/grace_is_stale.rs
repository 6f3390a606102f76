use cache_runtime::CacheKey;

#[derive(Clone)]
struct User;

#[derive(CacheKey)]
#[cache(resource = "user", value = User, grace = "1h")]
struct UserKey {
    id: u64,
}

fn main() {}
