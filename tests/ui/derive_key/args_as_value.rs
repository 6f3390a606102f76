use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache = "user"]
struct Key(u8);

fn main() {}
