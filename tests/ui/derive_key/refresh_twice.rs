use cache_runtime::CacheKey;

#[derive(Clone)]
struct User;

#[derive(CacheKey)]
#[cache(resource = "user", value = User, refresh = "probabilistic", refresh_ahead = 0.5)]
struct UserKey {
    id: u64,
}

fn main() {}
