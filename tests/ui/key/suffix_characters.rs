use cache_runtime::cached;

#[cached(resource = "user", key(id), suffix = "pro file")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
