use cache_runtime::cached;

#[cached(resource = "user", key(id))]
fn get(id: u64) -> impl Future<Output = u64> {
    std::future::ready(id)
}

fn main() {}
