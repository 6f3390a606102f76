use cache_runtime::cached;

struct Users;

impl Users {
    #[cached(resource = "user", key(id), refresh = "probabilistic")]
    async fn get(self: std::pin::Pin<&mut Self>, id: u64) -> u64 {
        id
    }
}

fn main() {}
