use cache_runtime::cached;

trait Users {
    #[cached(resource = "user", key(id))]
    fn get(&self, id: u64) -> impl Future<Output = u64>;
}

fn main() {}
