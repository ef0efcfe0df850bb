//! Commands as callers give them, already parsed: a field that `web` could read is what its type says.

pub(crate) mod audit;
pub(crate) mod caller;
pub(crate) mod failure;
pub(crate) mod notice;
pub(crate) mod once;
pub(crate) mod paging;
pub(crate) mod sent_back;
pub(crate) mod timeline;

use domain::account::{Email, Role as AccountRole};
use domain::authorization::ExtendedBy;
use domain::case::{Language, NoticeRoute, Reason, ReasonOf};
use domain::identifiers::{
    CaseId, Cin, County, Digest, EvaluationId, Icd10, MemberId, Npi, OrgId, PersonName, PlanId, SigningKeyId,
};
use domain::identity::{Identity, Verdict};
use domain::openid::{ClientId, ClientSecret, EmailDomain, Issuer, ShortName};
pub use domain::passkey::{Assertion, Registration};
use domain::plan::authorization::{RequestKind, RequestedLine};
use domain::plan::billing::{Adjustment, Frequency};
use domain::plan::referral::Destination;
use domain::plan::types::{Ask, Bilingual, DenialKind, Document, Fact, Period, Urgency, Workflow};
use domain::rollout::Cohort;
use domain::{Cents, Procedure, work};
pub use formats::table::Sent as SentTable;
use jiff::Timestamp;
use jiff::civil::Date;
pub use store::members::{Address, Residence};
pub use store::notices::Filter as NoticeFilter;
pub use store::worklist::{Filter as WorkFilter, Holder};

use crate::command::caller::Role;

/// The versions of something that a change is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Any version: the change does not depend on what was read.
    Any,
    /// One of these versions, as `If-Match` listed them; the places behind the last one are `None`.
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

    /// True if the change may be made to this version.
    #[must_use]
    pub fn holds(self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&Some(version)),
        }
    }
}

/// An answer as it is stored for retries of the command; `web` gives it its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status code, such as 201.
    pub status: u16,
    /// Header fields that a retry gets again, such as `ETag` and `Location`, by name.
    pub headers: Vec<(String, String)>,
    /// Bytes of the body, as they were sent the first time.
    pub body: Vec<u8>,
}

/// Makes a command happen once, however often it is sent.
#[derive(Clone)]
pub struct Once<V> {
    /// The operation's name; keys of different operations do not meet.
    pub operation: &'static str,
    /// The caller's `Idempotency-Key`.
    pub key: String,
    /// SHA-256 over path and body, in hex.
    pub fingerprint: String,
    /// Makes the answer that a retry will get.
    pub render: fn(&V) -> StoredAnswer,
}

/// Outcome of a command that may have been sent before.
#[derive(Clone, Debug)]
pub enum Outcome<V> {
    /// It happened now; the rendered answer is what a retry will get.
    Fresh(V, StoredAnswer),
    /// It had happened before.
    Replayed(StoredAnswer),
}

/// An organization that an operator adds.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// `provider`, `plan` or `county`.
    pub kind: OrganizationKind,
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// National Provider Identifier; for a provider that has one.
    pub npi: Option<Npi>,
    /// Id of the plan; for an organization of the kind `plan`, and for no other.
    pub plan: Option<PlanId>,
    /// Provider kinds of the dictionary, such as `street-medicine`; empty but for providers.
    pub provider_kinds: Vec<String>,
    /// NUCC taxonomy codes, ten characters each; empty but for providers.
    pub taxonomies: Vec<String>,
    /// Counties that it serves, by code.
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

/// Changes to an organization; an absent field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct OrganizationChange {
    /// Its name, 1 to 200 characters.
    pub name: Option<String>,
    /// National Provider Identifier; for providers only.
    pub npi: Option<Npi>,
    /// Provider kinds of the dictionary, in place of those on record.
    pub provider_kinds: Option<Vec<String>>,
    /// NUCC taxonomy codes, in place of those on record.
    pub taxonomies: Option<Vec<String>>,
    /// Counties that it serves, in place of those on record.
    pub counties: Option<Vec<County>>,
}

/// Narrows a list of cases; an absent field narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// State of the case, by its word in the API.
    pub state: Option<String>,
    /// Member that the case is about.
    pub member: Option<MemberId>,
    /// Service of the case, by its id in the catalog.
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

/// Kind of an organization, which says which roles its keys may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationKind {
    /// A provider: refers members and delivers services.
    Provider,
    /// A managed care plan: decides on requests and pays claims.
    Plan,
    /// The county's collaborative: runs this host.
    County,
}

/// A component that may become a plan's plugin.
pub struct NewPlugin {
    /// Bytes of the component, as they were uploaded.
    pub bytes: Vec<u8>,
    /// The file that it is, as its sender names it: 1 to 200 characters.
    pub file: Option<String>,
    /// Note of its sender, such as a commit: 1 to 500 characters.
    pub note: Option<String>,
}

/// A plugin going live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewActivation {
    /// SHA-256 of the component that goes live.
    pub digest: Digest,
    /// Instant from which it decides (UTC); now if absent.
    pub from: Option<Timestamp>,
    /// First day that requests must be about. If absent, the Pacific day of `from`, or any day where nothing
    /// else answers the plan's requests.
    pub rules_from: Option<Date>,
    /// Providers or counties whose requests it answers.
    pub cohort: Cohort,
}

/// A key that a plan signs with.
#[derive(Clone, Debug)]
pub struct NewSigningKey {
    /// The 32 bytes of its public half.
    pub public_key: [u8; 32],
    /// Purpose of the key in the plan's words, 1 to 100 characters.
    pub label: String,
}

/// A detached signature over a component's digest.
#[derive(Clone, Debug)]
pub struct NewSignature {
    /// Id of the signing key that the plan registered.
    pub key: SigningKeyId,
    /// Ed25519 signature (RFC 8032) over the digest's 32 bytes.
    pub signature: [u8; 64],
}

/// An API key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Whose; the caller's own organization if not said.
    pub organization: Option<OrgId>,
    /// Role of the key, one that its organization's kind may have.
    pub role: Role,
    /// True if a provider's key may make, name and end keys of its organization. A plan's administrator and
    /// the operator always may.
    pub manages_keys: bool,
    /// Purpose of the key in its maker's words, 1 to 100 characters.
    pub label: String,
    /// The clinical license of its holder.
    pub license: Option<String>,
    /// Instant from which on it no longer works (UTC); `None`: it has no end.
    pub expires_at: Option<Timestamp>,
}

/// An identity provider as an organization names it, and this host as a client of it.
#[derive(Clone, Debug)]
pub struct NewIdentityProvider {
    /// Organization whose people sign in by it; the caller's own if not said.
    pub organization: Option<OrgId>,
    /// Name by which people call it up.
    pub short_name: ShortName,
    /// Address under which it says who people are.
    pub issuer: Issuer,
    /// Id of this host as a client of it.
    pub client_id: ClientId,
    /// Secret of that client; the one on record if not said.
    pub client_secret: Option<ClientSecret>,
    /// Domains of its people's addresses, by which it is called up too; where there are none, any will do.
    pub email_domains: Vec<EmailDomain>,
}

/// Text by which somebody calls up an organization's provider.
#[derive(Clone, Debug)]
pub enum CalledUp {
    /// Short name of the provider.
    Name(ShortName),
    /// The person's address at work, whose domain says which.
    Address(Email),
}

/// Parameters with which a provider sends a browser back (RFC 6749, 4.1.2; RFC 9207).
#[derive(Clone)]
pub struct SentBackBy {
    /// Organization at whose address the browser came back.
    pub organization: OrgId,
    /// State of the attempt.
    pub state: String,
    /// Code that is exchanged for a token; `None` where the provider refused.
    pub code: Option<String>,
    /// Word for the refusal.
    pub error: Option<String>,
    /// Issuer that the answer says to come from.
    pub issuer: Option<String>,
}

/// A person who is invited to an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Organization for which the person will act; the caller's own if not said.
    pub organization: Option<OrgId>,
    /// Name of the person, who may write it otherwise.
    pub name: PersonName,
    /// Address of the person at work.
    pub email: Email,
    /// Language in which the person reads the portal.
    pub language: Language,
    /// Roles of the person, which the organization's kind must have.
    pub roles: Vec<AccountRole>,
    /// The clinical license of a reviewer, 1 to 60 characters.
    pub license: Option<String>,
    /// True if the person looks after the accounts and keys of the organization.
    pub administers: bool,
}

/// Changes to an account; an absent field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// Name of the person.
    pub name: Option<PersonName>,
    /// Language in which the person reads the portal.
    pub language: Option<Language>,
    /// All roles of the person, in place of those on record.
    pub roles: Option<Vec<AccountRole>>,
    /// The clinical license of a reviewer, 1 to 60 characters; without the role `reviewer` it goes.
    pub license: Option<String>,
    /// True if the person looks after the accounts and keys of the organization.
    pub administers: Option<bool>,
}

/// A person's word when an invitation is taken up.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// Name of the person, where the invitation has none or another spelling.
    pub name: Option<PersonName>,
    /// Address of the person, where the invitation has none.
    pub email: Option<Email>,
    /// Language in which the person reads the portal, if another than the invitation says.
    pub language: Option<Language>,
    /// Way in that the person has set up, and shows to have.
    pub way: WayIn,
}

/// Way in that somebody sets up who takes an invitation up.
#[derive(Clone, Debug)]
pub enum WayIn {
    /// Code of the authenticator that was offered.
    Code(String),
    /// Passkey that was made for the challenge of the invitation.
    Passkey(NewPasskey),
}

/// A passkey that a person adds.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// Name by which the person knows it again.
    pub name: String,
    /// Answer of the device that made it.
    pub registration: Registration,
}

/// A person's word when signing in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Address of the account.
    pub email: Email,
    /// Code of the authenticator, or a recovery code.
    pub code: String,
}

/// Replacement of a key by a new one of the same role.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// Hours for which the old key goes on; 0: it ends at once.
    pub overlap_hours: u16,
    /// Instant from which on the new key no longer works (UTC); `None`: it lasts as long as the old one was
    /// made for.
    pub expires_at: Option<Timestamp>,
}

/// Contact data as a provider knows it.
#[derive(Clone, Default)]
pub struct Contact {
    /// Telephone number in E.164, such as `+14155550123`.
    pub phone: Option<String>,
    /// Address at which the member lives, or word that there is none.
    pub residence: Option<Residence>,
}

/// A member that a provider serves.
#[derive(Clone)]
pub struct NewMember {
    /// Client Index Number, which Medi-Cal gives a person for life.
    pub cin: Cin,
    /// Family name as it stands on the member's card.
    pub family_name: PersonName,
    /// Given name as it stands on the member's card.
    pub given_name: PersonName,
    /// Day of birth, by which the number is checked.
    pub birth_date: Date,
    /// County in which the member lives.
    pub county: County,
    /// Preferred language, as a BCP 47 tag such as `es`.
    pub language: String,
    /// Telephone and address, as far as the provider knows them.
    pub contact: Contact,
    /// Id of the purpose for which the member is looked up.
    pub purpose: String,
    /// True if the person is kept for the caller's own eyes where no member file names one like this.
    pub provisional: bool,
}

impl NewMember {
    /// Names and birth date, by which a caller shows that it knows the person.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            birth_date: self.birth_date,
        }
    }
}

/// A person's verdict on an identity conflict.
#[derive(Clone, Debug)]
pub struct Settling {
    /// Side that the conflict is settled for.
    pub verdict: Verdict,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Correction of a person's names or birth date; an absent field stays as it is.
#[derive(Clone)]
pub struct IdentityChange {
    /// Family name as it should be.
    pub family_name: Option<PersonName>,
    /// Given name as it should be.
    pub given_name: Option<PersonName>,
    /// Day of birth as it should be.
    pub birth_date: Option<Date>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Somebody turned out to be another person.
#[derive(Clone, Debug)]
pub struct NewMerger {
    /// Id of the person who stays; the other one's record becomes part of it.
    pub into: MemberId,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A part of somebody turned out to be another person.
#[derive(Clone)]
pub struct NewSplit {
    /// The other person's Client Index Number.
    pub cin: Cin,
    /// Family name of the other person.
    pub family_name: PersonName,
    /// Given name of the other person.
    pub given_name: PersonName,
    /// Day of birth of the other person.
    pub birth_date: Date,
    /// County in which the other person lives.
    pub county: County,
    /// Preferred language of the other person, as a BCP 47 tag.
    pub language: String,
    /// The plans whose files tell of the other person.
    pub plans: Vec<PlanId>,
    /// The cases that are about the other person.
    pub cases: Vec<CaseId>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Reference to the member whom a case is about.
#[derive(Clone, Debug)]
pub enum MemberRef {
    /// The host's id of the member.
    Id(MemberId),
    /// Number, birth date and name, which together show that the caller knows the person.
    Known(Cin, Identity),
}

/// A case that a provider sends.
#[derive(Clone, Debug)]
pub enum NewCase {
    /// A member is to receive a service.
    Referral(NewReferral),
    /// May service start, and is it authorized?
    Authorization(NewAuthorization),
    /// Delivered service is billed.
    Claim(NewClaim),
    /// A provider asks several plans for a contract.
    Application(NewApplication),
}

impl From<NewReferral> for NewCase {
    fn from(new: NewReferral) -> Self {
        Self::Referral(new)
    }
}

impl From<NewAuthorization> for NewCase {
    fn from(new: NewAuthorization) -> Self {
        Self::Authorization(new)
    }
}

impl From<NewClaim> for NewCase {
    fn from(new: NewClaim) -> Self {
        Self::Claim(new)
    }
}

impl From<NewApplication> for NewCase {
    fn from(new: NewApplication) -> Self {
        Self::Application(new)
    }
}

/// A referral that a provider sends.
#[derive(Clone, Debug)]
pub struct NewReferral {
    /// Whom it is for.
    pub member: MemberRef,
    /// Service id in the catalog.
    pub service: String,
    /// Populations of focus that the member belongs to, by id in the catalog.
    pub populations: Vec<String>,
    /// `Standard`, or `Expedited` where waiting could harm the member.
    pub urgency: Urgency,
    /// The provider that the member or the referrer would like.
    pub preferred: Option<OrgId>,
    /// Facts that the referrer states, each with its source and day.
    pub facts: Vec<Fact>,
    /// Documents that the referrer attaches, by kind and id.
    pub documents: Vec<Document>,
}

/// A new request for authorization.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// Whom it is for.
    pub member: MemberRef,
    /// Service id in the catalog.
    pub service: String,
    /// Populations of focus that the member belongs to, by id in the catalog.
    pub populations: Vec<String>,
    /// Why it is asked for.
    pub kind: RequestKind,
    /// `Standard`, or `Expedited` where waiting could harm the member (42 CFR 438.210(d)).
    pub urgency: Urgency,
    /// Provider that will deliver the service; the caller itself if absent.
    pub provider: Option<OrgId>,
    /// The referral it follows.
    pub referral: Option<CaseId>,
    /// Procedures, units and days that are asked for, at least one line.
    pub lines: Vec<RequestedLine>,
    /// Facts that the provider states, each with its source and day.
    pub facts: Vec<Fact>,
    /// Documents that the provider attaches, by kind and id.
    pub documents: Vec<Document>,
}

/// One line of a new claim.
#[derive(Clone, Debug)]
pub struct NewClaimLine {
    /// HCPCS code with its modifiers.
    pub procedure: Procedure,
    /// Service that the procedure bills on the line's first day.
    pub service: String,
    /// CMS place of service code.
    pub place: String,
    /// The days of service.
    pub days: Period,
    /// Number of units, as the procedure counts them.
    pub units: u32,
    /// Charge for the line.
    pub charge: Cents,
    /// Minutes of service, where the provider recorded them.
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

/// A claim that a provider sends.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// Whom it is for.
    pub member: MemberRef,
    /// Relation to an earlier claim.
    pub filing: Filing,
    /// ICD-10-CM codes, principal first.
    pub diagnoses: Vec<Icd10>,
    /// Service lines, numbered from 1 in this order.
    pub lines: Vec<NewClaimLine>,
    /// Facts that the provider states about the service given.
    pub facts: Vec<Fact>,
    /// Documents that the provider attaches, by kind and id.
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
    /// Answers to the plans' requirements, as facts.
    pub answers: Vec<Fact>,
    /// Documents that prove the answers, by kind and id.
    pub documents: Vec<Document>,
}

/// A case that nobody has sent. There is no member in it.
#[derive(Clone, Debug)]
pub struct UnsentCase {
    /// JSON Pointer to the case in the request, empty if the request is the case: problems are named below
    /// it.
    pub at: &'static str,
    /// County in which the member would live.
    pub county: County,
    /// Service ids in the catalog, 1 to 10; one where lines are asked for.
    pub services: Vec<String>,
    /// `Referral` or `Authorization`.
    pub workflow: Workflow,
    /// Why permission would be asked for.
    pub kind: RequestKind,
    /// Urgency that the request would have.
    pub urgency: Urgency,
    /// Populations of focus that the member would belong to.
    pub populations: Vec<String>,
    /// Kinds of the provider that would deliver; the caller's own kinds if the list is empty.
    pub provider_kinds: Vec<String>,
    /// The member's age in whole years.
    pub age: u8,
    /// Lines that would be asked for; empty for a referral.
    pub lines: Vec<RequestedLine>,
    /// Facts that would be stated; none of them in free text, which could name somebody.
    pub facts: Vec<Fact>,
    /// Kinds of documents that would be attached.
    pub documents: Vec<Document>,
}

/// The answer whose possible changes are looked for.
#[derive(Clone, Debug)]
pub enum WhatIf {
    /// The answer on record under this id.
    Evaluation(EvaluationId),
    /// That to a case before it is sent.
    Unsent {
        /// The case, with no member in it.
        case: UnsentCase,
        /// Whose answer; every plan's of the county if not said.
        plan: Option<PlanId>,
    },
}

/// Services, counties and days of a contract.
#[derive(Clone, Debug)]
pub struct NewTerm {
    /// Service ids in the catalog, at least one.
    pub services: Vec<String>,
    /// Counties, at least one.
    pub counties: Vec<County>,
    /// Days on which it holds; without a last day it has no end.
    pub days: Period,
}

/// A contract that the caller's plan has with a provider.
#[derive(Clone, Debug)]
pub struct NewContract {
    /// Organization of the provider.
    pub provider: OrgId,
    /// The plan's delegate that it is with, if it is not with the plan itself.
    pub delegate: Option<String>,
    /// Services, counties and days that it is for.
    pub term: NewTerm,
}

/// Change that a plan's people make to a contract.
#[derive(Clone, Debug)]
pub enum ContractStep {
    /// It does not hold from a day on; today if not said.
    Suspend {
        /// First day on which it does not hold; today if absent.
        from: Option<Date>,
        /// Reason that the provider is told, in both languages.
        reason: Reason,
    },
    /// It holds again from a day on; today if not said.
    Reinstate {
        /// First day on which it holds again; today if absent.
        from: Option<Date>,
    },
    /// It holds up to a day; today if not said.
    End {
        /// Last day on which it holds; today if absent.
        last: Option<Date>,
        /// Reason that the provider is told, in both languages.
        reason: Reason,
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
    /// Documents that are added to those of the case.
    pub documents: Vec<Document>,
}

/// Notice of a decision that the plan says it sent to the member: a Notice of Action where it denies, cuts or
/// delays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMemberNotice {
    /// The day it was sent; not in the future.
    pub sent_on: Date,
    /// Way by which the notice was sent, such as mail.
    pub route: NoticeRoute,
    /// The language it was written in, a BCP 47 tag.
    pub language: String,
}

/// More time to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExtension {
    /// Member or provider who asked for it, or the plan that needs it (42 CFR 438.210(d)(1)(ii)).
    pub by: ExtendedBy,
    /// Why, as member and provider are told.
    pub reason: Reason,
}

/// That an authorization ends before its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEnding {
    /// The last day of service.
    pub last: Date,
    /// Why, in the provider's own words.
    pub reason: String,
}

/// Step that a provider takes with a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferralStep {
    /// Accepts the member for the service.
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

/// Words of a person in English, in Spanish or in both. At least one of the two is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The words in English, if the person wrote them.
    pub en: Option<String>,
    /// The words in Spanish, if the person wrote them.
    pub es: Option<String>,
}

/// The words of a reason in the language that was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTranslation {
    /// Reason that it is of; `None` where only one is wanted in the language.
    pub of: Option<ReasonOf>,
    /// Language of these words.
    pub language: Language,
    /// The reason in that language.
    pub text: String,
}

/// A no, to all that was asked for or to a part of it, as a person says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct No {
    /// Kind that the person gives it: administrative, which must rest on administrative criteria alone, or
    /// clinical, which takes a licensed reviewer (H&S 1367.01(e)).
    pub kind: DenialKind,
    /// Why, as the provider is told, after the words of the criteria that are named.
    pub reason: Written,
    /// The criteria of the plan that it rests on, by id. Where none is named, those that its rules found not
    /// met count.
    pub criteria: Vec<String>,
}

/// Permission that a person grants.
#[derive(Clone, Debug)]
pub struct Granting {
    /// The lines; `None` grants what was asked for.
    pub lines: Option<Vec<RequestedLine>>,
    /// True if something else is granted than was asked for: a modification, which needs a reason.
    pub modifies: bool,
    /// Why it is not all that was asked for.
    pub no: Option<No>,
    /// Why it is more than a benefit limit gives, where the limit allows that.
    pub exception: Option<Reason>,
}

/// Payment that a person decides for one line of a claim.
#[derive(Clone, Debug)]
pub struct PaidByHand {
    /// Number of the claim's line, from 1.
    pub number: u16,
    /// Amount that is paid for the line, in cents.
    pub amount: Cents,
    /// Why it is not the charge. Where nothing is said, the adjustments count that the rules found for this
    /// amount.
    pub adjustments: Option<Vec<Adjustment>>,
}

/// Payment that a person decides for a claim.
#[derive(Clone, Debug)]
pub struct ClaimPayment {
    /// Amounts of the claim's lines, each named once.
    pub lines: Vec<PaidByHand>,
    /// Why more is paid than a benefit limit gives, where the limit allows that.
    pub exception: Option<Reason>,
    /// Why lines are paid that no authorization on file covers.
    pub without_authorization: Option<Reason>,
}

/// Decision that a plan's person makes on a case.
#[derive(Clone, Debug)]
pub enum PeopleDecision {
    /// Accepts a referral for the plan.
    Accept,
    /// Gives an accepted referral to a provider.
    Assign(OrgId),
    /// Has an accepted referral offered to providers: in this order, or in the host's if none is named.
    Offer(Vec<OrgId>),
    /// Sends a referral elsewhere.
    Redirect(Destination, Reason),
    /// Grants an authorization, or a part of what was asked for, or something else.
    Approve(Granting),
    /// Denies what was asked for, or finds the member of a referral not eligible.
    Refuse(No),
    /// Asks for facts or documents that are needed first.
    Pend(Vec<Ask>),
    /// Pays a claim by hand, line by line.
    Pay {
        /// Check or transfer number.
        remittance: String,
        /// Amounts, and what is said about them.
        payment: ClaimPayment,
    },
    /// Stands by what the plan did with a claim.
    Uphold(Reason),
    /// Approves a credentialing file from a day; today if not said.
    Credential(Option<Date>),
    /// Declines a credentialing file.
    Decline(Reason),
    /// Reads a credentialing file again that was approved or declined.
    Reopen(Reason),
    /// Ends the approval of a credentialing file.
    EndApproval {
        /// The last day on which it counts; today if not said.
        last: Option<Date>,
        /// Reason that the provider is told, in both languages.
        reason: Reason,
    },
}

/// A decision of a plan's person, and why it is another than the plan's rules advise.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Decision on the case.
    pub decision: PeopleDecision,
    /// Reason for deciding otherwise than the rules advise, for the plan's people only.
    pub against_advice: Option<String>,
}

impl From<PeopleDecision> for Decided {
    fn from(decision: PeopleDecision) -> Self {
        Self { decision, against_advice: None }
    }
}

/// A step of one of a plan's people with a case that waits for them.
#[derive(Clone, Debug)]
pub struct NewWorkStep {
    /// Step that is taken.
    pub event: work::Event,
    /// Note that is left with it.
    pub note: Option<work::Note>,
}

/// A claim that a remittance pays.
#[derive(Clone, Debug)]
pub struct PaidClaim {
    /// Id of the claim, which is one of the caller's plan.
    pub claim: CaseId,
    /// Amounts, and what is said about them.
    pub payment: ClaimPayment,
}

/// One transfer or check of a plan to one provider.
#[derive(Clone, Debug)]
pub struct NewRemittance {
    /// Check or transfer number.
    pub number: String,
    /// Amount of the transfer: the sum of the lines less what is taken back.
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
