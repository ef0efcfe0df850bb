//! Member, plan and rules of a new case, by its days.
//!
//! Rules are handed only what they need: the member's own plan sees the member, nobody else's plan does.

use domain::case::WhyPeople;
use domain::identifiers::{County, OrgId, PlanId};
use domain::plan::profile::{Mode, PlanProfile};
use domain::plan::types::{
    CapacityCount, Context, Coverage as PlanCoverage, Fact, Identity, Member as PlanMember, OpenCase, Period,
    Provider, TableSlice, Usage, Workflow,
};
use domain::problem::Code;
use domain::reference::CaseValues;
use domain::rollout::{self, About};
use domain::time::pacific_day;
use jiff::ToSpan;
use jiff::civil::Date;
use store::coverages::Coverage;
use store::members::Member;
use store::organizations::Organization;
use store::{Scope, Statement};

use crate::Crosswalk;
use crate::cases::case::Case;
use crate::cases::referrals::known_service;
use crate::cases::step::Work;
use crate::command::MemberRef;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::directory::looking::{KnownMember, Looked};
use crate::directory::routing::{self, Delegated};
use crate::plugins::registry::Live;

/// Most entries of history, and of other open cases, that a plugin is handed.
pub(super) const MOST_HISTORY: u32 = 200;
pub(super) const MOST_OPEN: u32 = 50;

/// The named days of a case.
///
/// The service day is the first day of service that is asked for or billed, past or to come; a referral asks
/// for service from the day on which the plan is asked. The member's coverage on it decides the plan, and
/// eligibility, delegates, elections, capacity and the rows of tables are looked up by it: it is the
/// contract's `as-of`. The rule day says which version of the plan's rules answers. The contract hands over
/// the instant of receipt and today beside them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Days {
    /// Day of service, by which the member's coverage is found.
    pub(crate) covered: Date,
    /// The rule day; see [`Case::rule_day`].
    pub(crate) rules: Date,
}

impl Days {
    /// Both on one day.
    pub(crate) fn on(day: Date) -> Self {
        Self { covered: day, rules: day }
    }
}

/// A case with its member, on the day that its rules are about.
pub(crate) struct Placed {
    pub(crate) member: Member,
    /// The coverage on the service day, with the days before and after it on which the same plan answers.
    pub(crate) coverage: Coverage,
    /// All of the member's coverage.
    coverages: Vec<Coverage>,
    /// True if another plan's D-SNP covers the member on that day.
    other_d_snp: bool,
    pub(crate) plan: PlanId,
    /// The delegate that answers for the member, if the plan has one for this group.
    pub(crate) delegate: Option<String>,
    delegated: bool,
    live: Option<Live>,
    workflow: Workflow,
    service: String,
    on: Date,
    /// Conditions that must hold when the case is kept, because the member was found by number.
    pub(crate) found_by: Vec<Statement>,
}

impl Placed {
    /// The plugin to ask, unless people decide without it.
    pub(crate) fn asked(&self) -> Option<&Live> {
        let live = self.live.as_ref()?;
        let by_people = self.delegated || live.mode(self.workflow) == Mode::People;
        (!by_people).then_some(live)
    }

    /// The facts with the plan's own in the kinds that its profile declares.
    pub(crate) fn conform(&self, pointer: &str, facts: &[Fact]) -> Result<Vec<Fact>, Failure> {
        match &self.live {
            Some(live) => crate::cases::facts::conform(pointer, facts, live),
            None => Ok(facts.to_vec()),
        }
    }

    /// The plan with its rules, if it has any.
    pub(crate) fn plans(&self) -> Vec<Live> {
        self.live.iter().cloned().collect()
    }

    /// Profile of the plan's rules, whoever decides.
    pub(crate) fn profile(&self) -> Option<&PlanProfile> {
        self.rules().map(Live::profile)
    }

    /// The plan's rules, whether they are asked or people decide.
    pub(crate) fn rules(&self) -> Option<&Live> {
        self.live.as_ref()
    }

    /// Refuses days of service on which another plan answers than on the service day: each plan decides and
    /// pays for its own days.
    ///
    /// # Errors
    /// `Invalid` for each such line, with the day.
    pub(crate) fn must_be_one_plans<'a>(
        &self,
        lines: impl Iterator<Item = (&'a str, &'a Period)>,
    ) -> Result<(), Failure> {
        let mut problems = Vec::new();
        for (place, (service, days)) in lines.enumerate() {
            let entry = known_service(service)?;
            if let Some(day) = routing::other_plan_from(entry, &self.coverages, &self.plan, days) {
                problems.push(FieldProblem::new(
                    format!("/lines/{place}"),
                    Code::TwoPlans,
                    format!("from {day} on, another plan answers for the member than on {}", self.on),
                    format!("split it: send the days from {day} on as a case of their own"),
                ));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
    }

    pub(super) fn service(&self) -> &str {
        &self.service
    }

    /// Day of service, by which plan and rules were found.
    pub(super) fn on(&self) -> Date {
        self.on
    }

    /// The first day of the history that rules are handed.
    pub(super) fn history_since(&self) -> Date {
        self.on.saturating_sub(24.months())
    }

    /// Why nobody asks a plugin.
    pub(crate) fn why_people(&self) -> WhyPeople {
        match &self.live {
            _ if self.delegated => WhyPeople::Delegated,
            Some(live) => live.why_people(),
            None => WhyPeople::NotAutomated,
        }
    }

    /// The member, as the member's own plan may see.
    pub(crate) fn asked_member(&self) -> PlanMember {
        PlanMember {
            identity: Some(Identity {
                cin: self.member.cin.expose().to_owned(),
                plan_member_id: Some(self.coverage.plan_member_id.clone())
                    .filter(|number| !number.is_empty()),
                family_name: self.member.family_name.expose().to_owned(),
                given_name: self.member.given_name.expose().to_owned(),
            }),
            birth_date: self.member.birth_date,
            county: self.member.county.to_string(),
            language: self.member.language.clone(),
        }
    }
}

impl Crosswalk {
    /// Finds the member, the plan that answers for `service` on the day, its delegate and its rules.
    ///
    /// # Errors
    /// `NotFound` or `Invalid` for the member, `Invalid` for an unknown service, `NoCoverage`.
    pub(crate) async fn place(
        &self,
        caller: &Caller,
        member: &MemberRef,
        service: &str,
        workflow: Workflow,
        days: Days,
    ) -> Result<Placed, Failure> {
        let KnownMember { member, fence } = self.known_member(caller, member).await?;
        let placed = self.place_member(member, *caller.organization()?, service, workflow, days).await;
        match placed {
            Ok(placed) => Ok(Placed { found_by: fence, ..placed }),
            // That nobody covers the person says that there is one.
            Err(failure) => {
                self.still_may_look(fence).await?;
                Err(failure)
            }
        }
    }

    pub(crate) async fn place_member(
        &self,
        member: Member,
        provider: OrgId,
        service: &str,
        workflow: Workflow,
        days: Days,
    ) -> Result<Placed, Failure> {
        let on = days.covered;
        let entry = known_service(service)?;
        let all = store::coverages::for_member(self.store(), &Scope::duty("routing"), member.id).await?;
        let coverages = routing::on_day(&all, on);
        let Some(coverage) = routing::answering(entry, &all, on) else {
            return Err(Failure::NoCoverage(Box::new(routing::nobody_answers(entry, &coverages, on))));
        };
        let about = About {
            day: days.rules,
            bucket: Some(rollout::bucket(&coverage.plan, provider)),
            county: Some(member.county.clone()),
        };
        let live = self.live(&coverage.plan, self.now(), about).await?;
        let duty = live.as_ref().and_then(|live| {
            routing::delegate(live.profile(), coverage.group_code.as_deref(), service, workflow, on)
                .map(|(delegate, duty)| (delegate.to_owned(), duty))
        });
        let delegated = matches!(duty, Some((_, Delegated::Decides)));
        Ok(Placed {
            plan: coverage.plan.clone(),
            other_d_snp: coverages.iter().any(|other| {
                other.line == "d-snp" && other.plan != coverage.plan && other.disputed_since.is_none()
            }),
            delegate: duty.map(|(delegate, _)| delegate),
            delegated,
            live,
            workflow,
            service: service.to_owned(),
            on,
            member,
            coverage,
            coverages: all,
            found_by: Vec::new(),
        })
    }

    /// The member, by id for who may see it, or by number, birth date and name for who knows the person.
    pub(crate) async fn known_member(
        &self,
        caller: &Caller,
        member: &MemberRef,
    ) -> Result<KnownMember, Failure> {
        match member {
            MemberRef::Id(id) => {
                let coverage = store::coverages::reading_for_member(&Scope::duty("routing"), *id);
                let member = store::members::reading_find(&caller.scope, *id);
                self.store().look_ahead(vec![member, coverage]).await?;
                let found = store::members::find(self.store(), &caller.scope, *id).await?;
                let member = found.ok_or_else(|| {
                    Failure::field(
                        "/member/id",
                        Code::UnknownMember,
                        "no such member, or not one of yours",
                        "name the member by cin, birth_date, family_name and given_name, or add it with ⟦addMember⟧",
                    )
                })?;
                Ok(KnownMember { member, fence: Vec::new() })
            }
            MemberRef::Known(cin, told) => {
                let knows = |member: &Member| member.identity().is_known_as(told);
                match self.look_for(caller, cin, knows).await? {
                    Looked::Known(found) => Ok(*found),
                    Looked::InVain(tries) => {
                        self.note_in_vain(caller, &tries, None).await?;
                        // One answer for an unknown number, a wrong birth date and another name: none may be
                        // probed for.
                        Err(Failure::field(
                            "/member",
                            Code::UnknownMember,
                            "no member has this CIN, birth date and name",
                            "check all of them, or add the member with ⟦addMember⟧",
                        ))
                    }
                }
            }
        }
    }

    /// Context that the host knows around a case. A claim that is replaced does not count against it. Of a
    /// long history, and of many open cases, the newest are handed over, and the record says that they are
    /// not all.
    pub(crate) async fn context(&self, work: &mut Work, placed: &Placed) -> Result<Context, Failure> {
        let since = placed.history_since();
        let store = self.store();
        let duty = Scope::duty("context");
        let (member, follows) = (placed.member.id, work.case.follows);
        let used =
            store::usage::newest_delivered(store, &duty, member, since, follows, MOST_HISTORY + 1).await?;
        work.history_complete = used.len() <= MOST_HISTORY as usize;
        work.county = Some(placed.member.county.clone());
        let history = used
            .into_iter()
            .take(MOST_HISTORY as usize)
            .map(|entry| Usage {
                own: entry.plan == placed.plan,
                service: entry.service,
                days: Period { first: entry.first_day, last: Some(entry.last_day) },
                units: u32::try_from(entry.units).unwrap_or(u32::MAX),
            })
            .collect();
        let open = store::cases::open_for(store, member, &placed.plan, work.case.id, MOST_OPEN).await?;
        work.open_cases_complete = open.next.is_none();
        let case = &work.case;
        let open_cases = open.items.into_iter().map(|other| OpenCase {
            service: other.service,
            workflow: workflow_of(other.kind),
            received: pacific_day(other.received_at),
            provider: other.npi,
        });
        Ok(Context {
            as_of: placed.on,
            today: pacific_day(self.now()),
            received: case.received_at,
            coverage: PlanCoverage {
                line: placed.coverage.line.clone(),
                days: Period { first: placed.coverage.first_day, last: placed.coverage.last_day },
                dual_status: placed.coverage.dual_status.clone().unwrap_or_else(|| "00".to_owned()),
                other_d_snp: placed.other_d_snp,
                group: placed.coverage.group_code.clone(),
                delegate: placed.delegate.clone(),
            },
            history,
            capacity: self.capacity(placed).await?,
            open_cases: open_cases.collect(),
            tables: self.tables_for(placed, case).await?,
        })
    }

    /// The rows of the plan's reference tables that match the case on its day.
    async fn tables_for(&self, placed: &Placed, case: &Case) -> Result<Vec<TableSlice>, Failure> {
        let Some(live) = placed.asked() else { return Ok(Vec::new()) };
        let declared = &live.profile().tables;
        if declared.is_empty() {
            return Ok(Vec::new());
        }
        let by_provider = declared.iter().any(|table| table.keys.iter().any(|key| key == "provider.npi"));
        let npi = match case.delivers().filter(|_| by_provider) {
            Some(id) => store::organizations::find(self.store(), &Scope::duty("context"), id).await?,
            None => None,
        };
        let npi = npi.and_then(|organization| organization.npi).map(|npi| npi.to_string());
        let values = CaseValues {
            procedures: &case.body.procedures(),
            county: placed.member.county.as_str(),
            provider_npi: npi.as_deref(),
            facts: case.body.facts(),
        };
        self.table_slices(live, placed.on, values).await
    }

    /// Places taken of the plan's capped services in the member's county.
    async fn capacity(&self, placed: &Placed) -> Result<Vec<CapacityCount>, Failure> {
        let Some(live) = &placed.live else { return Ok(Vec::new()) };
        self.capacity_of(live, &placed.service, &placed.member.county, placed.on).await
    }

    /// Places taken of a plan's service in a county on a day; empty where it is not capped.
    pub(crate) async fn capacity_of(
        &self,
        live: &Live,
        service: &str,
        county: &County,
        on: Date,
    ) -> Result<Vec<CapacityCount>, Failure> {
        let mut counts = Vec::new();
        for cap in live.profile().caps(service, county.as_str(), on) {
            let since = cap.counts_from(on);
            let admitted =
                store::usage::members_served(self.store(), &live.plan, service, county, since).await?;
            let admitted = u32::try_from(admitted).unwrap_or(u32::MAX);
            counts.push(CapacityCount {
                service: service.to_owned(),
                county: county.to_string(),
                admitted,
                cap: cap.members,
            });
        }
        Ok(counts)
    }

    /// Fails unless the organization that a request names is a provider on this host: whoever is to deliver
    /// is told, and sees the case.
    pub(crate) async fn must_be_provider(&self, pointer: &'static str, id: OrgId) -> Result<(), Failure> {
        use store::organizations::OrganizationKind;
        let found = store::organizations::find(self.store(), &Scope::duty("context"), id).await?;
        match found {
            Some(organization) if organization.kind != OrganizationKind::Provider => {
                Err(unknown_provider(pointer))
            }
            // Who is not active cannot answer, deliver or bill: its keys do not work.
            Some(organization) if !organization.state.is_active() => Err(Failure::field(
                pointer,
                Code::ProviderNotActive,
                format!("this organization is {}", organization.state.name()),
                "name a provider that is active",
            )),
            Some(_) => Ok(()),
            None => Err(unknown_provider(pointer)),
        }
    }

    /// An organization, as a plan's rules see it. `contracted` is about what is asked: the service, the
    /// member's county and the day.
    pub(crate) async fn provider(
        &self,
        known: Option<&Organization>,
        pointer: &'static str,
        id: &OrgId,
        contracted: bool,
    ) -> Result<Provider, Failure> {
        let organization = match known {
            Some(known) if known.id == *id => Some(known.clone()),
            _ => store::organizations::find(self.store(), &Scope::duty("context"), *id).await?,
        };
        let organization = organization.ok_or_else(|| unknown_provider(pointer))?;
        Ok(Provider {
            npi: organization.npi.map(|npi| npi.to_string()).unwrap_or_default(),
            kinds: organization.provider_kinds,
            taxonomies: organization.taxonomies,
            counties: organization.counties.iter().map(ToString::to_string).collect(),
            contracted,
        })
    }
}

fn unknown_provider(pointer: &'static str) -> Failure {
    Failure::field(
        pointer,
        Code::UnknownProvider,
        "no such organization",
        "use the id of a provider on this host",
    )
}

fn workflow_of(kind: domain::case::CaseKind) -> Workflow {
    use domain::case::CaseKind as K;
    match kind {
        K::Referral => Workflow::Referral,
        K::Authorization => Workflow::Authorization,
        K::Claim => Workflow::Billing,
        K::Application => Workflow::Credentialing,
    }
}
