//! What the server does in one step. Each script touches keys of one slot, apart from registers of versions, which a Cluster
//! gets with commands of their own.
//!
//! An entry's key holds a value, a lease, or nothing. `{key}:guard` is a sorted set of tokens by the server's time at which
//! they end; while one stands, nothing is filled.

#[cfg(feature = "cluster")]
use ::redis::Arg;
use ::redis::{Cmd, Pipeline, Script};

/// A script.
pub(crate) struct Program {
    pub script: Script,
    text: String,
}

impl Program {
    fn new(parts: &[&str]) -> Self {
        let text = parts.concat();
        Self { script: Script::new(&text), text }
    }

    /// The command that runs this script, behind one that has the server know it: for what is to be done whether anybody waits for the
    /// answer or not. To one server.
    pub(crate) fn known(&self, command: Cmd) -> Pipeline {
        let mut commands = Pipeline::with_capacity(2);
        commands.add_command(self.load()).add_command(command);
        commands
    }

    /// Has the server know it.
    pub(crate) fn load(&self) -> Cmd {
        let mut load = Cmd::with_capacity(3, self.text.len() + 16);
        load.arg("SCRIPT").arg("LOAD").arg(&self.text);
        load
    }

    /// The command that names this script, with the script's text in the place of its hash. The node that runs it knows the
    /// script from then on, whichever node of a Cluster that is.
    #[cfg(feature = "cluster")]
    pub(crate) fn whole(&self, command: &Cmd) -> Cmd {
        let mut whole = Cmd::new();
        whole.arg("EVAL").arg(&self.text);
        for arg in command.args_iter().skip(2) {
            if let Arg::Simple(bytes) = arg {
                whole.arg(bytes);
            }
        }
        whole
    }
}

/// The scripts of one store.
pub(crate) struct Scripts {
    /// Asks for leave to fill: 1 is granted, 2 guarded, 3 another's lease, 4 a value.
    /// KEYS: entries, a guard for each, registers. ARGV: number of entries; for each lease, its ttl, the bytes it may replace; for
    /// each register version, horizon.
    pub claim: Program,
    /// Reads entries, and asks for leave to fill those that are not there: the bytes, or as `claim`.
    /// KEYS: entries, a guard for each, registers. ARGV: number of entries; for each lease, its ttl; for each register version,
    /// horizon.
    pub get_or_claim: Program,
    /// Stores values, each if what is expected of it still stands: 1 or 0.
    /// KEYS: entries, registers. ARGV: number of entries; for each expected, value, ttl; for each register version, horizon.
    pub fill: Program,
    /// As `fill`, and has the server tell of changes to what it stored.
    pub fill_tracked: Program,
    /// Prolongs a lease. KEYS: entry. ARGV: lease, ttl.
    pub renew: Program,
    /// Removes the entry if it holds these bytes. KEYS: entry. ARGV: bytes.
    pub remove_same: Program,
    /// Removes entries, and says which versions are registered.
    /// KEYS: registers, entries, a guard for each entry where guards are concerned.
    /// ARGV: number of registers, of entries, the token to lift, the token to set, its ttl.
    pub invalidate: Program,
    /// Guards entries and removes them, and says which versions are registered.
    /// KEYS: registers, entries, a guard for each. ARGV: number of registers, of entries, token, ttl.
    pub guard: Program,
    /// Stamps names with the time, which it moves on; without names it says what time it is.
    /// KEYS: stamps. ARGV: how many are kept, names.
    pub stamp: Program,
    /// Registers a version. KEYS: register. ARGV: version, horizon.
    #[cfg(feature = "cluster")]
    pub register: Program,
}

const NOW: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
";

/// A version is registered until the server's time `now + horizon`, and again when a quarter of that is over (see
/// [`Registration::holds`](crate::store::Registration::holds)): an entry that is filled meanwhile does not outlive it.
const REGISTER: &str = "
local function register(key, version, horizon)
  local until_ = redis.call('ZSCORE', key, version)
  if not until_ or tonumber(until_) < now + horizon * 3 / 4 then
    redis.call('ZADD', key, now + horizon, version)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    if redis.call('PTTL', key) < horizon then redis.call('PEXPIRE', key, horizon) end
  end
end
";

#[cfg(feature = "cluster")]
const REGISTER_ALONE: &str = "
register(KEYS[1], ARGV[1], tonumber(ARGV[2]))
return 1
";

/// What stands in a guard's place and is none is an error of that entry.
const GUARDS: &str = "
local function guarded(key)
  if redis.call('EXISTS', key) == 0 then return false end
  local gone = redis.pcall('ZREMRANGEBYSCORE', key, '-inf', now)
  if type(gone) == 'table' then return gone end
  return redis.call('EXISTS', key) == 1 and 2
end
local function set_guard(key, token, ttl)
  redis.call('ZADD', key, now + ttl, token)
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
end
";

/// What precedes leave: versions are registered, and it is seen whether there are guards at all. `each` is how many arguments an
/// entry has.
const ASKED: &str = "
local count = tonumber(ARGV[1])
for nth = 1, #KEYS - 2 * count do
  local at = each * count + 2 * nth
  register(KEYS[2 * count + nth], ARGV[at], tonumber(ARGV[at + 1]))
end
local some = redis.call('EXISTS', unpack(KEYS, count + 1, 2 * count)) > 0
";

/// Of several entries an error concerns one: it stands in the place of that one's answer. A lease may have been given already (see
/// [`plain`](super::plain)): then it is given again, or taken back.
const CLAIM: &str = "
local function claim(key, guard, lease, ttl, replaces)
  local held = some and guarded(guard)
  if held then
    if redis.pcall('GET', key) == lease then redis.call('UNLINK', key) end
    return held
  end
  local set = redis.pcall('SET', key, lease, 'NX', 'PX', ttl)
  if set then return set.err and set or 1 end
  local found = redis.pcall('GET', key)
  if type(found) == 'string' and found ~= lease and found ~= replaces then
    return string.sub(found, 1, 7) == '\\202lease:' and 3 or 4
  end
  set = redis.pcall('SET', key, lease, 'PX', ttl)
  return set.err and set or 1
end
local answer = {}
for nth = 1, count do
  answer[nth] = claim(KEYS[nth], KEYS[count + nth], ARGV[3 * nth - 1], ARGV[3 * nth], ARGV[3 * nth + 1])
end
return answer
";

/// The lease is given in the step that finds nothing to read (the paper's "lease-get").
const GET_OR_CLAIM: &str = "
local function get_or_claim(key, guard, lease, ttl)
  local held = some and guarded(guard)
  local set = not held and redis.pcall('SET', key, lease, 'NX', 'PX', ttl)
  if set and not set.err then return 1 end
  local found = redis.pcall('GET', key)
  if found == lease then
    if not held then return 1 end
    redis.call('UNLINK', key)
    return held
  end
  if held then return held == 2 and found or held end
  return found or set
end
local answer = {}
for nth = 1, count do
  answer[nth] = get_or_claim(KEYS[nth], KEYS[count + nth], ARGV[2 * nth], ARGV[2 * nth + 1])
end
return answer
";

const FOUND: &str = "
local function get(key) return redis.pcall('GET', key) end
";

/// A server that tells of changes counts what a script reads, if it is asked to, and tells of its writes to that. So it is not
/// to see a read before the write, of any key; GETEX counts as a write. Where there is none, the one who fills is told, and holds nothing.
const FOUND_UNSEEN: &str = "
local function get(key)
  local found = redis.pcall('GETEX', key)
  if type(found) == 'table' then found = redis.pcall('GET', key) end
  return found
end
";

const FILL: &str = "
local count = tonumber(ARGV[1])
local answer = {}
for nth = 1, count do
  local at = 3 * nth - 1
  if get(KEYS[nth]) == ARGV[at] then
    local set = redis.pcall('SET', KEYS[nth], ARGV[at + 1], 'PX', ARGV[at + 2])
    answer[nth] = set.err and set or 1
  else
    answer[nth] = 0
  end
end
";

/// After the fills, so that those that register nothing do not ask for the time either.
const FILL_REGISTERS: [&str; 5] = [
    "if #KEYS > count then",
    NOW,
    REGISTER,
    "
  for nth = 1, #KEYS - count do
    local at = 3 * count + 2 * nth
    register(KEYS[count + nth], ARGV[at], tonumber(ARGV[at + 1]))
  end
",
    "end\n",
];

/// The read after the write is the one that counts, and after every write: see [`FOUND_UNSEEN`].
const SEEN: &str = "
redis.call('EXISTS', unpack(KEYS, 1, count))
";

const FILLED: &str = "
return answer
";

const RENEW: &str = "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
";

const REMOVE_SAME: &str = "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])
";

const INVALIDATE: &str = "
local registers, entries = tonumber(ARGV[1]), tonumber(ARGV[2])
local answer = {0}
for at = 1, registers do answer[at + 1] = redis.call('ZRANGE', KEYS[at], 0, -1) end
for at = registers + 1, registers + entries do
  local value = redis.pcall('GETRANGE', KEYS[at], 0, 6)
  local removed = redis.call('UNLINK', KEYS[at])
  if value ~= '\\202lease:' then answer[1] = answer[1] + removed end
  local guard = KEYS[at + entries]
  if guard then
    if ARGV[3] ~= '' then redis.call('ZREM', guard, ARGV[3]) end
    if ARGV[4] ~= '' then set_guard(guard, ARGV[4], tonumber(ARGV[5])) end
  end
end
return answer
";

const GUARD: &str = "
local registers, entries = tonumber(ARGV[1]), tonumber(ARGV[2])
local answer = {entries}
for at = 1, registers do answer[at + 1] = redis.call('ZRANGE', KEYS[at], 0, -1) end
for at = registers + 1, registers + entries do
  redis.call('UNLINK', KEYS[at])
  set_guard(KEYS[at + entries], ARGV[3], tonumber(ARGV[4]))
end
return answer
";

const STAMP: &str = "
local last = tonumber(redis.call('ZSCORE', KEYS[1], 'clock') or nil)
if last and #ARGV == 1 then return last end
local time = redis.call('TIME')
local stamp = time[1] * 1000000 + time[2]
if last and last >= stamp then stamp = last + 1 end
if not last then redis.call('ZADD', KEYS[1], stamp, 'birth') end
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], stamp, ARGV[at]) end
redis.call('ZADD', KEYS[1], stamp, 'clock')
local count = redis.call('ZCARD', KEYS[1])
if count > tonumber(ARGV[1]) then
  local half = math.floor(count / 2)
  local newest = redis.call('ZRANGE', KEYS[1], half - 1, half - 1, 'WITHSCORES')[2]
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, half - 1)
  redis.call('ZADD', KEYS[1], 'GT', newest, 'clear')
end
return stamp
";

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            claim: Program::new(&[NOW, REGISTER, GUARDS, "local each = 3", ASKED, CLAIM]),
            get_or_claim: Program::new(&[NOW, REGISTER, GUARDS, "local each = 2", ASKED, GET_OR_CLAIM]),
            fill: Program::new(&[&[FOUND, FILL], &FILL_REGISTERS[..], &[FILLED]].concat()),
            fill_tracked: Program::new(&[&[FOUND_UNSEEN, FILL], &FILL_REGISTERS[..], &[SEEN, FILLED]].concat()),
            renew: Program::new(&[RENEW]),
            remove_same: Program::new(&[REMOVE_SAME]),
            invalidate: Program::new(&[NOW, GUARDS, INVALIDATE]),
            guard: Program::new(&[NOW, GUARDS, GUARD]),
            stamp: Program::new(&[STAMP]),
            #[cfg(feature = "cluster")]
            register: Program::new(&[NOW, REGISTER, REGISTER_ALONE]),
        }
    }
}
