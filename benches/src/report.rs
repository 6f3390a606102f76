//! Rows: what they hold, as text, as JSON and as a table for the docs.

use serde_json::{Map, Value, json};

use crate::figures::short;
use crate::measure::{Samples, Summary};
use crate::rounds::Disturbed;

/// Our name among the contenders.
pub(crate) const OURS: &str = "ours";

/// One comparison.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    unit: &'static str,
    ours: Option<Summary>,
    peers: Vec<(&'static str, Option<Summary>)>,
    ratios: Vec<(&'static str, f64)>,
    musts: Vec<Must>,
    pub(crate) allocations: Vec<(&'static str, f64)>,
    pub(crate) instructions: Vec<(&'static str, f64)>,
    notes: Vec<String>,
    /// Whether most of its rounds were.
    pub(crate) disturbed: bool,
}

/// What a row has to show.
#[derive(Clone, Debug)]
struct Must {
    text: String,
    measured: f64,
    holds: bool,
}

fn suffered(Disturbed { left_out, mostly }: Disturbed) -> Option<String> {
    const WHY: &str = "in which other machines had much of the processors";
    match (mostly, left_out) {
        (true, _) => Some(format!("more than half were rounds {WHY}: all count")),
        (false, 0) => None,
        (false, left_out) => Some(format!("{left_out} rounds left out, {WHY}")),
    }
}

impl Row {
    /// A row of these figures.
    pub(crate) fn new(name: impl Into<String>, unit: &'static str, samples: &Samples) -> Self {
        let peers: Vec<&'static str> = samples.names().filter(|name| *name != OURS).collect();
        Self {
            name: name.into(),
            unit,
            ours: samples.of(OURS),
            ratios: peers.iter().filter_map(|peer| Some((*peer, samples.ratio(OURS, peer)?))).collect(),
            peers: peers.into_iter().map(|peer| (peer, samples.of(peer))).collect(),
            musts: Vec::new(),
            allocations: Vec::new(),
            instructions: Vec::new(),
            notes: suffered(samples.disturbed).into_iter().collect(),
            disturbed: samples.disturbed.mostly,
        }
    }

    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// The ratio to a peer has to be at most this.
    pub(crate) fn ratio_at_most(self, peer: &str, most: f64) -> Self {
        let measured = self.ratio(peer);
        self.must(format!("at most {most} x {peer}"), measured, measured <= most)
    }

    /// The ratio to a peer has to be at least this.
    pub(crate) fn ratio_at_least(self, peer: &str, least: f64) -> Self {
        let measured = self.ratio(peer);
        self.must(format!("at least {least} x {peer}"), measured, measured >= least)
    }

    /// Our median has to be at most this.
    pub(crate) fn at_most(self, most: f64) -> Self {
        let (measured, unit) = (self.median(), self.unit);
        self.must(format!("at most {} {unit}", short(most)), measured, measured <= most)
    }

    /// Our median has to be at most this, to the next whole number: a heartbeat may fall among what is counted.
    pub(crate) fn rounded_at_most(self, most: f64) -> Self {
        let (measured, unit) = (self.median(), self.unit);
        self.must(format!("at most {} {unit}", short(most)), measured, measured.round() <= most)
    }

    /// Our median has to be at least this.
    pub(crate) fn at_least(self, least: f64) -> Self {
        let (measured, unit) = (self.median(), self.unit);
        self.must(format!("at least {} {unit}", short(least)), measured, measured >= least)
    }

    pub(crate) fn must(mut self, text: impl Into<String>, measured: f64, holds: bool) -> Self {
        self.musts.push(Must { text: text.into(), measured, holds });
        self
    }

    pub(crate) fn missed(&self) -> usize {
        self.musts.iter().filter(|must| !must.holds).count()
    }

    pub(crate) fn musts(&self) -> usize {
        self.musts.len()
    }

    fn median(&self) -> f64 {
        self.ours.map_or(f64::NAN, |ours| ours.median)
    }

    fn ratio(&self, peer: &str) -> f64 {
        self.ratios.iter().find(|(name, _)| *name == peer).map_or(f64::NAN, |(_, ratio)| *ratio)
    }

    /// A block of lines for the terminal.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![format!("{}  [{}]", self.name, self.unit)];
        let ours = self.ours.map(|ours| (OURS, Some(ours)));
        for (name, summary) in ours.into_iter().chain(self.peers.iter().copied()) {
            let figures = summary.map_or_else(|| format!("{:>12}", "none"), figures);
            let ratio = self.ratios.iter().find(|(peer, _)| *peer == name);
            let ratio = ratio.map_or_else(String::new, |(_, ratio)| format!("ours is {ratio:.2} x"));
            let counted = [("alloc", &self.allocations), ("instr", &self.instructions)];
            let counted = counted.iter().filter_map(|(what, counts)| {
                let (_, count) = counts.iter().find(|(peer, _)| *peer == name)?;
                Some(format!("{} {what}", short(*count)))
            });
            let counted = counted.collect::<Vec<_>>().join(", ");
            lines.push(format!("  {name:<18}{figures}  {ratio:<18}{counted}").trim_end().to_owned());
        }
        lines.extend(self.musts.iter().map(|must| {
            format!("  {:<7} {}: {}", if must.holds { "holds" } else { "MISSED" }, must.text, short(must.measured))
        }));
        lines.extend(self.notes.iter().map(|note| format!("  note: {note}")));
        lines.join("\n")
    }

    /// One object.
    pub(crate) fn json(&self) -> Value {
        let peers = self.peers.iter().map(|(name, summary)| ((*name).to_owned(), median(*summary)));
        let spread = self.ours.iter().map(|ours| (OURS, Some(*ours))).chain(self.peers.iter().copied());
        let spread = spread.filter_map(|(name, all)| all.map(|all| (name.to_owned(), json!([all.min, all.max]))));
        json!({
            "row": self.name, "unit": self.unit, "ours": median(self.ours),
            "peers": peers.collect::<Map<_, _>>(), "ratio": counts(&self.ratios),
            "spread": spread.collect::<Map<_, _>>(),
            "allocations": counts(&self.allocations), "instructions": counts(&self.instructions),
            "must": self.musts.iter().map(|must| json!({
                "text": must.text, "measured": must.measured, "holds": must.holds,
            })).collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }

    /// A line of the table in the docs.
    pub(crate) fn markdown(&self) -> String {
        let ours = self.ours.map_or_else(
            || "none".to_owned(),
            |all| format!("**{}** ({} to {})", short(all.median), short(all.min), short(all.max)),
        );
        let peers = self.peers.iter().map(|(name, all)| {
            let figure = all.map_or_else(|| "none".to_owned(), |all| short(all.median));
            let ratio = self.ratios.iter().find(|(peer, _)| peer == name);
            format!("{name} {figure}{}", ratio.map_or_else(String::new, |(_, ratio)| format!(" ({ratio:.2} x)")))
        });
        let musts = self.musts.iter().map(|must| {
            let word = if must.holds { "holds" } else { "**missed**" };
            format!("{}: {}, {word}", must.text, short(must.measured))
        });
        let cell = |items: Vec<String>| items.join("<br>");
        let (peers, musts) = (cell(peers.collect()), cell(musts.collect()));
        format!("| {} | {} | {ours} | {peers} | {musts} |", self.name, self.unit)
    }
}

fn figures(all: Summary) -> String {
    format!("{:>12}  ({} to {})", short(all.median), short(all.min), short(all.max))
}

fn median(summary: Option<Summary>) -> Value {
    summary.map_or(Value::Null, |all| json!(all.median))
}

fn counts(all: &[(&'static str, f64)]) -> Map<String, Value> {
    all.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect()
}

#[cfg(test)]
mod tests {
    use super::Row;
    use crate::measure::Samples;

    #[test]
    fn a_row_says_whether_its_musts_hold() {
        let mut samples = Samples::default();
        samples.add("ours", 30.0);
        samples.add("peer", 20.0);
        let row = Row::new("a row", "ns", &samples).ratio_at_most("peer", 2.0).at_most(10.0);
        assert_eq!((row.musts(), row.missed()), (2, 1));
        assert!(row.text().contains("MISSED  at most 10 ns: 30"), "{}", row.text());
        assert_eq!(row.json()["ratio"]["peer"], 1.5);
        assert_eq!(row.json()["peers"]["peer"], 20.0);
    }

    #[test]
    fn what_could_not_be_measured_does_not_hold() {
        assert_eq!(Row::new("a row", "ns", &Samples::default()).ratio_at_most("peer", 2.0).missed(), 1);
    }
}
