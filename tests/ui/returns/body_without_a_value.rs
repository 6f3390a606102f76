use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get(id: u64) -> Result<u64, ()> {
    Ok(id);
}

fn main() {}
