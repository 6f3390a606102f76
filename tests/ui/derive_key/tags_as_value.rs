use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, tags = "users")]
struct Key(u8);

fn main() {}
