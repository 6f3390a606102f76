use cache_runtime::invalidates;

#[invalidates(resource = "user", skip(id))]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
