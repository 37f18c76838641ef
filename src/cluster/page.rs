use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

/// Merges pages that are each sorted by `key` into the first `limit` items of
/// them all, each with the number of the page it came from. Equal keys come in
/// the order of the pages. O(limit · log pages).
///
/// # Examples
/// ```
/// use shardwright::cluster::merge_pages;
///
/// let pages = vec![vec![1, 4, 5], vec![2, 3]];
/// let merged = merge_pages(pages, |n| *n, 4);
/// assert_eq!(merged, [(0, 1), (1, 2), (1, 3), (0, 4)]);
/// ```
pub fn merge_pages<T, K: Ord>(
    pages: Vec<Vec<T>>,
    key: impl Fn(&T) -> K,
    limit: usize,
) -> Vec<(usize, T)> {
    let mut pages: Vec<_> = pages.into_iter().map(Vec::into_iter).collect();
    let mut heads = BinaryHeap::with_capacity(pages.len());
    let head = |page: usize, item: T| Reverse(Head { key: key(&item), page, item });
    for (page, items) in pages.iter_mut().enumerate() {
        heads.extend(items.next().map(|item| head(page, item)));
    }
    let mut merged = Vec::new();
    while merged.len() < limit {
        let Some(Reverse(Head { page, item, .. })) = heads.pop() else { break };
        merged.push((page, item));
        heads.extend(pages[page].next().map(|item| head(page, item)));
    }
    merged
}

/// The next item of a page, ordered by its key and then by its page.
struct Head<K, T> {
    key: K,
    page: usize,
    item: T,
}

impl<K: Ord, T> Ord for Head<K, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key).then(self.page.cmp(&other.page))
    }
}

impl<K: Ord, T> PartialOrd for Head<K, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord, T> PartialEq for Head<K, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<K: Ord, T> Eq for Head<K, T> {}
