use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource, value = u8)]
struct Key(u8);

fn main() {}
