use cache_runtime::cached;

#[cached(resource = "user", key(id), ttl = "30min")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
