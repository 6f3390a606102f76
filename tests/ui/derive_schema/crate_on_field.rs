use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
struct Value(#[cache_schema(crate = cache_runtime)] u8);

fn main() {}
