use cache_runtime::cached;

#[cached(resource = "user", key(id), sliding = "5m")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
