use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = "User")]
struct Key(u8);

fn main() {}
