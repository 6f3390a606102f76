use cache_runtime::invalidates;

#[invalidates(resource = "user", key(id), local = "10s")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
