//! What a server tells of changes.

use std::sync::Arc;

use ::redis::{PushInfo, PushKind, Value};

use crate::local::{Channel, Local};
use crate::switch::{Mechanism, without};
use crate::telemetry::VoidReason;

/// Takes messages where the connection meets them: what comes after one is not handed out before it has been heeded.
pub(super) fn receiver(
    channel: &Arc<Channel>,
    local: &Local,
) -> impl Fn(PushInfo) -> Result<(), std::convert::Infallible> + Send + Sync + 'static {
    let (channel, local) = (Arc::clone(channel), local.downgrade());
    move |push| {
        match push.kind {
            PushKind::Disconnection => channel.close(),
            PushKind::Invalidate if !without(Mechanism::Tracking) => {
                if let Some(local) = local.upgrade() {
                    void(&local, &push.data);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A list of keys, or nothing where all are gone. What is not understood may mean any key.
fn void(local: &Local, data: &[Value]) {
    let [Value::Array(keys)] = data else { return void_all(local) };
    for key in keys {
        match key {
            Value::BulkString(key) => {
                // What is no text is no key of ours.
                if let Ok(key) = std::str::from_utf8(key) {
                    void_one(local, key);
                }
            }
            Value::SimpleString(key) => void_one(local, key),
            _ => return void_all(local),
        }
    }
}

fn void_one(local: &Local, key: &str) {
    if key == local.watch().stamps().as_str() {
        local.watch().tell();
    } else {
        local.void(key, VoidReason::Told);
    }
}

fn void_all(local: &Local) {
    local.watch().tell();
    local.void_all(VoidReason::Flushed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::tests::{holding, local};

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn what_is_named_is_forgotten() {
        let local = local();
        let (a, b) = (holding(&local, "a"), holding(&local, "b"));
        void(&local, &[Value::Array(vec![bulk("a"), Value::BulkString(vec![0xff])])]);
        assert_eq!((a(), b()), (false, true));
    }

    #[test]
    fn a_flush_and_what_is_not_understood_forget_all() {
        for data in [vec![Value::Nil], vec![], vec![Value::Array(vec![Value::Int(7)])]] {
            let local = local();
            let held = holding(&local, "a");
            assert!(held());
            void(&local, &data);
            assert!(!held(), "{data:?}");
        }
    }
}
