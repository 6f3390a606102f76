use cache_runtime::CacheKey;

#[derive(CacheKey)]
enum Key {}

fn main() {}
