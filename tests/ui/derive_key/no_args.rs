use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache]
struct Key(u8);

fn main() {}
