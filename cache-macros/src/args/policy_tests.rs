use syn::{Ident, parse_str};

use super::Policies;

fn policies(given: &[(&str, &str)]) -> Policies {
    let mut policies = Policies::default();
    for (name, value) in given {
        let name: Ident = parse_str(name).expect("a name");
        policies.add(&name, parse_str(value).expect("an expression")).expect("a good value");
    }
    policies
}

#[test]
fn what_asks_for_the_background() {
    let asks = |given: &[(&str, &str)]| policies(given).background().map(ToString::to_string);
    for one in [
        ("stale_while_revalidate", "\"1s\""),
        ("soft_timeout", "limit"),
        ("hard_timeout", "2"),
        ("refresh_ahead", "0.8"),
        ("refresh", "\"probabilistic\""),
        ("revalidate", "\"background\""),
    ] {
        assert_eq!(asks(&[one]).as_deref(), Some(one.0));
        if one.0 != "revalidate" {
            assert_eq!(asks(&[one, ("revalidate", "\"inline\"")]), None);
        }
    }
    for one in [
        ("local", "\"1s\""),
        ("stale_if_error", "\"1h\""),
        ("jitter", "0.1"),
        ("sliding", "true"),
        ("refresh", "\"never\""),
        ("stale_while_revalidate", "\"0s\""),
    ] {
        assert_eq!(asks(&[one]), None);
    }
}

#[test]
fn what_is_turned_off_is_not_given() {
    assert!(policies(&[("local", "\"1s\"")]).has("local"));
    assert!(policies(&[("local", "time")]).has("local"));
    assert!(!policies(&[("local", "0")]).has("local"));
    assert!(!policies(&[]).has("local"));
}
