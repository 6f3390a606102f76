use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "us er", value = u8, ttl = "soon", colour = 3, version = -1)]
struct Key {
    #[cache(tenant, skip)]
    org: u8,
    #[cache(hashed)]
    id: u8,
}

// No further errors where the key is used.
fn uses() -> String {
    cache_runtime::key_text(&Key { org: 1, id: 2 })
}

fn main() {}
