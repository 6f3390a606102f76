use cache_runtime::CacheKey;

#[derive(Clone)]
struct User;

#[derive(CacheKey)]
#[cache(resource = "user", value = User, soft_timeout = "3s", hard_timeout = 2)]
struct UserKey {
    id: u64,
}

fn main() {}
