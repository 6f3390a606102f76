use cache_runtime::cached;

#[cached(resource = "user", key(id), colour = 1)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {
    let _future = get(1);
}
