use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
struct Value {
    #[cache_schema(opaque)]
    a: u8,
    #[cache_schema(opaque = 2)]
    b: u8,
    #[cache_schema(opaque = "")]
    c: u8,
}

fn main() {}
