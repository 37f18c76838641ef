//! The ledger held against the databases.

use std::collections::{HashMap, HashSet};

use super::ledger::{Known, Ledger, STEPS};
use super::rows::{self, Row};
use crate::support::cluster::TestCluster;

type Found<'a> = HashMap<&'a str, Vec<&'a (usize, Row)>>;

impl Ledger {
    /// Everything in which the databases and the ledger disagree; nothing if all is well.
    pub(crate) fn audit(&self, cluster: &TestCluster) -> Vec<String> {
        self.compare(&rows::read(cluster))
    }

    fn compare(&self, rows: &[(usize, Row)]) -> Vec<String> {
        let mut found = Found::new();
        for row in rows {
            found.entry(&row.1.customer_id).or_default().push(row);
        }
        let at = |customer: &str| found.get(customer).map_or(&[][..], Vec::as_slice);
        let mut complaints: Vec<String> =
            self.wrong.iter().map(|what| format!("answered wrongly: {what}")).collect();
        for known in &self.acknowledged {
            match at(&known.customer) {
                [] => complaints.push(format!("acknowledged and lost: {known:?}")),
                [(shard, row)] => complaints.extend(differences(known, *shard, row)),
                several => complaints.push(format!("there more than once: {several:?}")),
            }
        }
        for known in &self.unknown {
            match at(&known.customer) {
                [] => {}
                [(shard, _)] if *shard == known.shard => {}
                others => complaints.push(format!("unknown, and there as {others:?}")),
            }
        }
        let rejected = self.refused.iter().flat_map(|customer| at(customer));
        complaints.extend(rejected.map(|row| format!("refused and there: {row:?}")));
        complaints.extend(self.strangers(rows));
        complaints
    }

    /// Orders nobody asked for, or whose id another one has.
    fn strangers(&self, rows: &[(usize, Row)]) -> Vec<String> {
        let asked = self.acknowledged.iter().chain(&self.unknown).map(|k| &k.customer);
        let asked: HashSet<&String> = asked.chain(&self.refused).collect();
        let mut ids = HashSet::new();
        let strange = rows.iter().filter(|(_, row)| {
            let twice = !ids.insert(&row.order_id);
            twice || !asked.contains(&row.customer_id)
        });
        strange.map(|row| format!("a stranger: {row:?}")).collect()
    }
}

fn differences(known: &Known, shard: usize, row: &Row) -> Option<String> {
    let step = STEPS.iter().position(|step| *step == row.status);
    let same = shard == known.shard
        && row.tenant_id == known.tenant
        && row.order_id == known.order_id
        && row.total_cents == known.total
        && row.currency == known.currency
        && step.is_some_and(|step| (known.reached..=known.tried).contains(&step));
    (!same).then(|| format!("acknowledged as {known:?}, on shard-{shard} as {row:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            tenant: "t".to_owned(),
            shard: 1,
            customer: "c".to_owned(),
            total: 5,
            currency: "EUR".to_owned(),
            key: "k".to_owned(),
            order_id: "o".to_owned(),
            reached: 1,
            tried: 2,
        }
    }

    fn row() -> Row {
        Row {
            tenant_id: "t".to_owned(),
            order_id: "o".to_owned(),
            customer_id: "c".to_owned(),
            status: "paid".to_owned(),
            total_cents: 5,
            currency: "EUR".to_owned(),
        }
    }

    fn complaints(ledger: &Ledger, rows: &[(usize, Row)]) -> usize {
        ledger.compare(rows).len()
    }

    #[test]
    fn an_acknowledged_order_is_there_once_as_acknowledged() {
        let ledger = Ledger { acknowledged: vec![known()], ..Ledger::default() };
        assert_eq!(complaints(&ledger, &[(1, row())]), 0);
        assert_eq!(complaints(&ledger, &[(1, Row { status: "shipped".to_owned(), ..row() })]), 0);
        assert_eq!(complaints(&ledger, &[]), 1, "lost");
        assert_eq!(complaints(&ledger, &[(0, row())]), 1, "on another shard");
        let again = Row { order_id: "another".to_owned(), ..row() };
        assert_eq!(complaints(&ledger, &[(1, row()), (1, again)]), 1, "twice");
        assert_eq!(complaints(&ledger, &[(1, row()), (2, row())]), 2, "twice, and one id twice");
        for status in ["placed", "delivered"] {
            let row = Row { status: status.to_owned(), ..row() };
            assert_eq!(complaints(&ledger, &[(1, row)]), 1, "{status}");
        }
        assert_eq!(complaints(&ledger, &[(1, Row { total_cents: 6, ..row() })]), 1, "changed");
    }

    #[test]
    fn a_refused_order_is_not_there() {
        let ledger = Ledger { refused: vec!["c".to_owned()], ..Ledger::default() };
        assert_eq!(complaints(&ledger, &[]), 0);
        assert_eq!(complaints(&ledger, &[(1, row())]), 1);
    }

    #[test]
    fn an_order_of_unknown_outcome_is_there_at_most_once() {
        let ledger = Ledger { unknown: vec![known()], ..Ledger::default() };
        assert_eq!(complaints(&ledger, &[]), 0);
        assert_eq!(complaints(&ledger, &[(1, row())]), 0);
        assert_eq!(complaints(&ledger, &[(0, row())]), 1, "on another shard");
        let again = Row { order_id: "another".to_owned(), ..row() };
        assert_eq!(complaints(&ledger, &[(1, row()), (1, again)]), 1, "twice");
    }

    #[test]
    fn an_order_nobody_asked_for_and_a_wrong_answer_are_seen() {
        assert_eq!(complaints(&Ledger::default(), &[(1, row())]), 1);
        let ledger = Ledger { wrong: vec!["what".to_owned()], ..Ledger::default() };
        assert_eq!(complaints(&ledger, &[]), 1);
    }
}
