use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Key(#[cache(skip, hash)] u8, u8);

fn main() {}
