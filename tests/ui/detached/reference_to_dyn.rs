use cache_runtime::cached;

trait Db {
    fn user(&self, id: u64) -> u64;
}

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, db: &dyn Db) -> u64 {
    db.user(id)
}

fn main() {}
