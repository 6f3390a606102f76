use cache_runtime::invalidates;

#[invalidates(resource = "user", key(id), guard = "5 sec")]
async fn set(id: u64) -> u64 {
    id
}

fn main() {}
