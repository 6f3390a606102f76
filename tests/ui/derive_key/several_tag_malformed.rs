use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, tags("", "{", "a}", "{}", "{id:?}", "users", "users"))]
struct Key {
    id: u8,
}

fn main() {}
