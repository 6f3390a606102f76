use cache_runtime::cached;

#[cached(resource = "user", key(id), hard_timeout = "2s")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
