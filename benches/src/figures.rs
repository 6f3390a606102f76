//! How a figure is written.

/// Three digits or so, thousands apart.
pub(crate) fn short(figure: f64) -> String {
    match figure.abs() {
        size if !size.is_finite() => "none".to_owned(),
        size if size >= 100.0 => {
            let digits = format!("{figure:.0}");
            let (sign, digits) = digits.split_at(digits.len() - digits.trim_start_matches('-').len());
            let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| str::from_utf8(g).ok()).collect();
            format!("{sign}{}", groups.join(","))
        }
        size if size.fract() == 0.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn figures_are_short() {
        assert_eq!(
            [short(1234567.8), short(123.4), short(12.34), short(1.234), short(2.0)],
            ["1,234,568", "123", "12.3", "1.23", "2"]
        );
    }
}
