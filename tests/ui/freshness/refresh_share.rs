use cache_runtime::cached;

#[cached(resource = "user", key(id), refresh = 0.8)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
