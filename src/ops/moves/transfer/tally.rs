use std::collections::BTreeMap;

use md5::{Digest, Md5};

use super::Batch;
use crate::ops::tables::{StoredId, StoredKey, Table};

/// What a set of rows amounts to, by table and key.
///
/// Two tallies over the same tables and keys are equal exactly if the rows are, as
/// far as MD5 goes: in whatever order they came and whatever order the tables have
/// their columns in. Generated columns are not part of it: they follow from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    tables: Vec<(String, BTreeMap<StoredId, KeySum>)>,
    bytes: u64,
}

/// What the rows of one key in one table amount to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeySum {
    /// How many there are.
    pub rows: u64,
    /// The sum of their MD5s, modulo 2^128: the rows' order doesn't matter, and a row
    /// that is there twice does.
    pub sum: u128,
}

/// Where two tallies differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The key.
    pub key: StoredKey,
    /// How many rows the two have of it. The numbers can be the same; then the rows differ.
    pub rows: [u64; 2],
}

impl KeySum {
    /// Adds a row in its canonical form.
    pub(super) fn add(&mut self, row: &[u8]) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(Md5::digest(row).into()));
    }

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

impl Tally {
    /// Of no rows yet, and ready for those of these keys.
    pub(super) fn new(tables: &[Table], batch: &Batch) -> Self {
        let keys = || batch.keys.iter().map(|key| (key.clone(), KeySum::default())).collect();
        let tables = tables.iter().map(|table| (table.name().to_owned(), keys())).collect();
        Self { tables, bytes: 0 }
    }

    /// Adds rows of one key in the table declared at that place; `Err` if the key is
    /// none of the batch's.
    pub(super) fn add(
        &mut self,
        table: usize,
        key: StoredId,
        sum: KeySum,
        bytes: u64,
    ) -> Result<(), StoredId> {
        let Some(known) = self.tables[table].1.get_mut(&key) else { return Err(key) };
        known.merge(sum);
        self.bytes += bytes;
        Ok(())
    }

    /// Adds the rows of other keys of the same tables.
    pub(super) fn absorb(&mut self, other: Self) {
        for ((_, keys), (_, others)) in self.tables.iter_mut().zip(other.tables) {
            for (key, sum) in others {
                keys.entry(key).or_default().merge(sum);
            }
        }
        self.bytes += other.bytes;
    }

    /// The same of these keys alone.
    pub(super) fn only(&self, keys: &[StoredId]) -> Self {
        let of = |sums: &BTreeMap<StoredId, KeySum>| {
            keys.iter().filter_map(|key| Some((key.clone(), *sums.get(key)?))).collect()
        };
        let tables = self.tables.iter().map(|(name, sums)| (name.clone(), of(sums))).collect();
        Self { tables, bytes: self.bytes }
    }

    /// How many rows there are, in all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().flat_map(|(_, keys)| keys.values()).map(|sum| sum.rows).sum()
    }

    /// How many the table declared at that place has.
    #[cfg(feature = "sqlite")]
    pub(super) fn rows_in(&self, table: usize) -> u64 {
        self.tables[table].1.values().map(|sum| sum.rows).sum()
    }

    /// How large they are in their canonical form, in bytes: the size of what is
    /// sent, near enough, and not what they take on disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What a key has in a table.
    #[must_use]
    pub fn of(&self, table: &str, key: &StoredId) -> KeySum {
        let keys = self.tables.iter().find(|(name, _)| name == table);
        keys.and_then(|(_, keys)| keys.get(key)).copied().unwrap_or_default()
    }

    /// Whether any table has a row of that key.
    #[must_use]
    pub fn holds(&self, key: &StoredId) -> bool {
        self.tables.iter().any(|(_, keys)| keys.get(key).is_some_and(|sum| sum.rows > 0))
    }

    /// The first table, and in it the first key, in which the other tally differs.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        self.tables.iter().enumerate().find_map(|(at, (table, keys))| {
            let others = other.tables.get(at).map(|(_, keys)| keys);
            let sum = |key| others.and_then(|keys| keys.get(key)).copied().unwrap_or_default();
            let extra = others.into_iter().flatten().filter(|(key, _)| !keys.contains_key(key));
            let mine = keys.iter().map(|(key, mine)| (key, *mine, sum(key)));
            let theirs = extra.map(|(key, theirs)| (key, KeySum::default(), *theirs));
            let (key, mine, theirs) =
                mine.chain(theirs).find(|(_, mine, theirs)| mine != theirs)?;
            Some(Difference {
                table: table.clone(),
                key: StoredKey { id: key.clone(), region: None },
                rows: [mine.rows, theirs.rows],
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::moves::RegionFilter;

    fn key(n: i64) -> StoredId {
        StoredId::Int(n)
    }

    fn tally(rows: &[(usize, i64, &str)]) -> Tally {
        let tables = [Table::by_int("a", "k"), Table::by_int("b", "k")];
        let batch = Batch { region: RegionFilter::Any, keys: vec![key(1), key(2)] };
        let mut tally = Tally::new(&tables, &batch);
        for (table, id, row) in rows {
            let mut sum = KeySum::default();
            sum.add(row.as_bytes());
            tally.add(*table, key(*id), sum, row.len() as u64).expect("a key of the batch");
        }
        tally
    }

    #[test]
    fn order_does_not_matter_and_number_does() {
        let one = tally(&[(0, 1, "x"), (0, 1, "y"), (1, 2, "z")]);
        assert_eq!(one, tally(&[(1, 2, "z"), (0, 1, "y"), (0, 1, "x")]));
        assert_eq!((one.rows(), one.bytes()), (3, 3));
        assert_eq!(one.difference(&one), None);
        let twice = tally(&[(0, 1, "x"), (0, 1, "y"), (1, 2, "z"), (1, 2, "z")]);
        let difference = one.difference(&twice).expect("a row more");
        assert_eq!((difference.table.as_str(), difference.rows), ("b", [1, 2]));
        assert_eq!(difference.key.id, key(2));
    }

    #[test]
    fn a_changed_row_and_a_row_in_the_wrong_place_are_differences() {
        let one = tally(&[(0, 1, "x")]);
        for other in [tally(&[(0, 1, "X")]), tally(&[(0, 2, "x")]), tally(&[(1, 1, "x")])] {
            let difference = one.difference(&other).expect("it differs");
            assert_eq!((difference.table.as_str(), difference.key.id), ("a", key(1)));
        }
        // Three equal rows are not one: sums, unlike exclusive ors, don't cancel out.
        assert!(one.difference(&tally(&[(0, 1, "x"), (0, 1, "x"), (0, 1, "x")])).is_some());
    }

    #[test]
    fn a_key_of_no_batch_is_refused() {
        assert_eq!(tally(&[]).add(0, key(3), KeySum::default(), 0), Err(key(3)));
    }
}
