//! Who has which slots.

use std::sync::Arc;

use ::redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use ::redis::{Cmd, FromRedisValue, RedisResult, Value};

use crate::store::redis::link::Link;

const SLOTS: u16 = 16_384;

/// Ranges of slots, in order, and the address of the master of each.
#[derive(Debug, Default)]
pub(super) struct Owners(Vec<(u16, u16, Arc<str>)>);

impl Owners {
    pub(super) fn of(&self, slot: u16) -> Option<Arc<str>> {
        let at = self.0.partition_point(|(_, last, _)| *last < slot);
        let (first, _, address) = self.0.get(at)?;
        (*first <= slot).then(|| Arc::clone(address))
    }

    pub(super) fn ranges(&self, address: &str) -> Vec<(u16, u16)> {
        let of_it = self.0.iter().filter(|(.., of)| **of == *address);
        of_it.map(|(first, last, _)| (*first, *last)).collect()
    }
}

/// Asks any node.
pub(super) async fn ask(link: Link) -> RedisResult<Owners> {
    let Link::Cluster(mut link) = link else { return Ok(Owners::default()) };
    let mut command = Cmd::new();
    command.arg("CLUSTER").arg("SLOTS");
    let any = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
    let answer = link.route_command(command, any).await.and_then(Value::extract_error)?;
    let ranges: Vec<Vec<Value>> = FromRedisValue::from_redis_value(answer)?;
    let mut owners: Vec<_> = ranges.into_iter().filter_map(owner).collect();
    owners.sort_unstable();
    Ok(Owners(owners))
}

/// First slot, last slot, and the master: host, port, and more. A node that does not know its own host is left out.
fn owner(range: Vec<Value>) -> Option<(u16, u16, Arc<str>)> {
    let mut range = range.into_iter();
    let (first, last) = (u16::from_redis_value(range.next()?).ok()?, u16::from_redis_value(range.next()?).ok()?);
    let mut master = Vec::<Value>::from_redis_value(range.next()?).ok()?.into_iter();
    let host = String::from_redis_value(master.next()?).ok().filter(|host| !host.is_empty())?;
    let port = u16::from_redis_value(master.next()?).ok()?;
    Some((first, last, format!("{host}:{port}").into()))
}

/// CRC-16/XMODEM of the key, as the Cluster's specification says. Keys hold no braces, so that all of it counts.
pub(super) fn slot_of(key: &str) -> u16 {
    let crc = key.bytes().fold(0_u16, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(byte) << 8),
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
            },
        )
    });
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    use ::redis::cluster_routing::{Route, SlotAddr};

    use super::*;

    #[test]
    fn slots_are_those_of_the_commands_that_redis_rs_routes() {
        for key in ["", "a", "cache:tenant-global:user:7:v2", "p:tenant-%C3%A9:r:1,2:s0123456789abcdef:full"] {
            assert_eq!(Route::new(slot_of(key), SlotAddr::Master), Route::with_key(key, SlotAddr::Master), "{key}");
        }
        assert_eq!(slot_of("123456789"), 0x31c3);
    }

    #[test]
    fn each_slot_has_its_owner_or_none() {
        let (a, b): (Arc<str>, Arc<str>) = ("a:1".into(), "b:1".into());
        let owners = Owners(vec![(0, 10, a.clone()), (11, 11, b), (20, 30, a.clone())]);
        assert_eq!(owners.of(0), Some(a.clone()));
        assert_eq!(owners.of(11).as_deref(), Some("b:1"));
        assert_eq!(owners.of(12), None);
        assert_eq!(owners.of(20), Some(a));
        assert_eq!(owners.of(31), None);
        assert_eq!(owners.ranges("a:1"), [(0, 10), (20, 30)]);
    }
}
