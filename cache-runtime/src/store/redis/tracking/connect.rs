//! Makes a connection on which the server tells of changes, or an ordinary one.

use std::sync::Arc;
use std::time::Duration;

use ::redis::{AsyncConnectionConfig, Client, ErrorKind, ProtocolVersion, RedisError, RedisResult, Value};

use super::pushes;
use crate::local::{Channel, Local};
use crate::store::redis::lane;
use crate::store::redis::link::{Line, Single};
use crate::store::redis::words::{CACHING, Words};

/// Connects; without a channel where the server refuses RESP3 or tracking.
pub(in crate::store::redis) async fn connect(client: &Client, timeout: Duration, local: &Local) -> RedisResult<Single> {
    match connect_resp3(client, timeout, local).await {
        Err(error) if is_refusal(&error) => {
            let link = lane::connect(client, config(timeout), timeout).await?;
            Ok(Single { link, channel: None })
        }
        made => made,
    }
}

async fn connect_resp3(client: &Client, timeout: Duration, local: &Local) -> RedisResult<Single> {
    let info = client.get_connection_info().clone();
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let client = Client::open(info.set_redis_settings(settings))?;
    let channel = Arc::new(Channel::new(local.name(), local.bound()));
    let config = config(timeout).set_push_sender(pushes::receiver(&channel, local));
    let link = lane::connect(&client, config, timeout).await?;
    let tracks = tracks(&link, &channel).await?;
    Ok(Single { link, channel: tracks.then_some(channel) })
}

/// Asks for tracking, and whether reads can be marked.
async fn tracks(link: &Line, channel: &Channel) -> RedisResult<bool> {
    let write = |out: &mut dyn Words| {
        out.command(4);
        ["CLIENT", "TRACKING", "ON", "OPTIN"].into_iter().for_each(|word| out.text(word));
        out.known(&CACHING);
        // The mark is for one command, and this one reads nothing.
        out.command(1);
        out.text("PING");
    };
    let sent = channel.sends();
    let answers = link.ask_written(3, write).await?;
    let granted = answers.len() == 3 && !answers.iter().any(|answer| matches!(answer, Value::ServerError(_)));
    if granted {
        channel.answered(sent);
    }
    Ok(granted)
}

fn config(timeout: Duration) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(timeout))
        // Every operation has a timeout of its own.
        .set_response_timeout(None)
}

/// Whether a server that is there does not want to speak RESP3; whatever else it has against us it says again.
fn is_refusal(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension | ErrorKind::RESP3NotSupported)
}
