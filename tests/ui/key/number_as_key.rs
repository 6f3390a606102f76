use cache_runtime::cached;

#[cached(1)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
