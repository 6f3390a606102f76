use cache_runtime::invalidates;

#[invalidates((key = id), (resource = "user", key(id)))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
