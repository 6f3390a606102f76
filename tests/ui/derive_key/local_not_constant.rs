use cache_runtime::CacheKey;

#[derive(Clone)]
struct User;

fn time() -> std::time::Duration {
    std::time::Duration::from_secs(1)
}

#[derive(CacheKey)]
#[cache(resource = "user", value = User, local = time())]
struct UserKey {
    id: u64,
}

fn main() {}
