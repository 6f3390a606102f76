use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resorce = "user", value = u8)]
struct Key(u8);

fn main() {}
