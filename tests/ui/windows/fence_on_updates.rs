use cache_runtime::updates;

#[updates(resource = "user", key(id), fence = "5s")]
async fn set(id: u64) -> u64 {
    id
}

fn main() {}
