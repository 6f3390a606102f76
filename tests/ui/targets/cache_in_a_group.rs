use cache_runtime::invalidates;

#[invalidates((resource = "user", key(id), cache = c))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
