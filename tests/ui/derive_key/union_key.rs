use cache_runtime::CacheKey;

#[derive(CacheKey)]
union Key {
    a: u8,
    b: i8,
}

fn main() {}
