//! The same work, done by each of those that are compared.

pub(crate) mod by_hand;
pub(crate) mod cached;
pub(crate) mod cashews;
pub(crate) mod hitbox;
pub(crate) mod moka;
pub(crate) mod multi_tier;
pub(crate) mod ours;
pub(crate) mod quick;

use uuid::Uuid;

/// The second kind of key: a tenant, and a UUID made of the number.
pub(crate) fn member(id: u64) -> (u64, Uuid) {
    (4711, Uuid::from_u64_pair(0x0d9f_4c1e_77aa_4b1c, 0x8000_0000_0000_0000 | id))
}

/// The number of a [`member`]'s UUID.
pub(crate) fn number(id: Uuid) -> u64 {
    id.as_u64_pair().1 & 0x7fff_ffff_ffff_ffff
}
