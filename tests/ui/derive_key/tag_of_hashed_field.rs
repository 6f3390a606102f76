use cache_runtime::CacheKey;

#[derive(CacheKey)]
#[cache(resource = "user", value = u8, tags("of:{email}"))]
struct Key {
    #[cache(hash)]
    email: String,
}

fn main() {}
