use cache_runtime::invalidates;

#[invalidates((resource = "user", key(id), fence = "1s"), (resource = "team", key(id)))]
async fn set(id: u64) -> u64 {
    id
}

fn main() {}
