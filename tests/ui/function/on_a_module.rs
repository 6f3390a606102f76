use cache_runtime::cached;

#[cached(resource = "user", key(id))]
mod users {}

fn main() {}
