use cache_runtime::cached;

#[cached(resource = "user", key(id), hard_timeout = "2s")]
async fn get(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {}
