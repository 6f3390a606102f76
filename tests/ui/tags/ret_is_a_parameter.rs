use cache_runtime::cached;

#[cached(resource = "user", key(ret), tags("user:{ret.id}"))]
async fn get(ret: u64) -> u64 {
    ret
}

fn main() {}
