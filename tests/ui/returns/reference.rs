use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get(id: u64) -> &'static str {
    let _ = id;
    "a"
}

fn main() {}
