use cache_runtime::invalidates;

#[invalidates(resource = "user", key(ret), guard = "5s")]
async fn set(id: u64) -> u64 {
    id
}

fn main() {}
