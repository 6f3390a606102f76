use cache_runtime::cached;

#[cached(resource = "user", key(id))]
async fn get(id: u64) -> impl Sized {
    id
}

fn main() {}
