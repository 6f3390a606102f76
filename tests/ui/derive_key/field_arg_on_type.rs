use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(tenant)]
struct Key(u8);

fn main() {}
