use cache_runtime::cached;

#[cached(resource = "user", key(id), local = "10")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
