use cache_runtime::invalidates;

#[invalidates(resource = "user", key(id), cache = ret.cache)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
