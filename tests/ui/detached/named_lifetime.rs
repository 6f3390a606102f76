use cache_runtime::cached;

use std::borrow::Cow;

struct Name<'a>(&'a str);

#[cached(resource = "user", key(id), stale_while_revalidate = "30s")]
async fn get(id: u64, name: &Cow<'static, str>, other: &Name<'_>) -> u64 {
    id + (name.len() + other.0.len()) as u64
}

fn main() {}
