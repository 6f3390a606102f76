use cache_runtime::CacheSchema;

struct Other;

#[derive(CacheSchema)]
struct Page<T> {
    items: Vec<T>,
}

const FINGERPRINT: u64 = <Page<Other> as CacheSchema>::FINGERPRINT;

fn main() {}
