use cache_runtime::CacheSchema;

#[derive(CacheSchema)]
union Value {
    a: u8,
    b: i8,
}

fn main() {}
