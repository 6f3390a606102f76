use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, suffix = "a:b", version = "v/2")]
struct Key(u8);

fn main() {}
