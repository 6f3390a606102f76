use cache_runtime::cached;

struct Opaque(u64);

#[cached(resource = "user", key(id))]
async fn get(id: u64) -> Result<Option<Opaque>, String> {
    Ok(Some(Opaque(id)))
}

fn main() {
    let _field = |value: Opaque| value.0;
}
