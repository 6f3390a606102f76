use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Key(#[cache(hash = true)] u8);

fn main() {}
