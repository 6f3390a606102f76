use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
enum Key {
    A(#[cache(tenant, skip)] u8, u8),
    B(#[cache(tenant, hash)] u8, u8),
}

fn main() {}
