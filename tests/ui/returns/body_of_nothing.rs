use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get(id: u64) -> u64 {
}

fn main() {}
