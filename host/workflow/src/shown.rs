//! Values that use cases give back: of the record and the domain, with what only the host knows beside them.
//!
//! What may be seen is decided before: such a value holds what its caller may see, and nothing else. How it
//! is written, as JSON or otherwise, is the business of whoever shows it.

pub use sandbox::Limits;
pub use store::activations::Activation;
pub use store::coverages::Coverage;
pub use store::deadlines::Deadline;
pub use store::documents::Document;
pub use store::identity::Event as IdentityEvent;
pub use store::members::Grant;
pub use store::offers::Offer;
pub use store::organizations::Open;
pub use store::remittances::{Cause, Entry};
pub use store::shadow_runs::{RunState, ShadowRun};
pub use store::signing::SigningKey;
pub use store::tables::TableVersion;
pub use store::usage::Usage;
pub use store::worklist::{Done, WorkStep};

pub use crate::cases::around::{Around, RelatedCase};
pub use crate::cases::at_work::{CaseInHands, CaseToDecide};
pub use crate::cases::case::{
    Advice, Answered, Application, Authorization, Body, Case, Claim, DecidedBy, Dispute, Ended, Exception,
    Referral, Review, Supplied, Tried, WantedReason,
};
pub use crate::cases::colleagues::{Colleague, WorkOn};
pub use crate::cases::contracts::ShownContract;
pub use crate::cases::limits::ShownLimit;
pub use crate::cases::provider_steps::ProviderStep;
pub use crate::cases::remittances::ShownRemittance;
pub use crate::cases::show::{
    Beside, Declared, JoinedReferral, LeftCase, ShownCase, ShownDeadline, ShownPlacing, SteppedReferral,
    written,
};
pub use crate::cases::threads::{ShownThread, Threads, UnitsLeft};
pub use crate::cases::work::{ShownNotice, Waiting, WorkItem};
pub use crate::cases::would_change::{AskedFor, ChangingSet, ToSupply, WouldChange};
pub use crate::command::audit::TrailEntry;
pub use crate::command::timeline::TimelineStep;
pub use crate::directory::accounts::{
    ShownAccount, ShownAuthenticator, ShownInvitation, ShownLink, ShownWelcome,
};
pub use crate::directory::identity::{CaseOfPerson, Person, ShownConflict};
pub use crate::directory::identity_providers::ShownIdentityProvider;
pub use crate::directory::keys::ShownKey;
pub use crate::directory::members::{Aside, ShownMember, ShownValue};
pub use crate::directory::organizations::ShownOrganization;
pub use crate::directory::passkeys::{ShownChallenge, ShownPasskey, ToMake};
pub use crate::directory::rosters::{FileForm, RosterReport, RowNote, ShownRoster};
pub use crate::directory::sessions::ShownSession;
pub use crate::directory::sieve::{ContactPoint, ShownContact};
pub use crate::figures::{CountyFigures, Figure, FigureRow, Subject};
pub use crate::gauges::{Health, PlacesTaken};
pub use crate::plugins::asking::EvaluationRef;
pub use crate::plugins::breakers::BreakerReading;
pub use crate::plugins::costs::{Cost, Costs};
pub use crate::plugins::evaluations::{RecordedCall, Replay};
pub use crate::plugins::listing::{PluginDetail, ShownPlugin};
pub use crate::plugins::plans::{
    ActivePlugin, Grid, GridCell, GridRow, ShownPlan, ShownProfile, WithoutEffect,
};
pub use crate::plugins::proposals::Proposal;
pub use crate::plugins::receipts::{ReceiptCheck, ShownReceipt};
pub use crate::plugins::rollout::Rollback;
pub use crate::plugins::rule_changes::{Change, ChangeKind, PlanChanges, RuleChanges, RulesInForce};
pub use crate::plugins::rules_file::{CheckedRules, RulesOfVersion, TriedOrigin, TriedRequest};
pub use crate::plugins::shadow::compare::{
    Cause as ShadowCause, CauseKind, Change as ShadowChange, Direction, Outcome as ShadowOutcome,
};
pub use crate::plugins::shadow::report::{CauseCount, Report as ShadowReport};
pub use crate::plugins::shadow::{ShownShadowChange, ShownShadowRun};
pub use crate::plugins::tables::{DeclaredTable, NumberedRow, RowsOf, TableDifference, TableRows, TableSeen};
pub use crate::plugins::watching::{Answers, Forecast, Watch};
pub use crate::questions::across::{
    AskedAcross, AskedFinding, AskedService, NamedField, PlanAnswer, WhatIfAnswer,
};
pub use crate::questions::person::PersonToAsk;
pub use rulebook::Problem as RulesProblem;
