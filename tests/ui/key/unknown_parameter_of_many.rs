use cache_runtime::cached;

#[cached(resource = "user", key(name))]
async fn get(org: u64, id: u64) -> u64 {
    org + id
}

fn main() {}
