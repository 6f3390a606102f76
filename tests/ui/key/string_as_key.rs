use cache_runtime::cached;

#[cached("user")]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
