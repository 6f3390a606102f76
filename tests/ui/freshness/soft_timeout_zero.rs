use cache_runtime::cached;

#[cached(resource = "user", key(id), soft_timeout = "0s")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
