use cache_runtime::CacheKey;

#[derive(Clone)]
struct User;

#[derive(CacheKey)]
#[cache(resource = "user", value = User, jitter = 1.5)]
struct UserKey {
    id: u64,
}

fn main() {}
