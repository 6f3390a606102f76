use cache_runtime::{cached, invalidates};

#[cached(resource = "user", key(id))]
#[invalidates(resource = "user", key(id))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
