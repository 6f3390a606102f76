//! One call, as seen by who knows the type of its value: decodes what the engine offers.

use super::key::KeyOf;
use super::shape::CacheValue;
use super::sharing::Sharing;
use crate::engine::{Accepted, Answer, Asking, Load, Lookup};
use crate::wire::{Body, DecodeError};

/// What was found.
pub(crate) enum Found<V> {
    /// Counted already. `None` is "there is none".
    Served(Option<V>),
    Load(Load),
    /// Serve this, and run the body in the background.
    Renew(Option<V>, Load),
}

/// Looks a key up: in the flights of others, and in the store.
pub(crate) async fn find<V: CacheValue, K: KeyOf<V>>(
    lookup: Lookup<'_>,
    key: &K,
    sharing: Option<Sharing<V>>,
) -> Found<V> {
    let mut asking = match Asking::new(lookup, key, sharing.is_some()) {
        Ok(asking) => asking,
        Err(load) => return Found::Load(load),
    };
    loop {
        let offer = match asking.next().await {
            Answer::Offer(offer) => offer,
            Answer::Load(load) => return Found::Load(load),
        };
        match decoded(offer.body(), key) {
            Ok(value) => {
                let held = sharing.filter(|_| offer.holds()).zip(value.as_ref()).map(|(way, value)| (way.hold)(value));
                return match asking.accept(*offer, held) {
                    Accepted::Serve => Found::Served(value),
                    Accepted::Renew(load) => Found::Renew(value, load),
                    Accepted::Load(load) => Found::Load(load),
                };
            }
            Err(error) => asking.refuse(offer, error).await,
        }
    }
}

fn decoded<V: CacheValue, K: KeyOf<V>>(body: Option<&Body>, key: &K) -> Result<Option<V>, DecodeError> {
    let Some(body) = body else { return Ok(None) };
    let value = body.value()?;
    if key.accepts(&value) { Ok(Some(value)) } else { Err(DecodeError::Rejected) }
}
