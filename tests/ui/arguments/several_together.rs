use cache_runtime::cached;

#[cached(resource = "us er", key(idd), ttl = "30", version = 1.5, colour = 1)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {
    let _future = get(1);
}
