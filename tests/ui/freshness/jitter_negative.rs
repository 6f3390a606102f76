use cache_runtime::cached;

#[cached(resource = "user", key(id), jitter = -0.1)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
