use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Key {
    #[cache(skp)]
    id: u8,
    name: u8,
}

fn main() {}
