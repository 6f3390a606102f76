use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get(id: u64) {
    let _ = id;
}

fn main() {
    let _future = get(1);
}
