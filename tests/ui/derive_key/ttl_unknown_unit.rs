use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, ttl = "30 minutes")]
struct Key(u8);

fn main() {}
