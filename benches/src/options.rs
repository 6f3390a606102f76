//! What the command line says.

use std::path::PathBuf;
use std::time::Duration;

pub(crate) const HELP: &str = "\
cargo xtask bench [--quick] [--only ROW,..] [--json FILE] [--docs]
  --quick         fewer and shorter rounds, no curves
  --only ROW,..   only the groups whose name contains one of these words; curves are groups too
  --json FILE     all rows as JSON
  --docs          writes the table and the plots into docs/performance.md and docs/performance
  --built SECONDS what building took, as a part of the time that all may take; xtask says it";

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) docs: bool,
    pub(crate) json: Option<PathBuf>,
    pub(crate) only: Vec<String>,
    pub(crate) built: Duration,
}

impl Options {
    pub(crate) fn read(words: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, given) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let mut value = || given.clone().or_else(|| words.next().cloned()).ok_or(format!("{name} needs a value"));
            match name {
                "--quick" => options.quick = true,
                "--docs" => options.docs = true,
                "--json" => options.json = Some(value()?.into()),
                "--only" => options.only.extend(value()?.split(',').map(|word| word.trim().to_owned())),
                "--built" => {
                    let seconds = value()?;
                    let seconds = seconds.parse().map_err(|_| format!("--built: seconds, not {seconds:?}"))?;
                    options.built = Duration::from_secs(seconds);
                }
                _ => return Err(format!("not understood: {word}")),
            }
        }
        Ok(options)
    }

    /// Whether a group of rows is asked for.
    pub(crate) fn wants(&self, group: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| group.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn read(line: &str) -> Result<Options, String> {
        Options::read(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read() {
        let options = read("--quick --json=rows.json --only local,miss").unwrap();
        assert!(options.quick && options.wants("local") && !options.wants("redis"));
        assert_eq!(options.json, Some("rows.json".into()));
        assert!(read("").unwrap().wants("redis"));
        assert_eq!(read("--built 90").unwrap().built.as_secs(), 90);
        assert!(read("--built long").is_err());
        assert!(read("--json").is_err());
        assert!(read("--fast").is_err());
    }
}
