use cache_runtime::invalidates;

#[invalidates("user")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
