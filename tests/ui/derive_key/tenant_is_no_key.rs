use cache_runtime::CacheKey;

struct Org;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
struct Key {
    #[cache(tenant)]
    org: Org,
    id: u8,
}

fn main() {}
