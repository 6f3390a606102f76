use cache_runtime::cached;

#[cached()]
async fn get(id: u64) -> u64 {
    id
}

fn main() {
    let _future = get(1);
}
