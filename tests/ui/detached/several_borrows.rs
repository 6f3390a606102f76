use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, name: Option<&str>, log: &mut String) -> u64 {
    log.push('a');
    id + name.map_or(0, str::len) as u64
}

fn main() {}
