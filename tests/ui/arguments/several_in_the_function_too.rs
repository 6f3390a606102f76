use cache_runtime::cached;

#[cached(resource = "user", key(name), ttl = 0)]
fn get(id: u64) {
    let _ = id;
}

fn main() {}
