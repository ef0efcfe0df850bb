//! Why a use case did not happen. None of these knows HTTP.

use domain::case::NotAllowed;
use domain::identifiers::CaseId;
use domain::plan::types::Bilingual;
use domain::problem::Code;
use sandbox::NotAPlugin;
use store::StoreError;

use crate::command::sent_back::SentBack;

/// One field that cannot be accepted: where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// JSON Pointer into the request.
    pub pointer: String,
    /// Code of the mistake, one of `/problems`; it never changes.
    pub code: Code,
    /// Cause in one sentence. It never quotes what was sent, which may be a member's data.
    pub detail: String,
    /// Fix of the problem. An operation that helps stands in it by its id in the description of the API, as
    /// `⟦listPlans⟧` or, of one thing, `⟦stepContract ctr_…⟧`: whoever shows the text knows the address.
    pub fix: String,
    /// The plan's own words in both languages, where a plan says what is wrong.
    pub text: Option<Box<Bilingual>>,
}

impl FieldProblem {
    /// A problem at `pointer`.
    pub fn new(
        pointer: impl Into<String>,
        code: Code,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into(), fix: fix.into(), text: None }
    }
}

/// Why a use case did not happen. Nothing was changed, except where the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not there, or not the caller's to see.
    #[error("not found")]
    NotFound,
    /// The caller's role may never do this.
    #[error("the role may not do this")]
    Forbidden,
    /// A refusal for medical necessity, by a key with no clinical license on record.
    #[error("no clinical license on record")]
    NotLicensed,
    /// The key has expired.
    #[error("the key has expired")]
    KeyExpired,
    /// The key's organization is paused or has ended.
    #[error("the organization is {}", .0.name())]
    NotActive(domain::organization::State),
    /// The organization's standing does not allow this.
    #[error(transparent)]
    Organization(#[from] domain::organization::NotAllowed),
    /// The account's state does not allow this.
    #[error(transparent)]
    Account(#[from] domain::account::NotAllowed),
    /// The link of an invitation opens nothing any more.
    #[error(transparent)]
    LinkClosed(#[from] domain::invitation::Closed),
    /// Address and code do not go together, whatever the reason.
    #[error("address and code do not go together")]
    SignInRefused,
    /// Somebody tried too often in vain to sign in with one address; how long nobody may.
    #[error("too many refused tries to sign in")]
    TooManySignIns(jiff::SignedDuration),
    /// The session has ended, or is locked.
    #[error(transparent)]
    Session(#[from] domain::session::Closed),
    /// A step that cannot be undone, by a person who has not just shown who it is.
    #[error("the person must show who it is")]
    ProofNeeded,
    /// The case changed since the caller read it.
    #[error("changed since it was read")]
    Stale,
    /// The same of something that the caller may see: its version now.
    #[error("changed since it was read")]
    Newer(i64),
    /// The idempotency key was used with another request.
    #[error("idempotency key used with another request")]
    KeyReused,
    /// The case is in a state that does not allow this.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The release is in a state that does not allow this.
    #[error(transparent)]
    Release(#[from] domain::release::NotAllowed),
    /// The contract is in a state that does not allow this.
    #[error(transparent)]
    Contract(domain::contract::Refused),
    /// The step does not fit who of the plan's people has the case, if anybody has it.
    #[error(transparent)]
    Work(#[from] domain::work::Refused),
    /// Something must come first; everything that must, at once.
    #[error("{} things must come first", .0.len())]
    Withheld(Vec<FieldProblem>),
    /// The member already has an open case for this; which, where it is the caller's own.
    #[error("an open case exists")]
    Duplicate(Option<CaseId>),
    /// A name, number or id in the request belongs to something that is kept already.
    #[error("exists already")]
    Exists,
    /// Every place that the state approved for the service is taken.
    #[error("no place is left")]
    Full(domain::case::FullPlaces),
    /// Fields that cannot be accepted, all at once.
    #[error("{} fields cannot be accepted", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// The plan's rules say that the request contradicts itself, and where. That they did is on the record.
    #[error("the plan's rules sent it back")]
    SentBack(Box<SentBack>),
    /// Nobody covers the member on that day.
    #[error("no coverage on that day")]
    NoCoverage(Box<FieldProblem>),
    /// A file that cannot be read at all.
    #[error("the file cannot be read")]
    BadFile(Box<FieldProblem>),
    /// The component cannot be a plugin; every reason at once.
    #[error("not a plugin")]
    NotAPlugin(Vec<FieldProblem>),
    /// Somebody looked for members in vain too often; how long nobody of theirs may look.
    #[error("too many looks in vain")]
    TooManyTries(jiff::SignedDuration),
    /// Too much is waiting; nothing was done and a retry is welcome.
    #[error("busy")]
    Busy,
    /// The database cannot be reached, or takes no writes just now; nothing was done and a retry is welcome.
    #[error("the database is away: {0}")]
    Away(String),
    /// The database has no room; nothing was done, and a retry is welcome once there is.
    #[error("the database has no room: {0}")]
    NoRoom(String),
    /// The database did not say whether it kept the change; a retry with the same key tells.
    #[error("the outcome is not known")]
    Unknown,
    /// Something failed on our side.
    #[error("something failed on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A mistake in this program. It names no case and nobody.
#[derive(Debug, thiserror::Error)]
#[error("a defect: {0}")]
struct Defect(&'static str);

impl Failure {
    /// A single field that cannot be accepted.
    pub fn field(
        pointer: impl Into<String>,
        code: Code,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::Invalid(vec![FieldProblem::new(pointer, code, detail, fix)])
    }

    /// The fields that it names; of a request that came in another form, to say where they stand in that.
    pub fn fields_mut(&mut self) -> &mut [FieldProblem] {
        match self {
            Self::Invalid(fields) | Self::Withheld(fields) | Self::NotAPlugin(fields) => fields,
            Self::SentBack(back) => &mut back.problems,
            Self::NoCoverage(field) | Self::BadFile(field) => std::slice::from_mut(field),
            _ => &mut [],
        }
    }

    /// A state of things that this program itself rules out. Whoever asked did nothing wrong and could mend
    /// nothing, so it is neither a refusal nor `NotFound`.
    pub(crate) fn defect(what: &'static str) -> Self {
        Self::internal(Defect(what))
    }

    /// Something failed on our side.
    pub fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Stale,
            StoreError::Duplicate => Self::Exists,
            StoreError::NotThere => Self::NotFound,
            StoreError::Busy(_) => Self::Busy,
            StoreError::Away(cause) => Self::Away(cause),
            StoreError::NoRoom(cause) => Self::NoRoom(cause),
            StoreError::Unknown => Self::Unknown,
            other => Self::internal(other),
        }
    }
}

impl From<NotAPlugin> for Failure {
    fn from(refused: NotAPlugin) -> Self {
        if refused.is_the_hosts_fault() {
            tracing::warn!(%refused, "not compiled");
            return Self::Busy;
        }
        let reasons = refused.reasons.into_iter();
        Self::NotAPlugin(
            reasons
                .map(|reason| FieldProblem::new(reason.at, reason.code.code(), reason.problem, reason.fix))
                .collect(),
        )
    }
}
