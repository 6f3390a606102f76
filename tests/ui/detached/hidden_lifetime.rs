use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, name: std::borrow::Cow<'_, str>) -> u64 {
    id + name.len() as u64
}

fn main() {}
