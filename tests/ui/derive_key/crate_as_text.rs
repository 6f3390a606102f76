use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, crate = "cache_runtime")]
struct Key(u8);

fn main() {}
