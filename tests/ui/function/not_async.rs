use cache_runtime::cached;

#[cached(resource = "user", key(id))]
fn get(id: u64) -> u64 {
    id
}

fn main() {
    assert_eq!(get(1), 1);
}
