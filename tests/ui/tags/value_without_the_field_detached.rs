use cache_runtime::cached;

#[derive(serde::Serialize, serde::Deserialize)]
struct User {
    id: u64,
}

#[cached(resource = "user", key(id), refresh_ahead = 0.8, tags("team:{value.team}"))]
async fn get(id: u64) -> Result<User, String> {
    Ok(User { id })
}

fn main() {}
