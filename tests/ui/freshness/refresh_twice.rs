use cache_runtime::cached;

#[cached(resource = "user", key(id), refresh_ahead = 0.8, refresh = "probabilistic")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
