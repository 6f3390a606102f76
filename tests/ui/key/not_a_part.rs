use cache_runtime::cached;

struct Opaque(u64);

#[cached(resource = "user", key(id))]
async fn get(id: Opaque) -> u64 {
    id.0
}

fn main() {}
