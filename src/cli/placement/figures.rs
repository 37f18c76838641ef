use serde_json::{Value, json};

use super::super::output::{Output, size};
use crate::ops::placement::{Amount, Balance, Load};

/// A count as people read it: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let (head, rest) = digits.split_at(first);
    let groups = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group));
    let head = (!head.is_empty()).then_some(head.into());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

/// `1 row`, `2,000 rows`.
pub(super) fn count(number: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A part of a whole, as `12.3 %`.
pub(super) fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "-".to_owned(),
        _ => format!("{:.1} %", fraction(part, whole) * 100.0),
    }
}

/// A part of a whole, from 0 to 1; of nothing it is nothing.
fn fraction(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Keys, rows and bytes as cells of a table.
pub(super) fn cells(amount: Amount) -> [String; 3] {
    [grouped(amount.keys), grouped(amount.load.rows), size(amount.load.bytes)]
}

pub(super) fn load(load: Load) -> Value {
    json!({ "rows": load.rows, "bytes": load.bytes })
}

pub(super) fn amount(amount: Amount) -> Value {
    json!({ "keys": amount.keys, "rows": amount.load.rows, "bytes": amount.load.bytes })
}

/// Each shard before and after, with its share of the rows.
pub(super) fn balance(balance: &[Balance], output: &Output) -> std::io::Result<()> {
    let header = ["SHARD", "KEYS", "ROWS", "SIZE", "SHARE", "-> KEYS", "ROWS", "SIZE", "SHARE"];
    let (before, after) = totals(balance);
    let row = |shard: &Balance| {
        let mut row = vec![shard.shard.to_string()];
        for (amount, whole) in [(shard.before, before), (shard.after, after)] {
            row.extend(cells(amount));
            row.push(share(amount.load.rows, whole.load.rows));
        }
        row
    };
    let header = header.map(str::to_owned).to_vec();
    output.table(std::iter::once(header).chain(balance.iter().map(row)).collect())
}

/// The same for programs; a share is of the rows, from 0 to 1.
pub(super) fn balance_json(balance: &[Balance]) -> Value {
    let (before, after) = totals(balance);
    let side = |of: Amount, whole: Amount| {
        let share = fraction(of.load.rows, whole.load.rows);
        json!({
            "keys": of.keys, "rows": of.load.rows, "bytes": of.load.bytes, "share": share,
        })
    };
    let row = |shard: &Balance| {
        json!({
            "shard": shard.shard.as_str(),
            "before": side(shard.before, before),
            "after": side(shard.after, after),
        })
    };
    balance.iter().map(row).collect()
}

fn totals(balance: &[Balance]) -> (Amount, Amount) {
    (balance.iter().map(|b| b.before).sum(), balance.iter().map(|b| b.after).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_in_groups_of_three() {
        for (number, shown) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (12345, "12,345"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), shown);
        }
        assert_eq!((count(1, "key"), count(2000, "row")), ("1 key".into(), "2,000 rows".into()));
    }
}
