use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Key(#[cache(skip)] u8);

fn main() {}
