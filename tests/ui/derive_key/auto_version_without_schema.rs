use cache_runtime::CacheKey;

struct User;

#[derive(CacheKey)]
#[cache(resource = "user", value = User, version = auto)]
struct Key(u8);

fn main() {}
