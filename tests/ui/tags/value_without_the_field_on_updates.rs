use cache_runtime::updates;

#[derive(serde::Serialize, serde::Deserialize)]
struct User {
    id: u64,
}

#[updates(resource = "user", key(id), tags("team:{ret.team}"))]
async fn get(id: u64) -> Result<User, String> {
    Ok(User { id })
}

fn main() {}
