use cache_runtime::CacheSchema;

struct Other;

#[derive(CacheSchema)]
struct Value {
    id: u8,
    others: Vec<Other>,
}

fn main() {}
