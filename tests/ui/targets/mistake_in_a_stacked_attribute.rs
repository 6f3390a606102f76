use cache_runtime::invalidates;

#[invalidates(resource = "user", key(id))]
#[invalidates(resource = "team", key(team))]
async fn set(id: u64) {
    let _ = id;
}

fn main() {
    let _future = set(1);
}
