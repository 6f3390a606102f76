use cache_runtime::cached;

#[cached(resource = "user", key(id))]
trait Users {}

fn main() {}
