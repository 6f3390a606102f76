use cache_runtime::cached;

#[cached(name = "user", resource = "user", key(id))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
