//! A curve, as text, as JSON and as an SVG that can be read on white and on dark pages.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::figures::short;
use crate::report::OURS;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 44.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 56.0;
const COLOURS: [&str; 6] = ["#0057b8", "#d1495b", "#2e8540", "#8d5a97", "#b36b00", "#555555"];

/// Both axes are logarithmic, but for an x axis that has a zero.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    /// Its name in the folder of plots.
    pub(crate) file: &'static str,
    pub(crate) title: &'static str,
    pub(crate) x: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Plot {
    /// A table for the terminal.
    pub(crate) fn text(&self) -> String {
        let head = self.lines.iter().map(|line| format!("{:>20}", line.name)).collect::<String>();
        let mut lines = vec![format!("{}  [{}], by {}\n  {:>12}{head}", self.title, self.unit, self.x, "")];
        let points = self.lines.first().map_or(&[][..], |line| &line.points);
        for (nth, (x, _)) in points.iter().enumerate() {
            let cells = self
                .lines
                .iter()
                .map(|line| format!("{:>20}", line.points.get(nth).map_or_else(|| "none".into(), |(_, y)| short(*y))));
            lines.push(format!("  {:>12}{}", short(*x), cells.collect::<String>()));
        }
        lines.join("\n")
    }

    /// One object; figures are pairs.
    pub(crate) fn json(&self) -> Value {
        let of = |line: &Line| json!(line.points.iter().map(|(x, y)| json!([x, y])).collect::<Vec<_>>());
        let ours = self.lines.iter().find(|line| line.name == OURS);
        let peers = self.lines.iter().filter(|line| line.name != OURS);
        let ratio = |line: &Line| {
            let pairs = ours.into_iter().flat_map(|ours| ours.points.iter().zip(&line.points));
            json!(pairs.map(|(ours, theirs)| json!([ours.0, ours.1 / theirs.1])).collect::<Vec<_>>())
        };
        let object = |value: &dyn Fn(&Line) -> Value| {
            peers.clone().map(|line| (line.name.to_owned(), value(line))).collect::<Map<_, _>>()
        };
        json!({
            "row": self.title, "unit": self.unit, "x": self.x, "ours": ours.map(of),
            "peers": object(&of), "ratio": object(&ratio),
        })
    }

    /// A picture.
    pub(crate) fn svg(&self) -> String {
        let all = || self.lines.iter().flat_map(|line| &line.points);
        let (x, y) = (Axis::over(all().map(|at| at.0)), Axis::over(all().map(|at| at.1)));
        let across = |value: f64| LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
        let down = |value: f64| HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222222\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        );
        let mut text = |at: (f64, f64), anchor: &str, size: u8, words: &str| {
            let words = words.replace('&', "&amp;").replace('<', "&lt;");
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{words}</text>",
                at.0, at.1
            );
        };
        text((LEFT, 20.0), "start", 15, &format!("{} ({})", self.title, self.unit));
        text(((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0), "middle", 12, self.x);
        for tick in x.ticks() {
            // A digit is some seven wide; half of the last label has to fit beside the axis.
            let label = short(tick);
            let most = WIDTH - 4.0 - 3.5 * label.len() as f64;
            text((across(tick).min(most), HEIGHT - BOTTOM + 18.0), "middle", 12, &label);
        }
        for tick in y.ticks() {
            text((LEFT - 8.0, down(tick) + 4.0), "end", 12, &short(tick));
        }
        for (nth, line) in self.lines.iter().enumerate() {
            text((LEFT + 24.0 + 150.0 * nth as f64, 38.0), "start", 12, line.name);
        }
        let mut stroke = |from: (f64, f64), to: (f64, f64), colour: &str, width: f64| {
            let _ = writeln!(
                svg,
                "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
                from.0, from.1, to.0, to.1
            );
        };
        for tick in x.ticks() {
            stroke((across(tick), TOP), (across(tick), HEIGHT - BOTTOM), "#dddddd", 1.0);
        }
        for tick in y.ticks() {
            stroke((LEFT, down(tick)), (WIDTH - RIGHT, down(tick)), "#dddddd", 1.0);
        }
        for (nth, _) in self.lines.iter().enumerate() {
            let from = LEFT + 150.0 * nth as f64;
            stroke((from, 34.0), (from + 18.0, 34.0), COLOURS[nth % COLOURS.len()], 3.0);
        }
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let path: Vec<String> =
                line.points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), down(*y))).collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.join(" ")
            );
            for (x, y) in &line.points {
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>",
                    across(*x),
                    down(*y)
                );
            }
        }
        svg + "</svg>\n"
    }
}

/// From a step to another.
struct Axis {
    from: f64,
    to: f64,
    linear: bool,
}

const STEPS: [f64; 3] = [1.0, 2.0, 5.0];

impl Axis {
    fn over(values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.filter(|at| at.is_finite()).collect();
        let least = values.iter().copied().fold(f64::MAX, f64::min);
        let most = values.iter().copied().fold(0.0, f64::max);
        if least <= 0.0 {
            return Self { from: 0.0, to: most.max(1.0), linear: true };
        }
        let all = Self::all();
        let from = all.iter().copied().rfind(|tick| *tick <= least).unwrap_or(1.0);
        let to = all.iter().copied().find(|tick| *tick >= most && *tick > from).unwrap_or(10.0);
        Self { from, to, linear: false }
    }

    fn all() -> Vec<f64> {
        (-3..12).flat_map(|power| STEPS.map(|step| step * 10_f64.powi(power))).collect()
    }

    fn place(&self, value: f64) -> f64 {
        if self.linear {
            return value / self.to;
        }
        (value.max(self.from) / self.from).ln() / (self.to / self.from).ln()
    }

    /// All steps, or whole powers alone where those would be too many.
    fn ticks(&self) -> Vec<f64> {
        if self.linear {
            return (0..=4).map(|nth| self.to * f64::from(nth) / 4.0).collect();
        }
        let within: Vec<f64> =
            Self::all().into_iter().filter(|at| *at >= self.from * 0.999 && *at <= self.to * 1.001).collect();
        let whole = |at: &f64| (at.log10() - at.log10().round()).abs() < 1e-9;
        if within.len() <= 9 { within } else { within.into_iter().filter(whole).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Plot};

    #[test]
    fn a_plot_has_its_lines_and_ratios() {
        let line = |name, points: &[(f64, f64)]| Line { name, points: points.to_vec() };
        let lines = vec![line("ours", &[(1.0, 10.0), (1e9, 400.0)]), line("peer", &[(1.0, 20.0), (1e9, 100.0)])];
        let plot = Plot { file: "x.svg", title: "Growth", x: "callers", unit: "hits/s", lines };
        assert_eq!(plot.json()["ratio"]["peer"][1][1], 4.0);
        assert!(plot.text().contains("400"), "{}", plot.text());
        let svg = plot.svg();
        assert_eq!(svg.matches("<polyline").count(), 2);
        let right = svg.lines().filter(|line| line.contains("\"middle\"")).filter_map(|line| {
            let words = line.split_once('>')?.1.split_once('<')?.0;
            Some(line.split('"').nth(1)?.parse::<f64>().ok()? + 3.5 * words.len() as f64)
        });
        assert!(right.fold(0.0, f64::max) < super::WIDTH, "{svg}");
        assert!(!svg.contains("NaN") && svg.ends_with("</svg>\n"));
    }
}
