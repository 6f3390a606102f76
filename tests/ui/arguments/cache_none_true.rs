use cache_runtime::cached;

#[cached(resource = "user", key(id), cache_none = true)]
async fn get(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {}
