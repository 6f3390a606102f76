use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
enum Value {
    #[cache_schema(opaque = "a")]
    A,
}

fn main() {}
