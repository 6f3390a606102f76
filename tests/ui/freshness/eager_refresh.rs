use cache_runtime::cached;

#[cached(resource = "user", key(id), eager_refresh = 0.9)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
