use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
struct Key(#[cache(ttl = "1m")] u8);

fn main() {}
