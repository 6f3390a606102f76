use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_if_error = true)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
