use cache_runtime::cached;

struct Db(u64);

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, db: &Db) -> u64 {
    id + db.0
}

fn main() {}
