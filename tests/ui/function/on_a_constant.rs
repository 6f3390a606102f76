use cache_runtime::cached;

#[cached(resource = "user", key(id))]
const ID: u64 = 1;

fn main() {
    assert_eq!(ID, 1);
}
