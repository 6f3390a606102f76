use cache_runtime::CacheKey;

struct User {
    name: String,
}

fn read(user: &User) -> &str {
    &user.name
}

#[derive(CacheKey)]
#[cache(resource = "user", value = User, tags("team:{user.team}"))]
struct UserKey {
    id: u64,
}

fn main() {
    read(&User { name: String::new() });
}
