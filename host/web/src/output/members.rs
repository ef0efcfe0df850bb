//! Members: who they are, how to reach them, who covers them, and who said so.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::AddedMember;
use workflow::shown::{Aside, ContactPoint, Coverage, Grant, ShownContact, ShownMember, ShownValue};

use crate::answer::Versioned;
use crate::output::{Output, Text, views};

/// One contact value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ContactValue {
    /// Telephone number or address, as it was given.
    pub(crate) value: String,
    /// Origin of the value: a `roster`, which is a plan's member file, or a `provider`.
    pub(crate) source: String,
    /// Instant at which it was recorded (UTC).
    #[schema(format = DateTime)]
    pub(crate) recorded_at: String,
    /// The day of which it was said last.
    #[schema(format = Date)]
    pub(crate) as_of: String,
}

/// Something that is said of a member: by whom, and of which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct StatedValueView {
    /// `address`, `county`, `homelessness`, `language`, `pcp-npi`, `phone`, `plan-member-id`,
    /// `renewal-month`, `risk-tier` or `sex`.
    pub(crate) name: String,
    /// The name as people read it.
    pub(crate) text: Text,
    /// The value. Of an address, `no-fixed-address` for nowhere.
    pub(crate) value: String,
    /// `plan-file`, or `provider` for what a provider verified.
    pub(crate) source: String,
    /// The plan's id, or the provider's.
    pub(crate) by: String,
    /// The day of which it was said last.
    #[schema(format = Date)]
    pub(crate) as_of: String,
    /// The first day of which this source said so.
    #[schema(format = Date)]
    pub(crate) since: String,
    /// Instant at which it was received last (UTC).
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    /// The member file that said so last.
    pub(crate) roster: Option<String>,
    /// True for the value that stands, of those that the caller may see.
    pub(crate) stands: bool,
}

/// Contact with a member. The newer day stands; what a provider has verified stands until a newer verified
/// value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ContactView {
    /// Telephone number of the member.
    pub(crate) phone: Option<ContactValue>,
    /// Address of the member, on one line.
    pub(crate) address: Option<ContactValue>,
    /// True if the member has no fixed address.
    pub(crate) no_fixed_address: bool,
}

/// A span of coverage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CoverageView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// Line of business: `medi-cal` or `d-snp`.
    pub(crate) line: String,
    /// First day of the coverage.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last covered day, if known.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// CMS dual status code.
    pub(crate) dual_status: Option<String>,
    /// The plan's group code.
    pub(crate) group: Option<String>,
    /// True if another plan covers the member too on days on which a member has one plan. Until that is
    /// settled, the plan is asked nothing about those days.
    pub(crate) disputed: bool,
}

/// A member, as far as the caller may see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// Id of the member at this host.
    pub(crate) id: String,
    /// Client Index Number (CIN): 9 characters, the last a letter.
    pub(crate) cin: String,
    /// Family name of the member.
    pub(crate) family_name: String,
    /// Given name of the member.
    pub(crate) given_name: String,
    /// Birth date of the member.
    #[schema(format = Date)]
    pub(crate) birth_date: String,
    /// Code of the member's county, three letters.
    pub(crate) county: String,
    /// Preferred language of the member.
    pub(crate) language: String,
    /// Contact with the member; empty where the purpose does not need it. A plan sees its own file, and while
    /// it answers for the member what providers verified.
    pub(crate) contact: ContactView,
    /// Values that stand of what plans' files and providers say, one entry for each name; none where the
    /// purpose does not need it. A plan sees its own file, and while it answers for the member what providers
    /// verified.
    pub(crate) values: Vec<StatedValueView>,
    /// Coverage, newest first. A plan sees its own, and that of a plan with which the law has it coordinate
    /// the member's care.
    pub(crate) coverage: Vec<CoverageView>,
    /// Why the caller sees the member, and until when; none for a plan, which sees the members that it
    /// covers.
    pub(crate) sight: Vec<SightView>,
    /// `confirmed`: a plan's file or the state says who the member is; `provisional`: the caller alone says
    /// so, and nobody else is shown the member until a file tells of one like this. Null for a plan, whose
    /// own file says so.
    pub(crate) standing: Option<String>,
    /// If the member that was asked for turned out to be another: the id of that one, which this is.
    pub(crate) merged_into: Option<String>,
    /// The version that an `If-Match` names.
    pub(crate) version: i64,
}

/// Why somebody sees a member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SightView {
    /// `contact` with the member, or a `case`.
    pub(crate) reason: String,
    /// Id of the case; null for contact.
    pub(crate) case: Option<String>,
    /// The last day; null while the case is open.
    #[schema(format = Date)]
    pub(crate) until: Option<String>,
}

/// A cell of a plan's member file in a column that is not the member file's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AsideView {
    /// The column's header, cut at 60 characters.
    #[schema(example = "Authorization Number")]
    pub(crate) column: String,
    /// Content of the cell.
    pub(crate) value: String,
    /// The plan whose file it is.
    pub(crate) plan: String,
    /// The day of which the file tells.
    pub(crate) told_on: String,
    /// Id of the member file.
    pub(crate) roster: String,
}

impl Output for ShownMember {
    type View = MemberView;

    fn view(&self) -> MemberView {
        MemberView {
            id: self.id.to_string(),
            cin: self.cin.expose().to_owned(),
            family_name: self.identity.family_name.expose().to_owned(),
            given_name: self.identity.given_name.expose().to_owned(),
            birth_date: self.identity.birth_date.to_string(),
            county: self.county.clone(),
            language: self.language.clone(),
            contact: contact(&self.contact),
            values: views(&self.values),
            coverage: views(&self.coverage),
            sight: self.sight.iter().map(sight).collect(),
            standing: self.standing.map(|standing| standing.name().to_owned()),
            merged_into: self.merged_into.map(|id| id.to_string()),
            version: self.version,
        }
    }
}

impl Versioned for ShownMember {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Output for AddedMember {
    type View = MemberView;

    fn view(&self) -> MemberView {
        self.member.view()
    }
}

fn contact(contact: &ShownContact) -> ContactView {
    ContactView {
        phone: contact.phone.as_ref().map(contact_point),
        address: contact.address.as_ref().map(contact_point),
        no_fixed_address: contact.no_fixed_address,
    }
}

fn contact_point(point: &ContactPoint) -> ContactValue {
    ContactValue {
        value: point.value.clone(),
        source: point.source.name().to_owned(),
        recorded_at: point.recorded_at.to_string(),
        as_of: point.as_of.to_string(),
    }
}

impl Output for ShownValue {
    type View = StatedValueView;

    fn view(&self) -> StatedValueView {
        let said = &self.said;
        StatedValueView {
            name: said.name.name().to_owned(),
            text: said.name.text().view(),
            value: said.value.clone(),
            source: said.source.kind().to_owned(),
            by: said.source.id(),
            as_of: said.last.to_string(),
            since: said.first.to_string(),
            received_at: said.received_at.to_string(),
            roster: said.roster.map(|roster| roster.to_string()),
            stands: self.stands,
        }
    }
}

impl Output for Coverage {
    type View = CoverageView;

    fn view(&self) -> CoverageView {
        CoverageView {
            plan: self.plan.to_string(),
            line: self.line.clone(),
            first: self.first_day.to_string(),
            last: self.last_day.map(|day| day.to_string()),
            dual_status: self.dual_status.clone(),
            group: self.group_code.clone(),
            disputed: self.disputed_since.is_some(),
        }
    }
}

fn sight(grant: &Grant) -> SightView {
    SightView {
        reason: grant.reason.name().to_owned(),
        case: grant.case.map(|case| case.to_string()),
        until: grant.until.map(|day| day.to_string()),
    }
}

impl Output for Aside {
    type View = AsideView;

    fn view(&self) -> AsideView {
        AsideView {
            column: self.column.clone(),
            value: self.value.clone(),
            plan: self.plan.to_string(),
            told_on: self.told_on.to_string(),
            roster: self.roster.to_string(),
        }
    }
}
