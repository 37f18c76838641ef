//! Figures and moments as they are written on the page.

use std::time::Duration;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// Digits in groups of three, parted by narrow spaces that never break.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A part of one, in percent; never nought for what is something.
pub(super) fn percent(part: f64) -> String {
    match part * 100.0 {
        p if p > 0.0 && p < 0.01 => "<0.01 %".to_owned(),
        p => format!("{p:.2} %"),
    }
}

/// How long, with as many digits as mean something.
pub(super) fn span(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 9.995 => format!("{ms:.2} ms"),
        ms if ms < 99.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// How many a second.
pub(super) fn rate(per_second: f64) -> String {
    match per_second {
        r if r > 0.0 && r < 9.95 => format!("{r:.1}"),
        r => number(r.round() as u64),
    }
}

/// How many of what.
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n as u64), if n == 1 { one } else { many })
}

/// A moment: the time of day, and the day as well if it was another one.
pub(super) fn moment(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    let words = match at.date_naive() == now.date_naive() {
        true => at.format("%H:%M:%S"),
        false => at.format("%Y-%m-%d %H:%M"),
    };
    html! { time datetime=(at.format("%Y-%m-%dT%H:%M:%SZ")) { (words) } }
}

/// The class of a shard's colour: there are twelve, and names beside them.
pub(super) fn colour(place: usize) -> String {
    format!("c{}", place % 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_long_as_they_mean_something() {
        let grouped = [0, 999, 1000, 1_234_567].map(number);
        assert_eq!(grouped, ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
        let percents = [0.0, 0.000_01, 1.0 / 3.0, 1.0].map(percent);
        assert_eq!(percents, ["0.00 %", "<0.01 %", "33.33 %", "100.00 %"]);
        let micros = [420, 9_990, 9_996, 42_000, 999_400, 999_600, 12_340_000];
        let spans = micros.map(|us| span(Duration::from_micros(us)));
        assert_eq!(
            spans,
            ["0.42 ms", "9.99 ms", "10.0 ms", "42.0 ms", "999 ms", "1.0 s", "12.3 s"]
        );
        assert_eq!(
            [0.0, 0.4, 9.94, 9.96, 1234.4].map(rate),
            ["0", "0.4", "9.9", "10", "1\u{202f}234"]
        );
        assert_eq!(counted(1, "key", "keys"), "1 key");
    }
}
