use cache_runtime::cached;

use cache_runtime::{CacheKey, KeySpec, KeyWriter, TypedKey};

struct UserKey {
    id: u64,
}

impl CacheKey for UserKey {
    fn write_key(&self, out: &mut KeyWriter) {
        out.part(&self.id);
    }
}

impl TypedKey for UserKey {
    type Value = String;
    const SPEC: KeySpec = KeySpec::new("user");

    fn write_id(&self, out: &mut KeyWriter) {
        out.part(&self.id);
    }
}

#[cached(UserKey { id })]
async fn get(id: u64) -> u64 {
    id
}

fn main() {}
