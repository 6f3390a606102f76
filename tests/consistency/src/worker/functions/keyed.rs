//! Entries that are invalidated one by one, and policies. A ttl is long where nothing old is to go away by itself, and short
//! where the policy begins with the expiry.

use cache_runtime::{cached, invalidates};

use super::Entry;
use crate::register::{Source, SourceError};

/// A resource with its read and its write.
macro_rules! resource {
    ($module:ident, $resource:tt, $ask:ident, $($policy:tt)*) => {
        pub(super) mod $module {
            use super::{Entry, Source, SourceError, cached, invalidates};

            #[cached(resource = $resource, key(id), $($policy)*)]
            pub(in super::super) async fn read(source: &Source, id: u16) -> Result<Entry, SourceError> {
                let version = source.$ask(id).await?;
                Ok(Entry::new(source, id, version))
            }

            #[invalidates(resource = $resource, key(id))]
            pub(in super::super) async fn write(source: &Source, id: u16) -> Result<u32, SourceError> {
                source.write(id).await
            }
        }
    };
}

resource!(plain, "entry", read, ttl = "60s");
resource!(near, "near", read, ttl = "60s", local = "2s");
resource!(revalidated, "revalidated", read, ttl = "100ms", stale_while_revalidate = "10s");
resource!(if_error, "if-error", flaky, ttl = "50ms", stale_if_error = "20s");
resource!(soft, "soft", slow, ttl = "50ms", stale_if_error = "20s", soft_timeout = "10ms");
resource!(ahead, "ahead", read, ttl = "1s", refresh_ahead = 0.2);
resource!(probabilistic, "probabilistic", read, ttl = "200ms", refresh = "probabilistic");
resource!(jittered, "jittered", read, ttl = "1s", jitter = 0.9);
resource!(sliding, "sliding", read, ttl = "500ms", sliding = true);

/// The entries of `near`, without the tier.
#[cached(resource = "near", key(id), ttl = "60s")]
pub(super) async fn beside(source: &Source, id: u16) -> Result<Entry, SourceError> {
    let version = source.read(id).await?;
    Ok(Entry::new(source, id, version))
}
