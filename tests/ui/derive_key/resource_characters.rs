use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user profile", value = u8)]
struct Key(u8);

fn main() {}
