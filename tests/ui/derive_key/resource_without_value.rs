use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user")]
struct Key(u8);

fn main() {}
