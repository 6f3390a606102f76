use cache_runtime::CacheSchema;

#[derive(serde::Serialize, serde::Deserialize, CacheSchema)]
struct Value {
    #[serde(skip)]
    #[cache_schema(opaque = "a")]
    a: u8,
}

fn main() {}
