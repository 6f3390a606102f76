use cache_runtime::invalidates;

#[invalidates(resource = "user", key(id), version = 2)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
