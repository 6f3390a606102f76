use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Key(#[cache(hash, hash)] u8);

fn main() {}
