use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64) -> u64 {
    let shared = std::rc::Rc::new(id);
    std::future::ready(()).await;
    *shared
}

fn main() {}
