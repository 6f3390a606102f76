use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
struct Key {
    #[cache(tenant)]
    org: u8,
    #[cache(tenant)]
    team: u8,
    id: u8,
}

fn main() {}
