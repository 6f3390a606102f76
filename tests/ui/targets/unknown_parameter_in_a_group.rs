use cache_runtime::invalidates;

#[invalidates((resource = "user", key(idd)), (resource = "team", key(id)))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
