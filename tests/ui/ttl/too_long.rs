use cache_runtime::cached;

#[cached(resource = "user", key(id), ttl = "9999999w")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
