use cache_runtime::cached;

#[derive(serde::Serialize, serde::Deserialize)]
struct User {
    id: u64,
}

#[cached(resource = "user", key(id), local = "10s")]
async fn get(id: u64) -> User {
    User { id }
}

fn main() {}
