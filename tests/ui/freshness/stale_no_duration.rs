use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = (1, 2))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
