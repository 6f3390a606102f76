use cache_runtime::{Cache, CacheKey, invalidates};

#[derive(CacheKey)]
#[cache(resource = "user", value = u8)]
struct Key(u64);

#[invalidates(Key(id), cache = a)]
#[invalidates(Key(other), cache = b)]
async fn drop_both(a: &Cache, b: &Cache, id: u64, other: u64) {}

fn main() {}
