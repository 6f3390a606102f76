use cache_runtime::cached;

#[cached(resource = "user", skip(db))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
