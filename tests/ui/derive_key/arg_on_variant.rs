use cache_runtime::CacheKey;

#[derive(CacheKey)]
enum Key {
    #[cache(skip)]
    A,
    B,
}

fn main() {}
