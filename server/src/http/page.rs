//! Lists a page at a time.

/// Cuts what was asked for one too many to its page, with where the next page begins: behind the id of the last.
pub(super) fn cut<T, Id>(mut found: Vec<T>, limit: u32, id: impl Fn(&T) -> Id) -> (Vec<T>, Option<Id>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(id) } else { None };
    (found, next)
}
