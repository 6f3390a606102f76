use cache_runtime::cached;

#[cached(resource = "user", key(id), fail_safe = true)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
