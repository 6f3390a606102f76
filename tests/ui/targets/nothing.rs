use cache_runtime::invalidates;

#[invalidates()]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
