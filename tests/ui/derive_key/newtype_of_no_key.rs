use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Price(f64);

fn main() {}
