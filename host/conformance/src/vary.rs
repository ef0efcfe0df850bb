//! From one request with everything known to many: one thing different at a time, and then mixtures.

use std::collections::BTreeSet;

use domain::Cents;
use domain::catalog::Catalog;
use domain::plan::authorization::{AuthorizationRequest, RequestKind};
use domain::plan::billing::{Claim, Frequency};
use domain::plan::profile::PlanProfile;
use domain::plan::question::Question;
use domain::plan::types::{
    Context, Document, Fact, OpenCase, Period, Provider, TableRow, TableSlice, Urgency, Usage, Workflow,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::parts::{Parts, facts, parts, say};
use crate::scene::{MOST_CENTS, MOST_UNITS, Scene, current};
use crate::seed::Seed;
use crate::values::{Days, definition, said, values};

/// Mixtures of values for each scene.
const MIXTURES: usize = 48;
/// The most entries that the host hands over as history.
const MOST_HISTORY: usize = 200;
/// The most lines that the host lets through.
const MOST_LINES: u16 = 50;

/// The most entries of any list of a profile that get requests of their own.
const MOST_ENTRIES: usize = 60;

/// A request and, in words, what is special about it.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) what: String,
    pub(crate) question: Question,
}

/// Requests around `base`, which comes first.
pub(crate) fn around(scene: &Scene<'_>, base: &Question) -> Vec<Made> {
    let mut requests = Requests::around(scene.profile, base);
    requests.facts();
    requests.documents();
    requests.case(scene);
    match base {
        Question::Presume { .. } | Question::Determine { .. } => requests.authorizations(scene),
        Question::Adjudicate { .. } => requests.claims(scene),
        _ => {}
    }
    requests.mixtures(&scene.name());
    requests.distinct()
}

/// Credentialing files around `base`, which comes first.
pub(crate) fn files(profile: &PlanProfile, base: &Question) -> Vec<Made> {
    let mut requests = Requests::around(profile, base);
    requests.facts();
    requests.documents();
    requests.files();
    requests.mixtures("files");
    requests.distinct()
}

struct Requests<'a> {
    profile: &'a PlanProfile,
    base: &'a Question,
    days: Days,
    made: Vec<Made>,
}

impl<'a> Requests<'a> {
    fn around(profile: &'a PlanProfile, base: &'a Question) -> Self {
        let mut requests = Self { profile, base, days: Days::of(base), made: Vec::new() };
        requests.add("everything known", |_| {});
        requests
    }

    /// One more request: the base, changed.
    fn add(&mut self, what: impl Into<String>, change: impl FnOnce(&mut Parts<'_>)) {
        self.add_whole(what, |question| {
            if let Some(mut parts) = parts(question) {
                change(&mut parts);
            }
        });
    }

    fn add_whole(&mut self, what: impl Into<String>, change: impl FnOnce(&mut Question)) {
        let mut question = self.base.clone();
        change(&mut question);
        self.made.push(Made { what: what.into(), question });
    }

    fn add_context(&mut self, what: impl Into<String>, change: impl FnOnce(&mut Context)) {
        self.add(what, |parts| {
            if let Some((_, context)) = &mut parts.around {
                change(context);
            }
        });
    }

    fn add_provider(&mut self, what: impl Into<String>, change: impl FnOnce(&mut Provider)) {
        self.add(what, |parts| {
            if let Some(provider) = &mut parts.provider {
                change(provider);
            }
        });
    }

    /// Nothing known, each fact missing, the facts of each criterion missing, each other value of each fact.
    fn facts(&mut self) {
        self.add("nothing known and nothing attached", |parts| {
            parts.facts.clear();
            parts.documents.clear();
        });
        self.add("nothing known", |parts| parts.facts.clear());
        let known: Vec<_> = facts(self.base).to_vec();
        for fact in &known {
            let code = fact.code.as_str();
            self.add(format!("{code} not known"), |parts| parts.facts.retain(|other| other.code != code));
        }
        let profile = self.profile;
        let several = profile.criteria.iter().filter(|criterion| criterion.facts.len() > 1);
        for criterion in several.take(MOST_ENTRIES) {
            let read = |code: &String| criterion.facts.contains(code);
            if known.iter().any(|fact| read(&fact.code)) {
                let what = format!("nothing known of {}", criterion.id);
                self.add(what, |parts| parts.facts.retain(|fact| !read(&fact.code)));
            }
        }
        for fact in &known {
            let Some(definition) = definition(profile, &fact.code) else { continue };
            let all = values(definition, &self.days);
            for (place, value) in all.into_iter().enumerate().filter(|(_, value)| *value != fact.value) {
                let other = said(&fact.code, value, &self.days);
                let what = format!("{} with its value no. {}", fact.code, place + 1);
                self.add(what, |parts| say(parts.facts, other));
            }
        }
    }

    /// No documents, each missing, and the edges of their days and amounts.
    fn documents(&mut self) {
        self.add("nothing attached", |parts| parts.documents.clear());
        let mut base = self.base.clone();
        let Some(known) = parts(&mut base).map(|parts| parts.documents.clone()) else { return };
        let on = self.days.as_of;
        for document in &known {
            let kind = document.kind.as_str();
            self.add(format!("{kind} missing"), |parts| {
                parts.documents.retain(|document| document.kind != kind);
            });
            let yesterday = on.saturating_sub(1.day());
            let edges = [
                ("ended yesterday", Document { expires: Some(yesterday), ..document.clone() }),
                ("ends today", Document { expires: Some(on), ..document.clone() }),
                (
                    "without days or amount",
                    Document { issued: None, expires: None, amount: None, ..document.clone() },
                ),
                (
                    "of long ago, without an end",
                    Document { issued: Some(date(1990, 1, 1)), expires: None, ..document.clone() },
                ),
                ("over nothing", Document { amount: Some(Cents(0)), ..document.clone() }),
                ("of today", Document { issued: Some(on), expires: None, ..document.clone() }),
            ];
            for (what, edge) in edges {
                self.add(format!("{kind} {what}"), |parts| replace(parts.documents, kind, edge));
            }
            let two = document.clone();
            self.add(format!("{kind} twice"), |parts| parts.documents.push(two));
        }
    }

    /// Varies the member, the provider, and what the host knows around the case.
    fn case(&mut self, scene: &Scene<'_>) {
        for county in scene.counties().into_iter().skip(1).take(MOST_ENTRIES) {
            self.add(format!("in {county}"), |parts| {
                if let Some((member, _)) = &mut parts.around {
                    county.clone_into(&mut member.county);
                }
            });
        }
        let on = scene.as_of;
        for years in [0, 10, 18, 21, 26, 65, 110] {
            let birthday = on.saturating_sub(years.years());
            for (what, born) in [("turns", birthday), ("is not yet", birthday.saturating_add(1.day()))] {
                if born <= scene.today {
                    self.add(format!("the member {what} {years}"), |parts| {
                        if let Some((member, _)) = &mut parts.around {
                            member.birth_date = born;
                        }
                    });
                }
            }
        }
        self.add("the member is nobody in particular", |parts| {
            if let Some((member, _)) = &mut parts.around {
                member.identity = None;
            }
        });
        let populations = Catalog::state().populations().iter();
        for population in populations.filter(|population| population.services.contains(&scene.service.id)) {
            self.add(format!("marked as {}", population.id), |parts| {
                if let Some(marked) = &mut parts.populations {
                    **marked = vec![population.id.clone()];
                }
            });
        }
        self.add("expedited", |parts| {
            if let Some(urgency) = &mut parts.urgency {
                **urgency = Urgency::Expedited;
            }
        });
        self.add_provider("the provider is not contracted", |provider| provider.contracted = false);
        self.add_provider("the provider is of no kind", |provider| provider.kinds.clear());
        self.coverage(on);
        self.record(scene);
    }

    fn coverage(&mut self, on: Date) {
        let ends = |last: Date| Period { first: on.saturating_sub(1.year()), last: Some(last) };
        let edges = [
            ("begins that day", Period { first: on, last: None }),
            ("lasts that day only", Period { first: on, last: Some(on) }),
            ("ends that day", ends(on)),
            ("ends the day after", ends(on.saturating_add(1.day()))),
            ("ends in a month", ends(on.saturating_add(29.days()))),
            ("ends when days end", ends(date(9999, 12, 31))),
        ];
        for (what, days) in edges {
            self.add_context(format!("coverage {what}"), |context| context.coverage.days = days);
        }
        self.add_context("another plan of the county has the member as a D-SNP", |context| {
            context.coverage.other_d_snp = true;
        });
        for line in self.profile.lines.iter().take(MOST_ENTRIES) {
            for status in ["00", "02", "08", "NA"] {
                self.add_context(format!("{line} with dual status {status}"), |context| {
                    context.coverage.line.clone_from(line);
                    status.clone_into(&mut context.coverage.dual_status);
                });
            }
        }
        for delegate in self.profile.delegates.iter().take(MOST_ENTRIES) {
            self.add_context(format!("the member is delegate {}'s", delegate.id), |context| {
                context.coverage.group = delegate.groups.first().cloned();
                context.coverage.delegate = Some(delegate.id.clone());
            });
        }
        self.add_context("a group that is no delegate's", |context| {
            context.coverage.group = Some("KIT".to_owned());
        });
    }

    /// Varies the host's record: history, fullness, open cases, the plan's tables.
    fn record(&mut self, scene: &Scene<'_>) {
        let on = scene.as_of;
        let used = |days: i32, own: bool| Usage {
            service: scene.service.id.clone(),
            days: Period { first: on.saturating_sub(days.days()), last: Some(on.saturating_sub(1.day())) },
            units: u32::try_from(days).unwrap_or(1),
            own,
        };
        for days in [1, 30, 181, 182, 365] {
            self.add_context(format!("{days} days used before"), |context| {
                context.history = vec![used(days, false)];
            });
        }
        self.add_context("a history as long as can be", |context| {
            context.history = vec![used(1, true); MOST_HISTORY];
        });
        if scene.elections.iter().any(|election| election.capacity.is_some()) {
            for (what, spare) in [("one place left", 1), ("full", 0)] {
                self.add_context(what, |context| {
                    for count in &mut context.capacity {
                        count.admitted = count.cap.saturating_sub(spare);
                    }
                });
            }
        }
        for workflow in [Workflow::Referral, Workflow::Authorization, Workflow::Billing] {
            self.add_context(format!("another open {workflow:?} for the service"), |context| {
                context.open_cases = vec![OpenCase {
                    service: scene.service.id.clone(),
                    workflow,
                    received: scene.today,
                    provider: None,
                }];
            });
        }
        for table in self.profile.tables.iter().take(MOST_ENTRIES) {
            for cell in ["", "1", "ñ"] {
                self.add_context(format!("a row of {}, all cells {cell:?}", table.name), |context| {
                    let cells = vec![cell.to_owned(); table.columns.len()];
                    let rows = vec![TableRow { version: "1".to_owned(), cells }];
                    context.tables = vec![TableSlice { name: table.name.clone(), rows }];
                });
            }
        }
    }

    fn add_request(&mut self, what: impl Into<String>, change: impl FnOnce(&mut AuthorizationRequest)) {
        self.add_whole(what, |question| {
            if let Question::Presume { request, .. } | Question::Determine { request, .. } = question {
                change(request);
            }
        });
    }

    /// Kinds by urgency, procedures, units and days.
    fn authorizations(&mut self, scene: &Scene<'_>) {
        use RequestKind::{Extension, Initial, Renewal, Retrospective};
        for kind in [Initial, Renewal, Extension, Retrospective] {
            for urgency in [Urgency::Standard, Urgency::Expedited] {
                self.add_request(format!("{kind:?}, {urgency:?}").to_lowercase(), |request| {
                    (request.kind, request.urgency) = (kind, urgency);
                });
            }
        }
        for procedure in scene.procedures() {
            self.add_request(format!("asked as {procedure}"), |request| {
                for line in &mut request.lines {
                    line.procedure = procedure.clone();
                }
            });
        }
        let defaults = self.profile.defaults.iter().filter(|default| default.service == scene.service.id);
        let limits: BTreeSet<u32> = defaults
            .filter_map(|default| default.units)
            .flat_map(|most| [most, most.saturating_add(1)])
            .collect();
        for units in
            [1, MOST_UNITS].into_iter().chain(limits.into_iter().filter(|units| *units <= MOST_UNITS))
        {
            self.add_request(format!("{units} units"), |request| {
                request.lines.iter_mut().for_each(|line| line.units = units);
            });
        }
        let on = scene.as_of;
        let spans = [
            ("one day", on, on),
            ("a year", on, on.saturating_add(364.days())),
            ("three years", on, on.saturating_add(3.years())),
            ("until days end", on, date(9999, 12, 31)),
            ("from yesterday", on.saturating_sub(1.day()), on.saturating_add(10.days())),
            ("next year", on.saturating_add(1.year()), on.saturating_add(13.months())),
        ];
        for (what, first, last) in spans {
            self.add_request(format!("for {what}"), |request| {
                let days = Period { first, last: Some(last) };
                request.lines.iter_mut().for_each(|line| line.days = days.clone());
            });
        }
        let procedures = scene.procedures();
        self.add_request("as many lines as can be", |request| {
            let Some(line) = request.lines.first().cloned() else { return };
            let cycle = procedures.iter().cycle().take(usize::from(MOST_LINES));
            request.lines = cycle
                .map(|procedure| domain::plan::authorization::RequestedLine {
                    procedure: procedure.clone(),
                    ..line.clone()
                })
                .collect();
        });
    }

    fn add_claim(&mut self, what: impl Into<String>, change: impl FnOnce(&mut Claim)) {
        self.add_whole(what, |question| {
            if let Question::Adjudicate { claim, .. } = question {
                change(claim);
            }
        });
    }

    /// Frequencies, procedures, units, money, days, authorizations and lines.
    fn claims(&mut self, scene: &Scene<'_>) {
        for frequency in [Frequency::Replacement, Frequency::Void] {
            self.add_claim(format!("{frequency:?}").to_lowercase(), |claim| claim.frequency = frequency);
        }
        for procedure in scene.procedures() {
            self.add_claim(format!("billed as {procedure}"), |claim| {
                claim.lines.iter_mut().for_each(|line| line.procedure = procedure.clone());
            });
            self.add_claim(format!("billed and authorized as {procedure}"), |claim| {
                claim.lines.iter_mut().for_each(|line| line.procedure = procedure.clone());
                let same = Some(procedure.clone());
                claim.authorizations.iter_mut().for_each(|line| line.procedure.clone_from(&same));
            });
        }
        for units in [2, 30, MOST_UNITS] {
            self.add_claim(format!("{units} units"), |claim| {
                claim.lines.iter_mut().for_each(|line| line.units = units);
            });
        }
        for charge in [Cents(0), Cents(1), MOST_CENTS] {
            self.add_claim(format!("a charge of {charge}"), |claim| {
                claim.lines.iter_mut().for_each(|line| line.charge = charge);
            });
        }
        for minutes in [1, 60, 44_640] {
            self.add_claim(format!("{minutes} minutes"), |claim| {
                claim.lines.iter_mut().for_each(|line| line.minutes = Some(minutes));
            });
        }
        self.claimed_days(scene);
        self.claimed_authorizations();
        self.add_claim("the same line twice", |claim| {
            if let Some(line) = claim.lines.first().cloned() {
                claim.lines.push(domain::plan::billing::ClaimLine { number: 2, ..line });
            }
        });
        let procedures = scene.procedures();
        self.add_claim("as many lines as can be", |claim| {
            let Some(line) = claim.lines.first().cloned() else { return };
            let cycle = (1..=MOST_LINES).zip(procedures.iter().cycle());
            claim.lines = cycle
                .map(|(number, procedure)| {
                    let procedure = procedure.clone();
                    domain::plan::billing::ClaimLine { number, procedure, ..line.clone() }
                })
                .collect();
        });
        self.add_claim("without diagnoses", |claim| claim.diagnoses.clear());
    }

    fn claimed_days(&mut self, scene: &Scene<'_>) {
        let on = scene.as_of;
        let filing = i32::from(self.profile.claims.filing_days);
        let late = |days: i32| scene.today.saturating_sub(days.days());
        let spans = [
            ("ten days", on.saturating_sub(9.days()), on),
            ("the last day to file", late(filing), late(filing)),
            ("a day too late to file", late(filing + 1), late(filing + 1)),
            ("before coverage", on.saturating_sub(2.years()), on.saturating_sub(2.years())),
            ("into coverage", on.saturating_sub(13.months()), on),
        ];
        for (what, first, last) in spans {
            self.add_claim(format!("service of {what}"), |claim| {
                let days = Period { first, last: Some(last) };
                claim.lines.iter_mut().for_each(|line| line.days = days.clone());
            });
        }
    }

    fn claimed_authorizations(&mut self) {
        self.add_claim("nothing authorized", |claim| claim.authorizations.clear());
        self.add_claim("authorized presumptively", |claim| {
            for line in &mut claim.authorizations {
                (line.presumptive, line.procedure, line.units) = (true, None, None);
            }
        });
        for (what, used) in
            [("one unit left", MOST_UNITS - 1), ("no unit left", MOST_UNITS), ("overdrawn", u32::MAX)]
        {
            self.add_claim(format!("authorized, {what}"), |claim| {
                claim.authorizations.iter_mut().for_each(|line| line.used = used);
            });
        }
    }

    /// Services and requirements of a credentialing file.
    fn files(&mut self) {
        let Question::Review { application, today } = self.base else { return };
        for service in &application.services {
            self.add_file(format!("for {service} only"), |application| {
                application.services = vec![service.clone()];
            });
        }
        for needed in self.profile.requirements.iter().take(MOST_ENTRIES) {
            let Some(kind) = &needed.document else { continue };
            if let Some(minimum) = needed.minimum.filter(|minimum| *minimum > Cents(0)) {
                for (what, amount) in [("just enough", minimum), ("a cent too little", Cents(minimum.0 - 1))]
                {
                    let document = Document { amount: Some(amount), ..current(kind, *today) };
                    self.add(format!("{}: {what}", needed.id), |parts| {
                        replace(parts.documents, kind, document)
                    });
                }
            }
            let Some(valid) = needed.valid_days else { continue };
            for days in [i32::from(valid) - 1, i32::from(valid), i32::from(valid) + 1] {
                let issued = Some(today.saturating_sub(days.days()));
                let document = Document { issued, expires: None, ..current(kind, *today) };
                self.add(format!("{}: issued {days} days ago", needed.id), |parts| {
                    replace(parts.documents, kind, document);
                });
            }
        }
        self.add_provider("the provider is contracted", |provider| provider.contracted = true);
    }

    fn add_file(
        &mut self,
        what: impl Into<String>,
        change: impl FnOnce(&mut domain::plan::credentialing::Application),
    ) {
        self.add_whole(what, |question| {
            if let Question::Review { application, .. } = question {
                change(application);
            }
        });
    }

    /// Mixtures of what one request asks for with what another is in, with any values of the facts: by the
    /// seed. One thing at a time finds what a rule does; two at a time find what it forgot.
    fn mixtures(&mut self, scene: &str) {
        let mut seed = Seed::of(scene);
        let singles = self.made.len();
        for number in 1..=MIXTURES {
            let mut mixed = self.made[seed.below(singles)].question.clone();
            let mut other = self.made[seed.below(singles)].question.clone();
            let facts = self.mixed_facts(&mut seed);
            if let (Some(mixed), Some(other)) = (parts(&mut mixed), parts(&mut other)) {
                if let (Some((member, context)), Some((others, around))) = (mixed.around, other.around) {
                    std::mem::swap(member, others);
                    std::mem::swap(context, around);
                }
                // As often as not, only the rest is mixed: most values of facts end in a no before anything
                // else.
                if seed.below(2) == 0 {
                    *mixed.facts = facts;
                }
                if seed.below(4) == 0 {
                    mixed.documents.clear();
                }
            }
            self.made.push(Made { what: format!("mixture no. {number}"), question: mixed });
        }
    }

    /// The facts, each with any of its values or not known, which is as likely as any one value.
    fn mixed_facts(&self, seed: &mut Seed) -> Vec<Fact> {
        let any_value = |fact: &Fact| {
            let definition = definition(self.profile, &fact.code)?;
            let mut values = values(definition, &self.days);
            let place = seed.below(values.len() + 1);
            (place < values.len()).then(|| said(&fact.code, values.swap_remove(place), &self.days))
        };
        facts(self.base).iter().filter_map(any_value).collect()
    }

    /// The requests, each once.
    fn distinct(self) -> Vec<Made> {
        let mut seen = BTreeSet::new();
        self.made.into_iter().filter(|made| seen.insert(made.question.canonical_bytes())).collect()
    }
}

/// Puts a document in the place of those of its kind.
fn replace(documents: &mut Vec<Document>, kind: &str, document: Document) {
    documents.retain(|known| known.kind != kind);
    documents.push(document);
}
