use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_if_eror = "1h")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
