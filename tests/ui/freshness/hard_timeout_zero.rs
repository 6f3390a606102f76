use cache_runtime::cached;

#[cached(resource = "user", key(id), hard_timeout = 0)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
