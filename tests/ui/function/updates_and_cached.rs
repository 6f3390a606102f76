use cache_runtime::{cached, updates};

#[updates(resource = "user", key(id))]
#[cached(resource = "user", key(id))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
