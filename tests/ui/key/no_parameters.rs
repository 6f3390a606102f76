use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get() -> u64 {
    1
}

fn main() {}
