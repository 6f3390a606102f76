use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, log: &mut String) -> u64 {
    log.push('a');
    id
}

fn main() {}
