use cache_runtime::updates;

#[updates(resource = "user", key(id))]
async fn set(id: u64) {
    let _ = id;
}

fn main() {}
