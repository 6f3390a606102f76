use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, &(ref name, len): &(String, u64)) -> u64 {
    id + len + name.len() as u64
}

fn main() {}
