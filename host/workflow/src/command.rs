//! What callers may ask for, already parsed: each field is what its type says.

pub(crate) mod audit;
pub(crate) mod caller;
pub(crate) mod failure;
pub(crate) mod notice;
pub(crate) mod once;
pub(crate) mod paging;
pub(crate) mod sent_back;

use domain::authorization::ExtendedBy;
use domain::case::{Language, NoticeRoute};
use domain::identifiers::{
    CaseId, Cin, County, DecisionId, Digest, Icd10, MemberId, Npi, OrgId, PersonName, PlanId, SigningKeyId,
};
use domain::identity::{Identity, Verdict};
use domain::plan::authorization::{RequestKind, RequestedLine};
use domain::plan::billing::{Adjustment, Frequency};
use domain::plan::referral::Destination;
use domain::plan::types::{Ask, Bilingual, DenialKind, Document, Fact, Period, Urgency, Workflow};
use domain::rollout::Cohort;
use domain::{Cents, Procedure};
pub use formats::table::Sent as SentTable;
use jiff::Timestamp;
use jiff::civil::Date;
pub use store::members::{Address, Residence};
pub use store::notices::Filter as NoticeFilter;

use crate::command::caller::Role;

/// The versions of something that a change is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whichever it has.
    Any,
    /// One of these.
    OneOf([Option<i64>; Self::MOST]),
}

impl Expected {
    /// Most versions that one change may be meant for.
    pub const MOST: usize = 8;

    /// One of these versions; of more than [`Self::MOST`] the first ones.
    #[must_use]
    pub fn one_of(versions: impl IntoIterator<Item = i64>) -> Self {
        let mut expected = [None; Self::MOST];
        for (place, version) in expected.iter_mut().zip(versions) {
            *place = Some(version);
        }
        Self::OneOf(expected)
    }

    /// Whether the change is meant for this version.
    #[must_use]
    pub fn holds(self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&Some(version)),
        }
    }
}

/// What a stored answer is made of; the shape belongs to whoever answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Status code.
    pub status: u16,
    /// Headers worth repeating.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// Makes a command happen once, however often it is sent.
#[derive(Clone)]
pub struct Once<V> {
    /// The operation's name; keys of different operations do not meet.
    pub operation: &'static str,
    /// The caller's key.
    pub key: String,
    /// SHA-256 over path and body, in hex.
    pub fingerprint: String,
    /// Makes the answer that a retry will get.
    pub render: fn(&V) -> StoredAnswer,
}

/// What came of a command.
#[derive(Clone, Debug)]
pub enum Outcome<V> {
    /// It happened now; the rendered answer is what a retry will get.
    Fresh(V, StoredAnswer),
    /// It had happened before.
    Replayed(StoredAnswer),
}

/// A new organization.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// `provider`, `plan` or `county`.
    pub kind: OrganizationKind,
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// For providers.
    pub npi: Option<Npi>,
    /// For plans.
    pub plan: Option<PlanId>,
    /// What kinds of provider it is.
    pub provider_kinds: Vec<String>,
    /// NUCC taxonomy codes.
    pub taxonomies: Vec<String>,
    /// Counties it serves.
    pub counties: Vec<County>,
}

/// A county that an operator adds: an invented one.
#[derive(Clone, Debug)]
pub struct NewCounty {
    /// Its code, which is none of the state's.
    pub code: County,
    /// Its name, 1 to 100 characters in each language.
    pub name: Bilingual,
    /// The region that it lies in, 1 to 60 characters.
    pub region: String,
}

/// What is to be changed about an organization. What is absent stays.
#[derive(Clone, Debug, Default)]
pub struct OrganizationChange {
    /// Its name, 1 to 200 characters.
    pub name: Option<String>,
    /// For providers.
    pub npi: Option<Npi>,
    /// What kinds of provider it is.
    pub provider_kinds: Option<Vec<String>>,
    /// NUCC taxonomy codes.
    pub taxonomies: Option<Vec<String>>,
    /// Counties it serves.
    pub counties: Option<Vec<County>>,
}

/// What a list of cases is narrowed to. What is absent narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// In this state.
    pub state: Option<String>,
    /// About this member.
    pub member: Option<MemberId>,
    /// For this service.
    pub service: Option<String>,
    /// That this plan decides or takes part in.
    pub plan: Option<PlanId>,
    /// That this provider sent or is to serve.
    pub provider: Option<OrgId>,
    /// That came on this day, Pacific time, or later.
    pub from: Option<Date>,
    /// That came on this day, Pacific time, or earlier.
    pub to: Option<Date>,
}

/// What an organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationKind {
    /// Delivers services.
    Provider,
    /// Pays for them.
    Plan,
    /// Hosts the instance.
    County,
}

/// A component that may become a plan's plugin.
pub struct NewPlugin {
    /// The component.
    pub bytes: Vec<u8>,
    /// The file that it is, as its sender names it: 1 to 200 characters.
    pub file: Option<String>,
    /// What its sender says of it, such as a commit: 1 to 500 characters.
    pub note: Option<String>,
}

/// A plugin going live.
#[derive(Clone, Debug)]
pub struct NewActivation {
    /// Which plugin.
    pub digest: Digest,
    /// From when; now if not said.
    pub from: Option<Timestamp>,
    /// For requests about this day and later ones. If not said: the Pacific day of `from`, or any day where
    /// nothing else answers the plan's requests.
    pub rules_from: Option<Date>,
    /// For whose requests.
    pub cohort: Cohort,
}

/// A key that a plan signs with.
#[derive(Clone, Debug)]
pub struct NewSigningKey {
    /// The 32 bytes of its public half.
    pub public_key: [u8; 32],
    /// What it is for, 1 to 100 characters.
    pub label: String,
}

/// A detached signature over a component's digest.
#[derive(Clone, Debug)]
pub struct NewSignature {
    /// With which key.
    pub key: SigningKeyId,
    /// The 64 bytes.
    pub signature: [u8; 64],
}

/// A new key.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Whose; the caller's own organization if not said.
    pub organization: Option<OrgId>,
    /// What it may do.
    pub role: Role,
    /// Whether a provider's key makes, names and ends keys of its organization; a plan's administrator and
    /// the operator always do.
    pub manages_keys: bool,
    /// What it is for, 1 to 100 characters.
    pub label: String,
    /// The clinical license of its holder.
    pub license: Option<String>,
    /// From when on it no longer works; `None`: it has no end.
    pub expires_at: Option<Timestamp>,
}

/// How a key is replaced.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// Hours for which the old key goes on; 0: it ends at once.
    pub overlap_hours: u16,
    /// From when on the new key no longer works; `None`: it is made for as long as the old one was.
    pub expires_at: Option<Timestamp>,
}

/// Contact data as a provider knows it.
#[derive(Clone, Default)]
pub struct Contact {
    /// Telephone, as E.164.
    pub phone: Option<String>,
    /// Where the member lives.
    pub residence: Option<Residence>,
}

/// A member that a provider serves.
#[derive(Clone)]
pub struct NewMember {
    /// Client Index Number.
    pub cin: Cin,
    /// Family name.
    pub family_name: PersonName,
    /// Given name.
    pub given_name: PersonName,
    /// Birth date.
    pub birth_date: Date,
    /// County.
    pub county: County,
    /// BCP 47 tag.
    pub language: String,
    /// How to reach the member.
    pub contact: Contact,
    /// Id of the purpose for which the member is looked up.
    pub purpose: String,
    /// Whether the person is kept for the caller's own eyes, if no file tells of one like this.
    pub provisional: bool,
}

impl NewMember {
    /// Who the member is, besides the number.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            birth_date: self.birth_date,
        }
    }
}

/// How a conflict about who somebody is is settled.
#[derive(Clone, Debug)]
pub struct Settling {
    /// How.
    pub verdict: Verdict,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What of who somebody is is corrected. What is absent stays.
#[derive(Clone)]
pub struct IdentityChange {
    /// Family name.
    pub family_name: Option<PersonName>,
    /// Given name.
    pub given_name: Option<PersonName>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Somebody turned out to be another person.
#[derive(Clone, Debug)]
pub struct NewMerger {
    /// That person.
    pub into: MemberId,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A part of somebody turned out to be another person.
#[derive(Clone)]
pub struct NewSplit {
    /// The other person's Client Index Number.
    pub cin: Cin,
    /// Family name.
    pub family_name: PersonName,
    /// Given name.
    pub given_name: PersonName,
    /// Birth date.
    pub birth_date: Date,
    /// County.
    pub county: County,
    /// BCP 47 tag.
    pub language: String,
    /// The plans whose files tell of the other person.
    pub plans: Vec<PlanId>,
    /// The cases that are about the other person.
    pub cases: Vec<CaseId>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Which member a case is about.
#[derive(Clone, Debug)]
pub enum MemberRef {
    /// By the host's id.
    Id(MemberId),
    /// By number, birth date and name, which together show that the caller knows the person.
    Known(Cin, Identity),
}

/// A new referral.
#[derive(Clone, Debug)]
pub struct NewReferral {
    /// Whom it is for.
    pub member: MemberRef,
    /// Service id in the catalog.
    pub service: String,
    /// Populations of focus.
    pub populations: Vec<String>,
    /// How soon.
    pub urgency: Urgency,
    /// The provider that the member or the referrer would like.
    pub preferred: Option<OrgId>,
    /// What is known.
    pub facts: Vec<Fact>,
    /// What was attached.
    pub documents: Vec<Document>,
}

/// A new request for authorization.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// Whom it is for.
    pub member: MemberRef,
    /// Service id in the catalog.
    pub service: String,
    /// Populations of focus.
    pub populations: Vec<String>,
    /// Why it is asked for.
    pub kind: RequestKind,
    /// How soon.
    pub urgency: Urgency,
    /// Who will deliver; the caller itself if not said.
    pub provider: Option<OrgId>,
    /// The referral it follows.
    pub referral: Option<CaseId>,
    /// What is asked for.
    pub lines: Vec<RequestedLine>,
    /// What is known.
    pub facts: Vec<Fact>,
    /// What was attached.
    pub documents: Vec<Document>,
}

/// One line of a new claim.
#[derive(Clone, Debug)]
pub struct NewClaimLine {
    /// The procedure.
    pub procedure: Procedure,
    /// Service that the procedure bills on the line's first day.
    pub service: String,
    /// CMS place of service code.
    pub place: String,
    /// The days of service.
    pub days: Period,
    /// Units.
    pub units: u32,
    /// Charge for the line.
    pub charge: Cents,
    /// Minutes, where recorded.
    pub minutes: Option<u32>,
}

/// Relation of a claim to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filing {
    /// It is the first.
    Original,
    /// It takes the place of this one.
    Replacement(CaseId),
    /// It takes this one back.
    Void(CaseId),
}

impl Filing {
    /// The earlier claim, if there is one.
    #[must_use]
    pub fn earlier(self) -> Option<CaseId> {
        match self {
            Self::Original => None,
            Self::Replacement(earlier) | Self::Void(earlier) => Some(earlier),
        }
    }

    /// The same as a claim form says it.
    #[must_use]
    pub fn frequency(self) -> Frequency {
        match self {
            Self::Original => Frequency::Original,
            Self::Replacement(_) => Frequency::Replacement,
            Self::Void(_) => Frequency::Void,
        }
    }
}

/// A new claim.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// Whom it is for.
    pub member: MemberRef,
    /// Relation to an earlier claim.
    pub filing: Filing,
    /// ICD-10-CM codes, principal first.
    pub diagnoses: Vec<Icd10>,
    /// The lines.
    pub lines: Vec<NewClaimLine>,
    /// What is known.
    pub facts: Vec<Fact>,
    /// What was attached.
    pub documents: Vec<Document>,
}

/// A new credentialing file.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// Legal name, 1 to 200 characters.
    pub legal_name: String,
    /// Service ids that it applies for.
    pub services: Vec<String>,
    /// Counties that it applies for.
    pub counties: Vec<County>,
    /// The plans that shall read it.
    pub plans: Vec<PlanId>,
    /// Its answers.
    pub answers: Vec<Fact>,
    /// Its documents.
    pub documents: Vec<Document>,
}

/// A case that nobody has sent. There is no member in it.
#[derive(Clone, Debug)]
pub struct UnsentCase {
    /// Where in the request it stands: empty, or a JSON Pointer.
    pub at: &'static str,
    /// Where the member would live.
    pub county: County,
    /// Service ids in the catalog, 1 to 10; one where lines are asked for.
    pub services: Vec<String>,
    /// `Referral` or `Authorization`.
    pub workflow: Workflow,
    /// Why permission would be asked for.
    pub kind: RequestKind,
    /// How soon.
    pub urgency: Urgency,
    /// Populations of focus.
    pub populations: Vec<String>,
    /// What kind of provider would deliver; the caller's own kinds if none is said.
    pub provider_kinds: Vec<String>,
    /// The member's age in whole years.
    pub age: u8,
    /// What would be asked for.
    pub lines: Vec<RequestedLine>,
    /// What is known.
    pub facts: Vec<Fact>,
    /// What would be attached.
    pub documents: Vec<Document>,
}

/// Which answer might change.
#[derive(Clone, Debug)]
pub enum WhatIf {
    /// A recorded one.
    Decision(DecisionId),
    /// That to a case before it is sent.
    Unsent {
        /// The case.
        case: UnsentCase,
        /// Whose answer; every plan's of the county if not said.
        plan: Option<PlanId>,
    },
}

/// What a contract is for.
#[derive(Clone, Debug)]
pub struct NewTerm {
    /// Service ids in the catalog, at least one.
    pub services: Vec<String>,
    /// Counties, at least one.
    pub counties: Vec<County>,
    /// The days.
    pub days: Period,
}

/// A contract that the caller's plan has with a provider.
#[derive(Clone, Debug)]
pub struct NewContract {
    /// The provider.
    pub provider: OrgId,
    /// The plan's delegate that it is with, if it is not with the plan itself.
    pub delegate: Option<String>,
    /// What it is for.
    pub term: NewTerm,
}

/// What a plan's people do with a contract.
#[derive(Clone, Debug)]
pub enum ContractStep {
    /// It does not hold from a day on; today if not said.
    Suspend {
        /// From when.
        from: Option<Date>,
        /// Why.
        reason: Bilingual,
    },
    /// It holds again from a day on; today if not said.
    Reinstate {
        /// From when.
        from: Option<Date>,
    },
    /// It holds up to a day; today if not said.
    End {
        /// The last day.
        last: Option<Date>,
        /// Why.
        reason: Bilingual,
    },
    /// More, besides what it has.
    Extend(NewTerm),
    /// From the term's first day on, this and nothing else.
    Change(NewTerm),
}

/// More that became known.
#[derive(Clone, Debug)]
pub struct Information {
    /// Facts; a later one replaces an earlier one of the same code.
    pub facts: Vec<Fact>,
    /// Documents.
    pub documents: Vec<Document>,
}

/// A plan's word that it told the member of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMemberNotice {
    /// The day it was sent; not in the future.
    pub sent_on: Date,
    /// How.
    pub route: NoticeRoute,
    /// The language it was written in, a BCP 47 tag.
    pub language: String,
}

/// More time to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExtension {
    /// Who asked.
    pub by: ExtendedBy,
    /// Why, as member and provider are told.
    pub reason: Bilingual,
}

/// That an authorization ends before its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEnding {
    /// The last day of service.
    pub last: Date,
    /// Why, in the provider's own words.
    pub reason: String,
}

/// What a provider does with a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferralStep {
    /// Takes it.
    Accept,
    /// Does not take it, or gives it back, for a reason in the dictionary.
    Decline(String),
    /// Begins outreach or service.
    StartOutreach,
    /// Says that the member asks for another provider; which, if that is known.
    ChangeProvider(Option<OrgId>),
    /// Closes the loop, for a reason in the dictionary.
    Close(String),
}

/// What a person wrote, in the language that the person writes, or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// English.
    pub en: Option<String>,
    /// Spanish.
    pub es: Option<String>,
}

/// The words of a reason in the language that was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTranslation {
    /// The language.
    pub language: Language,
    /// The words.
    pub text: String,
}

/// A no, to all that was asked for or to a part of it, as a person says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct No {
    /// What kind of no it is called. An administrative one must rest on administrative criteria.
    pub kind: DenialKind,
    /// Why, as the provider is told, after the words of the criteria that are named.
    pub reason: Written,
    /// The criteria of the plan that it rests on, by id. Where none is named, those that its rules found not
    /// met count.
    pub criteria: Vec<String>,
}

/// What a person grants.
#[derive(Clone, Debug)]
pub struct Granting {
    /// The lines; `None` grants what was asked for.
    pub lines: Option<Vec<RequestedLine>>,
    /// Whether it is meant to be something else than was asked for.
    pub modifies: bool,
    /// Why it is not all that was asked for.
    pub no: Option<No>,
    /// Why it is more than a benefit limit gives, where the limit allows that.
    pub exception: Option<Bilingual>,
}

/// What a person pays for a line of a claim.
#[derive(Clone, Debug)]
pub struct PaidByHand {
    /// The line's number.
    pub number: u16,
    /// Cents.
    pub amount: Cents,
    /// Why it is not the charge. Where nothing is said, the adjustments count that the rules found for this
    /// amount.
    pub adjustments: Option<Vec<Adjustment>>,
}

/// What a plan's person decides.
#[derive(Clone, Debug)]
pub enum PeopleDecision {
    /// Takes a referral.
    Accept,
    /// Gives an accepted referral to a provider.
    Assign(OrgId),
    /// Has an accepted referral offered to providers: in this order, or in the host's if none is named.
    Offer(Vec<OrgId>),
    /// Sends a referral elsewhere.
    Redirect(Destination, Bilingual),
    /// Grants an authorization, or a part of what was asked for, or something else.
    Approve(Granting),
    /// Says no.
    Refuse(No),
    /// Needs more.
    Pend(Vec<Ask>),
    /// Pays a claim.
    Pay {
        /// Check or transfer number.
        remittance: String,
        /// Line by line.
        lines: Vec<PaidByHand>,
        /// Why more is paid than a benefit limit gives, where the limit allows that.
        exception: Option<Bilingual>,
    },
    /// Stands by what the plan did with a claim.
    Uphold(Bilingual),
    /// Approves a credentialing file from a day; today if not said.
    Credential(Option<Date>),
    /// Declines a credentialing file.
    Decline(Bilingual),
    /// Reads a credentialing file again that was approved or declined.
    Reopen(Bilingual),
    /// Ends the approval of a credentialing file.
    EndApproval {
        /// The last day on which it counts; today if not said.
        last: Option<Date>,
        /// Why.
        reason: Bilingual,
    },
}

/// What is paid for a claim.
#[derive(Clone, Debug)]
pub struct PaidClaim {
    /// Which claim.
    pub claim: CaseId,
    /// Line by line.
    pub lines: Vec<PaidByHand>,
    /// Why more is paid than a benefit limit gives, where the limit allows that.
    pub exception: Option<Bilingual>,
}

/// One transfer or check of a plan to one provider.
#[derive(Clone, Debug)]
pub struct NewRemittance {
    /// Check or transfer number.
    pub number: String,
    /// What was transferred: what the lines pay, less what is taken back.
    pub total: Cents,
    /// The claims that it pays.
    pub claims: Vec<PaidClaim>,
}

/// Rows for a reference table that a plan declares.
#[derive(Clone, Debug)]
pub struct NewTable {
    /// The table's name in the profile.
    pub name: String,
    /// The days on which the rows are in force.
    pub days: Period,
    /// The rows as they were sent.
    pub sent: SentTable,
}
