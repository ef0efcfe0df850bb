//! Lists are read page by page, each from the key after which it starts.

/// Some rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, K> {
    /// Rows of the page.
    pub items: Vec<T>,
    /// The key of the last row, if there are more after it.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// A page of at most `limit` rows out of `rows`, which were read with [`one_more`] than that.
    pub(crate) fn cut(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if rows.len() > limit {
            rows.truncate(limit);
            rows.last().map(key)
        } else {
            None
        };
        Self { items: rows, next }
    }
}

/// Number of rows to ask for, to see if there are more than `limit`.
pub(crate) fn one_more(limit: u32) -> crate::Value {
    crate::unit::int(i64::from(limit) + 1)
}
