//! What the server's and the client's errors mean here.

use ::redis::{ErrorKind as Theirs, RedisError, ServerErrorKind};

use crate::error::ErrorKind;
use crate::store::StoreError;

/// Codes that are safe to show: a server's message can quote keys and user names, its code cannot.
const CODES: &[(&str, ErrorKind)] = &[
    ("OOM", ErrorKind::OutOfMemory),
    ("WRONGTYPE", ErrorKind::WrongType),
    ("NOAUTH", ErrorKind::Denied),
    ("WRONGPASS", ErrorKind::Denied),
    ("NOPERM", ErrorKind::Denied),
    ("READONLY", ErrorKind::ReadOnly),
    ("MISCONF", ErrorKind::ReadOnly),
    ("NOREPLICAS", ErrorKind::ReadOnly),
    ("LOADING", ErrorKind::Loading),
    ("MASTERDOWN", ErrorKind::Loading),
    ("CLUSTERDOWN", ErrorKind::Unavailable),
    ("BUSY", ErrorKind::Unavailable),
    ("TRYAGAIN", ErrorKind::Refused),
    ("MOVED", ErrorKind::Refused),
    ("ASK", ErrorKind::Refused),
    ("CROSSSLOT", ErrorKind::Refused),
    ("EXECABORT", ErrorKind::Refused),
    ("ERR", ErrorKind::Refused),
];

pub(crate) fn store_error(error: &RedisError) -> StoreError {
    if error.is_timeout() {
        return StoreError::new(ErrorKind::Timeout);
    }
    if let Some((code, kind)) = error.code().and_then(|code| CODES.iter().find(|(known, _)| *known == code)) {
        return StoreError { kind: *kind, code };
    }
    let kind = match error.kind() {
        Theirs::AuthenticationFailed | Theirs::Server(ServerErrorKind::NoPerm) => ErrorKind::Denied,
        Theirs::Server(ServerErrorKind::BusyLoading) => ErrorKind::Loading,
        Theirs::Server(ServerErrorKind::ReadOnly) => ErrorKind::ReadOnly,
        Theirs::Io | Theirs::ClusterConnectionNotFound => ErrorKind::Unavailable,
        _ => ErrorKind::Refused,
    };
    StoreError::new(kind)
}
