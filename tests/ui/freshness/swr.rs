use cache_runtime::cached;

#[cached(resource = "user", key(id), swr = "30s")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
