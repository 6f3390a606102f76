use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, ttl = "1m")]
#[cache(ttl = "2m")]
struct Key(u8);

fn main() {}
