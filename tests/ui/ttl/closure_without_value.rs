use cache_runtime::cached;

#[cached(resource = "user", key(id), ttl = || std::time::Duration::from_secs(1))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
