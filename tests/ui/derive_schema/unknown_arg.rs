use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
#[cache_schema(opaqe = "value")]
struct Value(u8);

fn main() {}
