use cache_runtime::cached;

#[cached(resource = "user", key(id), ttl = "1m", ttl = "2m")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
