use cache_runtime::updates;

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

#[updates(UserKey { id }, UserKey { id: 2 }, ttl = "1m")]
async fn set(id: u64) -> String {
    id.to_string()
}

fn main() {}
