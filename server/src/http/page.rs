//! Lists a page at a time.

/// Something that is listed by a number that counts up.
pub(super) trait Paged {
    /// The number.
    fn id(&self) -> i64;
}

/// Cuts what was asked for one too many to its page, with where the next page begins.
pub(super) fn cut<T: Paged>(mut found: Vec<T>, limit: u32) -> (Vec<T>, Option<i64>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(Paged::id) } else { None };
    (found, next)
}
