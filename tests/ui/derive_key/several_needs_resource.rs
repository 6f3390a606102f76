use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(ttl = "1m", version = 2)]
struct Key {
    #[cache(tenant)]
    org: u8,
    id: u8,
}

fn main() {}
