use cache_runtime::cached;

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: std::rc::Rc<u64>) -> u64 {
    *id
}

fn main() {}
