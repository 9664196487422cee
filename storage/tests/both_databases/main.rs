//! The same tests on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used)]

mod attempts;
mod calls;
mod crash;
mod dialogues;
mod lists;
mod outage;
mod outbox;
mod place;
mod postgres;

/// Makes two tests of each function: `name::sqlite` and `name::postgres`.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($place:ident: &Place) $body:block)*) => { $(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($place: &crate::place::Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(&crate::place::Place::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run(&crate::place::Place::postgres().await).await;
            }
        }
    )* };
}
pub(crate) use on_both;
