use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
struct Value(#[cache_schema(opaque = "a", opaque = "b")] u8);

fn main() {}
