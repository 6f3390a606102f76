use cache_runtime::cached;

#[cached(resource = "user", key(id))]
enum User {
    Known,
}

fn main() {
    let _ = User::Known;
}
