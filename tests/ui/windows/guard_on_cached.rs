use cache_runtime::cached;

#[cached(resource = "user", key(id), guard = "5s")]
async fn set(id: u64) -> u64 {
    id
}

fn main() {}
