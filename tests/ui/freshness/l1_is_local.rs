use cache_runtime::cached;

#[cached(resource = "user", key(id), l1 = "10s")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
