use cache_runtime::cached;

#[cached(resource = "user", key(id), refresh_ahead = 1)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
