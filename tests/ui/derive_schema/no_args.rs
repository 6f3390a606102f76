use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
#[cache_schema]
struct Value(u8);

fn main() {}
