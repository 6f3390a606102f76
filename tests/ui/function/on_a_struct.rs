use cache_runtime::cached;

#[cached(resource = "user", key(id))]
struct User {
    id: u64,
}

fn main() {
    let _ = User { id: 1 }.id;
}
