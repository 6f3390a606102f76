use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get(id: u64) -> Result<(), String> {
    Err(id.to_string())
}

fn main() {}
