use cache_runtime::cached;

#[cached(resource = "user", key(id), local = "1s", local = "2s")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
