use cache_runtime::cached;

struct Repo;

impl Repo {
    #[cached(resource = "user", key(id), ttl = "1 fortnight")]
    async fn get(&self, id: u64) -> u64 {
        id
    }

    async fn other(&self) -> u64 {
        self.get(1).await
    }
}

fn main() {
    let _future = Repo.other();
}
