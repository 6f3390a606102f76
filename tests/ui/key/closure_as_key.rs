use cache_runtime::cached;

#[cached(|id| id)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
