//! A commit that PostgreSQL warned about.
//!
//! A commit waits for its synchronous standby. Where somebody ends that wait (`pg_cancel_backend`), `commit`
//! succeeds with a mere warning, and the change is on one machine only: it would be acknowledged, and lost
//! when the standby takes over. sqlx gives warnings to nobody but the log, so the log is listened to while a
//! commit is under way.

use std::cell::Cell;
use std::sync::LazyLock;

use sqlx::postgres::PgConnection;
use tracing::instrument::WithSubscriber as _;
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber, span};

/// Target under which sqlx logs what the server says beside its answers.
const NOTICES: &str = "sqlx::postgres::notice";

tokio::task_local! {
    /// A warning came while the commit of this task was under way.
    static WARNED: Cell<bool>;
}

static LISTENER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Listener));

/// Ending of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Committed {
    /// It ended as it should.
    Safely,
    /// The server did it, and warned that it is not as safe as it was to be.
    WithAWarning,
}

/// Commits. No warning belongs to a commit of ours, so each is taken for what it may mean.
pub(super) async fn commit(connection: &mut PgConnection) -> Result<Committed, sqlx::Error> {
    let commit = async {
        sqlx::raw_sql("commit").execute(connection).await?;
        Ok(if WARNED.with(Cell::get) { Committed::WithAWarning } else { Committed::Safely })
    };
    WARNED.scope(Cell::new(false), commit.with_subscriber(LISTENER.clone())).await
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == NOTICES && *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        if self.enabled(event.metadata()) {
            // Outside of a commit nobody listens.
            let _ = WARNED.try_with(|warned| warned.set(true));
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
