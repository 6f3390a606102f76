use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, db: &(impl AsRef<str> + Send + Sync + 'static)) -> u64 {
    id + db.as_ref().len() as u64
}

fn main() {}
