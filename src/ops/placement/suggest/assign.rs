use super::Order;
use crate::key::ShardId;

/// Gives each range a shard so that the most rows stay where they are: those with
/// ranges now in their present order, new ones wherever that is best. `kept` says
/// how many rows of a range are on a shard already.
pub(super) fn assign(
    ranges: usize,
    order: &Order,
    kept: impl Fn(usize, &ShardId) -> u64,
) -> Vec<ShardId> {
    let settled = &order.settled;
    // best[n][s]: the most rows kept by the first n ranges, s of them with the
    // first s settled shards; none where too many would be new.
    let mut best: Vec<Vec<Option<u64>>> = vec![vec![None; settled.len() + 1]; ranges + 1];
    best[0][0] = Some(0);
    for n in 0..ranges {
        for s in 0..=settled.len().min(n) {
            let Some(rows) = best[n][s] else { continue };
            if let Some(shard) = settled.get(s) {
                let rows = rows + kept(n, shard);
                best[n + 1][s + 1] = best[n + 1][s + 1].max(Some(rows));
            }
            if n - s < order.new.len() {
                let rows = rows + kept(n, &order.new[n - s]);
                best[n + 1][s] = best[n + 1][s].max(Some(rows));
            }
        }
    }
    // Back from the end; of two ways as good, the settled shard stands lower.
    let mut shards = Vec::with_capacity(ranges);
    let mut s = settled.len();
    for n in (0..ranges).rev() {
        let as_new = (n - s.min(n) < order.new.len() && s <= n)
            .then(|| best[n][s].map(|rows| rows + kept(n, &order.new[n - s])))
            .flatten();
        if as_new.is_some() && as_new == best[n + 1][s] {
            shards.push(order.new[n - s].clone());
        } else {
            s -= 1;
            shards.push(settled[s].clone());
        }
    }
    shards.reverse();
    shards
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<ShardId> {
        names.iter().map(|name| ShardId::new(name).expect("a good name")).collect()
    }

    fn assigned(settled: &[&str], new: &[&str], kept: &[&[(&str, u64)]]) -> String {
        let order = Order { settled: names(settled), new: names(new) };
        let rows = |range: usize, shard: &ShardId| {
            let of = kept[range].iter().find(|(name, _)| *name == shard.as_str());
            of.map_or(0, |(_, rows)| *rows)
        };
        let shards = assign(kept.len(), &order, rows);
        shards.iter().map(ShardId::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_new_shard_goes_where_the_fewest_rows_move() {
        let thirds: &[&[(&str, u64)]] = &[&[("a", 33)], &[("a", 17), ("b", 16)], &[("b", 34)]];
        assert_eq!(assigned(&["a", "b"], &["c"], thirds), "a c b");
        assert_eq!(assigned(&["b", "a"], &["c"], &[&[], &[], &[("c", 9)]]), "b a c");
        assert_eq!(assigned(&["a"], &["b", "c"], &[&[], &[], &[("a", 9)]]), "b c a");
    }

    #[test]
    fn settled_shards_keep_their_order_and_new_ones_theirs() {
        let against: &[&[(&str, u64)]] = &[&[("b", 9)], &[("a", 9)]];
        assert_eq!(assigned(&["a", "b"], &[], against), "a b");
        assert_eq!(assigned(&[], &["x", "y"], against), "x y");
    }
}
