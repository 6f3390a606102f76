//! A copy of the server's stamps, for what is held here: the server tells that they have changed, and what has changed is read.

use std::sync::Arc;
use std::time::Duration;

use ::redis::{Cmd, FromRedisValue, RedisResult};

use super::{RedisStore, answers_of};
#[cfg(feature = "cluster")]
use super::{Sign, beat};
use crate::key::KeyText;
use crate::local::{Channel, Local, Tether, WeakLocal};
use crate::store::StoreResult;
use crate::store::redis::copy::Copy;
use crate::store::redis::link::{Line, Link};
use crate::store::redis::words::{CACHING, Words};
use crate::telemetry::VoidReason;

/// Before the stamps are read again, after that failed.
const PAUSE: Duration = Duration::from_millis(50);

/// How often it is looked whether the connection and the tier are still there.
const LOOK: Duration = Duration::from_secs(1);

impl RedisStore {
    /// Who tells of changed stamps from now on. `None` where nobody does: then nothing is held. One round trip for each new
    /// connection.
    pub(crate) async fn watch_stamps(&self) -> StoreResult<Option<Tether>> {
        let connection = self.slot.connection().await?;
        let single = match &connection.link {
            Link::Single(single) => single.clone(),
            #[cfg(feature = "cluster")]
            Link::Cluster(_) => match self.nodes.master(&self.stamps, &connection.link) {
                Some(master) => master.single,
                None => return Ok(None),
            },
        };
        let Some(channel) = single.channel.clone() else {
            self.local.say_untracked();
            return Ok(None);
        };
        let link = &single.link;
        let watch = self.local.watch();
        if !watch.is_on(&channel) {
            let (told, sent) = (watch.told(), channel.sends());
            let mut newest = Cmd::new();
            newest.arg("ZREVRANGE").arg(self.stamps.as_str()).arg(0).arg(0).arg("WITHSCORES");
            let Ok(Some(newest)) = read(link, newest).await else { return Ok(None) };
            channel.answered(sent);
            if watch.set_on(&channel) {
                // What was held until now goes by a connection that was left.
                self.local.void_all(VoidReason::Left);
                watch.heed(told);
                let clock = newest.first().map_or(0, |(_, at)| *at);
                self.copy.begin(clock);
                let stamps = (self.stamps.clone(), Arc::clone(&self.copy));
                follow(&channel, link.clone(), &self.local, stamps, clock);
            }
        }
        match &connection.link {
            Link::Single(_) => self.keep_alive(&single, &channel, connection.generation),
            #[cfg(feature = "cluster")]
            Link::Cluster(_) => beat::keep(&channel, link, &self.local, Sign::Owns(self.stamps.clone()), || {}),
        }
        Ok(Some(Tether::To(channel)))
    }
}

/// Reads names and their stamps, and has the server tell of the next change. `None` where it does not remember the read.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers below 2^53")]
async fn read(link: &Line, command: Cmd) -> RedisResult<Option<Vec<(String, u64)>>> {
    let write = |out: &mut dyn Words| {
        out.known(&CACHING);
        out.built(&command);
    };
    let (remembers, answer) = answers_of(link.ask_written(2, write).await)?;
    let pairs: Vec<(String, f64)> = FromRedisValue::from_redis_value(answer)?;
    Ok(remembers.then(|| pairs.into_iter().map(|(name, at)| (name, at as u64)).collect()))
}

/// Heeds what the server tells, as long as the connection and the tier are there.
fn follow(channel: &Arc<Channel>, link: Line, local: &Local, (stamps, copy): (KeyText, Arc<Copy>), clock: u64) {
    let (channel, watch, local) = (Arc::clone(channel), Arc::clone(local.watch()), local.downgrade());
    tokio::spawn(async move {
        let mut clock = clock;
        while !channel.is_closed() && watch.is_on(&channel) {
            if watch.is_current() {
                let _ = tokio::time::timeout(LOOK, watch.news()).await;
                if local.upgrade().is_none() {
                    return;
                }
                continue;
            }
            let told = watch.told();
            match changes(&link, &stamps, clock).await {
                // What was stamped shortly before they were lost was never read.
                Some(Told { clock: newest, .. }) if newest.unwrap_or(0) < clock => {
                    copy.lose();
                    if local.upgrade().map(|local| local.void_all(VoidReason::Flushed)).is_none() {
                        return;
                    }
                    clock = 0;
                    // All that there is now is read at the next turn.
                    if newest.is_none() {
                        watch.heed(told);
                    }
                }
                Some(Told { changes, .. }) => {
                    copy.heed(&changes);
                    if !heed(&local, &changes) {
                        return;
                    }
                    clock = changes.iter().map(|(_, at)| *at).fold(clock, u64::max);
                    watch.heed(told);
                }
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    });
}

/// What the server tells of its stamps.
struct Told {
    /// What was stamped after the time that was asked for.
    changes: Vec<(String, u64)>,
    /// The time of the newest stamp. `None` where there are no stamps.
    clock: Option<u64>,
}

async fn changes(link: &Line, stamps: &KeyText, clock: u64) -> Option<Told> {
    let mut command = Cmd::new();
    command.arg("ZRANGEBYSCORE").arg(stamps.as_str()).arg(format!("({clock}")).arg("+inf").arg("WITHSCORES");
    let mut newest = Cmd::new();
    newest.arg("ZREVRANGE").arg(stamps.as_str()).arg(0).arg(0).arg("WITHSCORES");
    // After the read that is remembered: a loss in between is told of.
    let changes = read(link, command).await.ok().flatten()?;
    let mut newest = read(link, newest).await.ok().flatten()?;
    Some(Told { changes, clock: newest.pop().map(|(_, at)| at) })
}

/// False if nobody is left to heed it.
fn heed(local: &WeakLocal, changes: &[(String, u64)]) -> bool {
    let Some(local) = local.upgrade() else { return false };
    let cells = local.cells();
    for (name, at) in changes {
        match name.as_str() {
            // The stamps were lost, and with them what was not told of.
            "birth" => local.void_all(VoidReason::Flushed),
            name => cells.raise(name, *at),
        }
    }
    true
}
