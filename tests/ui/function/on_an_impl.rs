use cache_runtime::cached;

struct User;

#[cached(resource = "user", key(id))]
impl User {
    async fn get(id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = User::get(1);
}
