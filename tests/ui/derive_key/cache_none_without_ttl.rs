use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, cache_none)]
struct Key(u8);

fn main() {}
