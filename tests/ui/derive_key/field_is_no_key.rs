use cache_runtime::CacheKey;

struct Other;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
struct Key {
    id: u8,
    other: Vec<Other>,
}

fn main() {}
