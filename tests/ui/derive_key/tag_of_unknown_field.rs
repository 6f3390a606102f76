use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, tags("users", "org:{ogr}"))]
struct Key {
    org: u8,
    id: u8,
}

fn main() {}
