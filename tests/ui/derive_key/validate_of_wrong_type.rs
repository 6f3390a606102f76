use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, validate = |key, value| *value)]
struct Key(u8);

fn main() {}
