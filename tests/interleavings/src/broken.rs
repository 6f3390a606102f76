//! Ways in which the single-flight, or the order of the local tier, could be wrong, as changes of its text. `build.rs` applies each to a copy.

/// Which file is changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// `flight/mod.rs`
    Mod,
    /// `flight/leader.rs`
    Leader,
    /// `flight/keyed.rs`
    Keyed,
    /// `local/order.rs`
    Order,
}

impl File {
    /// The path in the sources of `cache-runtime`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Mod => "flight/mod.rs",
            Self::Leader => "flight/leader.rs",
            Self::Keyed => "flight/keyed.rs",
            Self::Order => "local/order.rs",
        }
    }
}

/// One way.
pub struct Break {
    /// The module that holds the copy.
    pub name: &'static str,
    /// What is wrong in it.
    pub about: &'static str,
    /// Where, what stands there once, and what takes its place.
    pub edits: &'static [(File, &'static str, &'static str)],
}

const fn one(name: &'static str, about: &'static str, edits: &'static [(File, &'static str, &'static str)]) -> Break {
    Break { name, about, edits }
}

const VOID: &str = "let mut shard = self.shard_of(key.hash).lock();
        if let Some(flight) = shard.take(key) {";

/// All of them.
pub const BREAKS: &[Break] = &[
    one(
        "joins_unlocked",
        "A caller is put in line after the lock of its flight's shard was given back.",
        &[(
            File::Mod,
            "flight.wait(Waiter { turn, wish, ",
            "let flight = Arc::clone(flight); drop(shard); flight.wait(Waiter { turn, wish, ",
        )],
    ),
    one(
        "joins_unnoticed",
        "A flight does not know that somebody waits.",
        &[(File::Mod, "self.awaited.store(true, Ordering::Release);", "")],
    ),
    one(
        "forgets_joined",
        "Whoever joined while the leader landed is dropped.",
        &[(File::Leader, "waiters.extend(joined);", "drop(joined);")],
    ),
    one(
        "ends_late",
        "Somebody can join between the look for the next waiter and the end of the flight.",
        &[
            (File::Leader, "let mut shard = of.lock();", ""),
            (File::Leader, "return shard.end(", "let mut shard = of.lock(); return shard.end("),
            (File::Leader, "drop(shard);", ""),
        ],
    ),
    one(
        "ends_another",
        "The end of a void flight ends the flight that took its place.",
        &[(File::Keyed, "Arc::ptr_eq(flight, ended)", "flight.text == ended.text")],
    ),
    one(
        "no_hand_over",
        "A leader that is dropped hands nothing over.",
        &[(File::Leader, "            self.pass_on(false);", "")],
    ),
    one(
        "stops_at_who_left",
        "The hand-over ends at a waiter that left.",
        &[(
            File::Leader,
            "Err(Turn::Lead(mut refused)) => refused.done = true,",
            "Err(Turn::Lead(mut refused)) => { refused.done = true; return; }",
        )],
    ),
    one("all_lead", "Every waiter gets the lead.", &[(File::Leader, "Ok(()) => return,", "Ok(()) => {}")]),
    one(
        "void_stays",
        "A void flight can still be joined.",
        &[(File::Mod, VOID, "let shard = self.shard_of(key.hash).lock(); if let Some(flight) = shard.get(key) {")],
    ),
    one(
        "void_unmarked",
        "A void flight does not know that it is.",
        &[(
            File::Mod,
            VOID,
            "let gone = self.shard_of(key.hash).lock().take(key); if gone.is_some() { let flight = Flight::new(key);",
        )],
    ),
    one(
        "void_marked_first",
        "A void flight is marked while it can still be joined.",
        &[(
            File::Mod,
            VOID,
            "let found = self.shard_of(key.hash).lock().get(key).map(Arc::clone); \
             if let Some(flight) = found { \
             flight.void.store(true, Ordering::SeqCst); self.shard_of(key.hash).lock().take(key);",
        )],
    ),
    one(
        "void_marked_late",
        "A void flight is marked after another one may have begun.",
        &[(File::Mod, VOID, "let gone = self.shard_of(key.hash).lock().take(key); if let Some(flight) = gone {")],
    ),
    one(
        "fills_unlocked",
        "A flight can become void between the look at the mark and the fill.",
        &[(File::Leader, "let _shard = self.shard.lock();", "")],
    ),
    one(
        "serves_unproved",
        "Callers that came after the load began are served without proof.",
        &[(File::Leader, "let all = without(Mechanism::LateWaiters);", "let all = true;")],
    ),
    one(
        "serves_after_fill",
        "The proof counts for callers that came after the fill was sent.",
        &[(File::Leader, "Came::After => all &&", "Came::After => proved &&")],
    ),
    one(
        "read_serves_all",
        "A read serves callers that came after it was sent.",
        &[(File::Leader, "waiter.came == Came::Before && waiter.wish == Wish::Any", "waiter.wish == Wish::Any")],
    ),
    one(
        "old_for_fresh",
        "Who wants a fresh value gets one whose load began earlier.",
        &[(File::Leader, "(proved || all) && waiter.wish == Wish::Any,", "proved || all,")],
    ),
    one(
        "put_unlocked",
        "A key can be voided between the look at the count and the insertion.",
        &[(
            File::Order,
            "        let inserted = insert();\n        drop(count);",
            "        drop(count);\n        let inserted = insert();",
        )],
    ),
    one(
        "put_unchecked",
        "What was read before a void is put there.",
        &[(File::Order, "!count.stands(turn) && !without(Mechanism::LocalRace)", "false")],
    ),
    one(
        "void_uncounted",
        "A void removes what is there, and nothing that is on its way.",
        &[(
            File::Order,
            "self.count(stripe(key));\n        count.void(key);",
            "self.count(stripe(key));\n        count.voids += 0;",
        )],
    ),
    one(
        "void_removes_first",
        "Something can be put there after the removal and before the count.",
        &[(
            File::Order,
            "        let mut count = self.count(stripe(key));\n        count.void(key);\n        let removed = remove();",
            "        let removed = remove();\n        let mut count = self.count(stripe(key));\n        count.void(key);",
        )],
    ),
    one(
        "void_all_removes_first",
        "The same, of everything.",
        &[
            (
                File::Order,
                "        for stripe in 0..STRIPES {",
                "        remove();\n        for stripe in 0..STRIPES {",
            ),
            (File::Order, "        }\n        remove();\n", "        }\n"),
        ],
    ),
    one(
        "fill_uncounted",
        "Who read before a fill puts the old value over the new one.",
        &[(
            File::Order,
            "        let stands = count.stands(turn);\n        count.void(turn.key);",
            "        let stands = count.stands(turn);",
        )],
    ),
    one(
        "void_remembered_late",
        "A void counts as one of the key that was there before.",
        &[(
            File::Order,
            "        self.last[place(self.voids)] = key;\n        self.voids += 1;",
            "        self.voids += 1;\n        self.last[place(self.voids)] = key;",
        )],
    ),
    one(
        "fill_unchecked",
        "A fill is held although an invalidation came after it.",
        &[(File::Order, "stands.then_some(turn)", "Some(turn)")],
    ),
];
