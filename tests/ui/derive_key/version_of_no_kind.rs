use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, version = 1.5)]
struct Key(u8);

fn main() {}
