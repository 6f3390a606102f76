use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
enum Key {
    One(#[cache(tenant)] u8, u8),
    All,
}

fn main() {}
