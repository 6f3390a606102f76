use cache_runtime::updates;

#[updates(resource = "user", key(id), cache_if = true)]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
