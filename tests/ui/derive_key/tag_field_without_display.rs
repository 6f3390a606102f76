use cache_runtime::CacheKey;

#[derive(CacheKey)]
struct Id(u8);

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, tags("id:{id}"))]
struct Key {
    id: Id,
}

fn main() {}
