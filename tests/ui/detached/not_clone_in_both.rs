use cache_runtime::cached;

struct Db(u64);

#[cached(resource = "user", key(id), refresh_ahead = 0.8, cache_if = *ret > db.0)]
async fn get(id: u64, db: &Db) -> u64 {
    id + db.0
}

fn main() {}
