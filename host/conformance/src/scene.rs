//! Scenes of requests: a service that the plan offers, in a county, on a day, under a coverage.

use domain::catalog::{Catalog, Service};
use domain::dictionary::Dictionary;
use domain::plan::authorization::{AuthorizationRequest, RequestKind, RequestedLine};
use domain::plan::billing::{AuthorizedLine, Claim, ClaimLine, Frequency};
use domain::plan::credentialing::Application;
use domain::plan::profile::{Criterion, CriterionKind, Election, PlanProfile, PresumptiveRule};
use domain::plan::question::{Operation, Question};
use domain::plan::referral::ReferralRequest;
use domain::plan::types::{
    CapacityCount, Context, Coverage, Document, Fact, FactValue, Identity, Member, Period, Provider, Urgency,
};
use domain::{Cents, Procedure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::values::{Days, definition, said, values};

/// The most that a document or a charge may state: what the host lets through.
pub(crate) const MOST_CENTS: Cents = Cents(100_000_000_000);
/// The most facts of one request that the host lets through.
const MOST_FACTS: usize = 200;
/// The most services of one credentialing file that the host lets through.
const MOST_SERVICES: usize = 30;
/// The most units of one line that the host lets through.
pub(crate) const MOST_UNITS: u32 = 10_000;

/// A service that the plan offers, in its first county, and the population and providers of one presumptive
/// rule.
pub(crate) struct Scene<'a> {
    pub(crate) profile: &'a PlanProfile,
    pub(crate) service: &'static Service,
    pub(crate) elections: Vec<&'a Election>,
    pub(crate) rule: Option<&'a PresumptiveRule>,
    pub(crate) as_of: Date,
    pub(crate) today: Date,
}

impl<'a> Scene<'a> {
    /// One scene for every service that the plan offers; `None` as rule.
    pub(crate) fn of_services(profile: &'a PlanProfile, today: Date) -> Vec<Self> {
        let mut scenes: Vec<Self> = Vec::new();
        for election in &profile.elections {
            if let Some(scene) = scenes.iter_mut().find(|scene| scene.service.id == election.service) {
                scene.elections.push(election);
            } else if let Some(service) = Catalog::state().service(&election.service) {
                let as_of = day_inside(&election.days, today);
                scenes.push(Self { profile, service, elections: vec![election], rule: None, as_of, today });
            }
        }
        scenes
    }

    /// A request of that operation, if there can be one here.
    pub(crate) fn asked(&self, operation: Operation) -> Option<Question> {
        let asked = match operation {
            Operation::Triage => Some(self.referral()),
            Operation::Presume | Operation::Determine => self.authorization(),
            Operation::Adjudicate => self.claim(),
            Operation::Review | Operation::Render | Operation::Parse => None,
        };
        asked.map(|asked| as_asked(operation, asked))
    }

    /// These scenes, and one more for each presumptive rule of a service: its population is marked, and a
    /// provider of its kind asks.
    pub(crate) fn with_rules(scenes: Vec<Self>) -> Vec<Self> {
        let mut all = Vec::new();
        for scene in scenes {
            let rules = scene.profile.presumptive.iter();
            for rule in rules.filter(|rule| rule.service == scene.service.id) {
                let elections = scene.elections.clone();
                all.push(Self { rule: Some(rule), elections, ..scene });
            }
            all.push(scene);
        }
        all
    }

    /// Name of the scene.
    pub(crate) fn name(&self) -> String {
        match self.rule {
            Some(rule) => format!("{}, {}", self.service.id, rule.id),
            None => self.service.id.clone(),
        }
    }

    /// The counties in which the service is offered, each once.
    pub(crate) fn counties(&self) -> Vec<&'a str> {
        let mut counties: Vec<&str> = Vec::new();
        for election in &self.elections {
            if !counties.contains(&election.county.as_str()) {
                counties.push(&election.county);
            }
        }
        counties
    }

    /// Question about a referral.
    pub(crate) fn referral(&self) -> Question {
        let provider = self.provider();
        let request = ReferralRequest {
            id: "case_kit".to_owned(),
            service: self.service.id.clone(),
            populations: self.populations(),
            urgency: Urgency::Standard,
            member: self.member(),
            referrer: provider.clone(),
            preferred: Some(provider),
            facts: self.facts(),
            documents: self.documents(),
        };
        Question::Triage { request, context: self.context() }
    }

    /// A request for authorization, to be decided; none for a service that has no procedure on the day.
    pub(crate) fn authorization(&self) -> Option<Question> {
        let days = Period { first: self.as_of, last: Some(self.as_of.saturating_add(29.days())) };
        let line = RequestedLine { procedure: self.procedures().into_iter().next()?, units: 10, days };
        let request = AuthorizationRequest {
            id: "case_kit".to_owned(),
            service: self.service.id.clone(),
            populations: self.populations(),
            kind: RequestKind::Initial,
            urgency: Urgency::Standard,
            member: self.member(),
            provider: self.provider(),
            lines: vec![line],
            facts: self.facts(),
            documents: self.documents(),
        };
        Some(Question::Determine { request, context: self.context() })
    }

    /// A claim of one day that is authorized; none for a service that has no procedure, or begins in the
    /// future.
    pub(crate) fn claim(&self) -> Option<Question> {
        if self.as_of > self.today {
            return None;
        }
        let procedure = self.procedures().into_iter().next()?;
        let on = self.as_of;
        let around = |days: i32| Period {
            first: on.saturating_sub(days.days()),
            last: Some(on.saturating_add(days.days())),
        };
        let mut documents = self.documents();
        if !documents.iter().any(|document| document.kind == "receipt") {
            documents.push(current("receipt", self.as_of));
        }
        let claim = Claim {
            id: "case_kit".to_owned(),
            frequency: Frequency::Original,
            member: self.member(),
            provider: self.provider(),
            diagnoses: vec!["Z59.02".to_owned()],
            received: self.today,
            lines: vec![ClaimLine {
                number: 1,
                service: self.service.id.clone(),
                procedure: procedure.clone(),
                place: "12".to_owned(),
                days: around(0),
                units: 1,
                charge: Cents(1_000_000),
                minutes: None,
            }],
            authorizations: vec![AuthorizedLine {
                number: "K-1".to_owned(),
                presumptive: false,
                procedure: Some(procedure),
                days: around(200),
                units: Some(MOST_UNITS),
                used: 0,
            }],
            facts: self.facts(),
            documents,
        };
        Some(Question::Adjudicate { claim, context: self.context() })
    }

    /// The service's procedures on the day: those that the plan prices first.
    pub(crate) fn procedures(&self) -> Vec<Procedure> {
        let billed = self.service.procedures_on(self.as_of).map(|billed| &billed.procedure);
        let mut procedures: Vec<Procedure> = billed.cloned().collect();
        let priced = |procedure: &Procedure| {
            let mut rates = self.profile.rates.iter();
            rates.any(|rate| rate.procedure == *procedure && rate.effective.holds(self.as_of))
        };
        procedures.sort_by_key(|procedure| !priced(procedure));
        procedures
    }

    /// The criteria that speak about the service on the day.
    fn criteria(&self) -> impl Iterator<Item = &'a Criterion> {
        let (service, on) = (self.service.id.as_str(), self.as_of);
        self.profile.criteria.iter().filter(move |criterion| {
            (criterion.service == "*" || criterion.service == service) && criterion.days.holds(on)
        })
    }

    /// Facts that the criteria, the presumptive rules and the state read, in the way that most likely meets
    /// them; and the plan's own facts.
    fn facts(&self) -> Vec<Fact> {
        let days = Days { as_of: self.as_of, today: self.today, covered: Some(self.covered()) };
        let rules = self.profile.presumptive.iter().filter(|rule| rule.service == self.service.id);
        let wanted = self
            .criteria()
            .map(|criterion| (&criterion.facts, criterion.kind != CriterionKind::Exclusion))
            .chain(rules.map(|rule| (&rule.attest, true)))
            .chain(self.service.exclusions.iter().map(|exclusion| (&exclusion.facts, false)));
        let mut facts: Vec<Fact> = Vec::new();
        for (codes, hoped) in wanted {
            codes.iter().for_each(|code| guess(self.profile, code, hoped, &days, &mut facts));
        }
        let own = self.profile.facts.iter();
        own.for_each(|fact| guess(self.profile, &fact.code, true, &days, &mut facts));
        facts
    }

    fn documents(&self) -> Vec<Document> {
        let state = self.service.documents_on(self.as_of).map(|document| document.kind.as_str());
        let kinds = self.criteria().flat_map(|criterion| criterion.documents.iter().map(String::as_str));
        let mut documents: Vec<Document> = Vec::new();
        for kind in kinds.chain(state) {
            if !documents.iter().any(|document| document.kind == kind) {
                documents.push(current(kind, self.as_of.min(self.today)));
            }
        }
        documents
    }

    fn populations(&self) -> Vec<String> {
        self.rule.and_then(|rule| rule.population.clone()).into_iter().collect()
    }

    fn provider(&self) -> Provider {
        let rules = self.profile.presumptive.iter().filter(|rule| rule.service == self.service.id);
        let kinds = match self.rule {
            Some(rule) => rule.provider_kinds.iter().take(1).cloned().collect(),
            None => rules.flat_map(|rule| rule.provider_kinds.iter().take(1).cloned()).take(1).collect(),
        };
        provider(kinds, self.counties(), true)
    }

    fn member(&self) -> Member {
        Member {
            // Nobody's: the number is of the right shape and the name says what it is.
            identity: Some(Identity {
                cin: "90000001A".to_owned(),
                plan_member_id: Some("K-0001".to_owned()),
                family_name: "Kit".to_owned(),
                given_name: "Case".to_owned(),
            }),
            birth_date: self.as_of.saturating_sub(45.years()),
            county: self.counties().first().copied().unwrap_or_default().to_owned(),
            language: "es".to_owned(),
        }
    }

    fn covered(&self) -> Period {
        Period { first: self.as_of.saturating_sub(1.year()), last: None }
    }

    fn context(&self) -> Context {
        let lines = self.service.lines.iter();
        let line = lines.filter(|line| self.profile.lines.contains(line)).chain(&self.profile.lines).next();
        let line = line.cloned().unwrap_or_default();
        let capped = self.elections.iter().filter_map(|election| {
            let cap = election.capacity.as_ref()?.members;
            let (service, county) = (election.service.clone(), election.county.clone());
            Some(CapacityCount { service, county, admitted: 0, cap })
        });
        Context {
            as_of: self.as_of,
            today: self.today,
            received: noon(self.today),
            coverage: Coverage {
                dual_status: Dictionary::state().usual_dual_status(&line, self.as_of).to_owned(),
                line,
                days: self.covered(),
                other_d_snp: false,
                group: None,
                delegate: None,
            },
            history: Vec::new(),
            capacity: capped.take(1).collect(),
            open_cases: Vec::new(),
            tables: Vec::new(),
        }
    }
}

/// A credentialing file for everything that the plan offers, with all that it requires.
pub(crate) fn application(profile: &PlanProfile, today: Date) -> Question {
    let days = Days { as_of: today, today, covered: None };
    let (mut answers, mut documents) = (Vec::new(), Vec::<Document>::new());
    for needed in &profile.requirements {
        if let Some(code) = &needed.fact {
            guess(profile, code, true, &days, &mut answers);
        }
        let Some(kind) = &needed.document else { continue };
        if !documents.iter().any(|document| &document.kind == kind) {
            documents.push(current(kind, today));
        }
    }
    let mut services: Vec<String> = Vec::new();
    for election in &profile.elections {
        if services.len() < MOST_SERVICES && !services.contains(&election.service) {
            services.push(election.service.clone());
        }
    }
    let application = Application {
        id: "case_kit".to_owned(),
        legal_name: "Kit Test Provider".to_owned(),
        provider: provider(Vec::new(), profile.counties.iter().map(String::as_str).collect(), false),
        services,
        counties: profile.counties.clone(),
        answers,
        documents,
    };
    Question::Review { application, today }
}

/// A document that counts on the day, for a year, and for as much as may be asked.
pub(crate) fn current(kind: &str, on: Date) -> Document {
    Document {
        kind: kind.to_owned(),
        issued: Some(on.saturating_sub(10.days())),
        expires: Some(on.saturating_add(1.year())),
        amount: Some(MOST_CENTS),
        content: None,
    }
}

/// Adds a fact with its likeliest value, unless it is there: `hoped` for a flag.
fn guess(profile: &PlanProfile, code: &str, hoped: bool, days: &Days, facts: &mut Vec<Fact>) {
    let Some(definition) = definition(profile, code) else { return };
    if facts.len() == MOST_FACTS || facts.iter().any(|fact| fact.code == code) {
        return;
    }
    let value = match values(definition, days).into_iter().next() {
        Some(FactValue::Flag(_)) => FactValue::Flag(hoped),
        Some(value) => value,
        None => return,
    };
    facts.push(said(code, value, days));
}

fn provider(kinds: Vec<String>, counties: Vec<&str>, contracted: bool) -> Provider {
    let counties = counties.into_iter().map(str::to_owned).collect();
    Provider { npi: "1234567893".to_owned(), kinds, taxonomies: Vec::new(), counties, contracted }
}

/// A day of the period: today, or the one that is nearest to it.
fn day_inside(days: &Period, today: Date) -> Date {
    if today < days.first { days.first } else { days.last.map_or(today, |last| last.min(today)) }
}

/// Noon in the state, or an hour from it.
fn noon(day: Date) -> Timestamp {
    let noon = day.at(20, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}

/// The same request, put to the operation that presumes if that is wanted.
pub(crate) fn as_asked(operation: Operation, question: Question) -> Question {
    match (operation, question) {
        (Operation::Presume, Question::Determine { request, context }) => {
            Question::Presume { request, context }
        }
        (_, question) => question,
    }
}
