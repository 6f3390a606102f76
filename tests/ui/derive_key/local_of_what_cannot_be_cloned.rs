use cache_runtime::CacheKey;

struct User;

#[derive(CacheKey)]
#[cache(resource = "user", value = User, local = "10s")]
struct UserKey {
    id: u64,
}

fn main() {}
