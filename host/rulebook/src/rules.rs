//! The file as a whole: which tables there are, and what they become in the plan's profile and in its
//! answers.

use std::collections::BTreeMap;

use domain::Procedure;
use domain::catalog::Catalog;
use domain::dictionary::Dictionary;
use domain::floor::{Ground, check_profile};
use domain::near::{near, question};
use domain::plan::profile::{
    AuthorizationDefault, CalendarDay, Capacity, ClaimForm, ClaimRoute, ClockUnit, Column, Contact,
    Criterion, CriterionKind, CriterionOrigin, Delegate, Election, FactDefinition, FactKind, FileKind,
    Layout, Mode, PaymentModel, PlanProfile, PresumptiveRule, Rate, Requirement, Responsibility, Table,
    TurnAround, WorkflowMode,
};
use domain::plan::types::{Bilingual, DenialKind, Urgency, Workflow};
use jiff::civil::Date;
use toml::de::DeTable;

use crate::condition::{self, Condition, Vocabulary};
use crate::doubts;
use crate::fields::{Fields, Reading, word_of};
use crate::problem::{Problem, Span};
use crate::state::{self, Rule, Stage};
use crate::toml_slips;

/// The form of rules files that is read here.
const FORMAT: u32 = 1;

/// Days that six months may be counted as.
const SIX_MONTHS: std::ops::RangeInclusive<i64> = 181..=184;

/// A plan's rules, read and found good.
#[derive(Debug)]
pub struct Rules {
    pub(crate) profile: PlanProfile,
    /// The criteria with their tests, in the profile's order.
    pub(crate) rules: Vec<Rule>,
    /// Number of the state's own, which come first.
    pub(crate) of_state: usize,
    /// The answer that satisfies each requirement, in the profile's order.
    pub(crate) answers: Vec<Option<Answer>>,
    /// Begin of the ids of the state's rules.
    pub(crate) prefix: String,
    /// The table and column whose amounts take the place of rates.
    pub(crate) schedule: Option<(String, String)>,
    pub(crate) redirects: Vec<Redirect>,
    pub(crate) notes: Vec<Note>,
    warnings: Vec<Problem>,
    /// Text of the file.
    pub(crate) text: String,
}

/// Answer that satisfies a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    AtLeast(i64),
    Given,
}

/// Referrals that are redirected: a delegate's, or those of a service that another takes the place of.
#[derive(Debug)]
pub(crate) struct Redirect {
    pub(crate) delegate: Option<String>,
    pub(crate) service: String,
    pub(crate) line: Option<String>,
    pub(crate) to_service: String,
    pub(crate) criterion: String,
    pub(crate) reason: Bilingual,
}

/// A cell of a table's rows, for the plan's own log.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) label: String,
}

/// A rules file to begin with, for a plan of this id and name.
#[must_use]
pub fn beginning(plan: &str, name: &str) -> String {
    let payer: String = plan.chars().filter(char::is_ascii_alphanumeric).collect();
    // It stands between quotes.
    let title: String =
        name.chars().filter(|letter| !matches!(letter, '"' | '\\') && !letter.is_control()).collect();
    TEMPLATE
        .replace("{{name}}", plan)
        .replace("{{title}}", &title)
        .replace("{{payer}}", &payer.to_uppercase())
}

/// The file that authors begin with too.
const TEMPLATE: &str = include_str!("../../../plugins/templates/rules/plan.toml");

impl Rules {
    /// Reads a rules file. `today` dates the catalog and the clocks that it is held against.
    ///
    /// # Errors
    /// Everything that is wrong with it, from top to bottom.
    pub fn read(text: &str, today: Date) -> Result<Self, Vec<Problem>> {
        Self::read_for(text, today, None)
    }

    /// The same for the rules of this plan and no other.
    ///
    /// # Errors
    /// As [`Self::read`]; and if the file is another plan's.
    pub fn read_of(text: &str, today: Date, plan: &str) -> Result<Self, Vec<Problem>> {
        Self::read_for(text, today, Some(plan))
    }

    fn read_for(text: &str, today: Date, plan: Option<&str>) -> Result<Self, Vec<Problem>> {
        let (document, errors) = DeTable::parse_recoverable(text);
        // One alone: what follows it was read by guessing what was meant.
        if let Some(error) = errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start)) {
            let at = error.span().unwrap_or(0..0);
            let (problem, fix) = toml_slips::of(text, at.start).unwrap_or_else(|| {
                let problem = format!("this is no TOML: {}", error.message());
                (problem, "correct this first; toml.io shows how".to_owned())
            });
            return Err(vec![Problem::at(text, &at, problem, fix)]);
        }
        let reading = Reading::of(text);
        let mut rules = File::read(&reading, document.get_ref());
        rules.check(&reading, today);
        if let Some(plan) =
            plan.filter(|plan| !rules.profile.plan_id.is_empty() && rules.profile.plan_id != *plan)
        {
            let problem = "these are the rules of another plan";
            reading.say(&reading.place("/id"), problem, format!("write id = \"{plan}\""));
        }
        doubts::say(&rules, &reading);
        let (problems, warnings) = reading.problems_and_warnings();
        rules.warnings = warnings;
        rules.text = text.to_owned();
        if problems.is_empty() { Ok(rules) } else { Err(problems) }
    }

    /// Doubts from top to bottom: allowed, and perhaps not meant.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Profile that the file declares.
    pub fn profile(&self) -> &PlanProfile {
        &self.profile
    }

    /// The workflows that the plan automates, whose interfaces its plugin exports beside its profile.
    pub fn automated(&self) -> impl Iterator<Item = Workflow> + '_ {
        let automated = self.profile.modes.iter().filter(|mode| mode.mode != Mode::People);
        automated.map(|mode| mode.workflow)
    }

    /// The profile held against catalog, dictionary and floor, and each problem shown where it stands in the
    /// file.
    fn check(&self, reading: &Reading<'_>, today: Date) {
        for problem in check_profile(Ground::of(&self.profile), today) {
            // Services were looked up where they are named, and what criteria read, in their conditions.
            let looked_up = problem.at.ends_with("/service")
                || problem.at.starts_with("/criteria/")
                    && (problem.at.contains("/facts/") || problem.at.contains("/documents/"));
            let at = if problem.at == "/plan_id" { "/id" } else { problem.at.as_str() };
            if !looked_up && !reading.is_unread(at) && !reading.is_told(at) {
                reading.say(&reading.place(at), problem.problem, problem.fix);
            }
        }
    }
}

/// A file being read, and what of it others refer to.
struct File<'a> {
    reading: &'a Reading<'a>,
    /// Documents that the file names once.
    sources: BTreeMap<String, String>,
    counties: Vec<String>,
    facts: Vec<FactDefinition>,
    offered: Vec<String>,
}

impl<'a> File<'a> {
    fn read(reading: &'a Reading<'a>, document: &'a DeTable<'a>) -> Rules {
        let root = Fields::of(reading, document, 0..0, String::new());
        let format: u32 = root.number("format");
        if format != FORMAT && format != 0 {
            root.say(
                "format",
                format!("this program reads format {FORMAT}"),
                format!("write format = {FORMAT}"),
            );
        }
        let mut file = File {
            reading,
            sources: BTreeMap::new(),
            counties: Vec::new(),
            facts: Vec::new(),
            offered: Vec::new(),
        };
        if let Some(sources) = root.table("sources") {
            file.sources = sources.names();
        }
        // What stands in [plan] stands at the top of the profile.
        let plan = file.section(&root, "plan", "");
        let text = |key| plan.as_ref().map(|plan| plan.text(key)).unwrap_or_default();
        let some = |key| plan.as_ref().map(|plan| words(&plan.some_texts(key))).unwrap_or_default();
        let (plan_id, name, version) = (text("id"), text("name"), text("version"));
        let (lines, languages) = (some("lines"), some("languages"));
        file.counties = some("counties");
        plan.into_iter().for_each(Fields::finish);

        let modes = file.modes(&root);
        file.facts = file.facts(&root);
        let elections = file.elections(&root);
        let (prefix, rules, of_state) = file.rules(&root);
        let (requirements, answers) = file.requirements(&root);
        let tables = file.tables(&root);
        let claims = file.section(&root, "claims", "/claims");
        let (route, schedule) = file.claims(claims.as_ref(), &tables);
        let rates = file.rates(claims.as_ref());
        claims.into_iter().for_each(Fields::finish);
        let (delegates, mut redirects) = file.delegates(&root, &rules);
        redirects.extend(file.redirects(&root, &rules));
        let notes = file.notes(&root, &tables);
        let profile = PlanProfile {
            plan_id,
            name,
            version,
            lines,
            counties: file.counties.clone(),
            languages,
            modes,
            elections,
            criteria: rules.iter().map(declare).collect(),
            presumptive: file.presumptive(&root),
            defaults: file.approvals(&root),
            turn_arounds: file.promises(&root),
            rates,
            claims: route,
            requirements,
            layouts: file.layouts(&root),
            delegates,
            contacts: file.contacts(&root),
            calendar: file.calendar(&root),
            tables,
            facts: file.facts,
        };
        root.finish();
        Rules {
            profile,
            rules,
            of_state,
            answers,
            prefix,
            schedule,
            redirects,
            notes,
            warnings: Vec::new(),
            text: String::new(),
        }
    }

    /// A table that every file has.
    fn section(&self, root: &Fields<'a>, key: &'static str, pointer: &str) -> Option<Fields<'a>> {
        let section = root.table_as(key, pointer.to_owned());
        if section.is_none() {
            root.say(key, format!("the table [{key}] is missing"), format!("add [{key}]"));
        }
        section
    }

    /// A document, by the name that the file gives it or in full.
    fn source(&self, fields: &Fields<'_>) -> String {
        let source = fields.text("source");
        if let Some(document) = self.sources.get(&source) {
            return document.clone();
        }
        // A document has a title and a date; one word alone was meant for a name.
        if !source.is_empty() && !source.contains(char::is_whitespace) {
            let fix = question(&source, self.sources.keys().map(String::as_str)).unwrap_or_else(|| {
                "declare it under [sources], or write the document with its date".to_owned()
            });
            fields.warn("source", format!("[sources] has no `{source}`"), fix);
        }
        source
    }

    /// A service of the catalog. Returns the one that was meant, if it is another.
    fn check_service(&self, service: &str, at: &Span) -> Option<&'static str> {
        let known = || Catalog::state().services().iter().map(|service| service.id.as_str());
        if service.is_empty() || known().any(|id| id == service) {
            return None;
        }
        let meant = near(service, known());
        let fix = question(service, known())
            .unwrap_or_else(|| "use a service id that `crosswalk plugin services` lists".to_owned());
        self.reading.say(at, format!("the catalog has no service `{service}`"), fix);
        meant.first().copied()
    }

    /// A service that the plan offers somewhere.
    fn check_offered(&self, service: &str, at: &Span) {
        if service.is_empty() || self.offered.iter().any(|offered| offered == service) {
            return;
        }
        let fix = question(service, self.offered.iter().map(String::as_str))
            .unwrap_or_else(|| "offer it under [[election]], or take this away".to_owned());
        self.reading.say(at, format!("the plan does not offer `{service}`"), fix);
    }

    fn check_population(&self, population: Option<&str>, at: &Span) {
        let Some(population) = population else { return };
        if Catalog::state().population(population).is_none() {
            let known = || Catalog::state().populations().iter().map(|known| known.id.as_str());
            let fix = question(population, known())
                .unwrap_or_else(|| format!("use one of: {}", known().collect::<Vec<_>>().join(", ")));
            self.reading.say(at, format!("there is no population `{population}`"), fix);
        }
    }

    fn modes(&self, root: &Fields<'a>) -> Vec<WorkflowMode> {
        let Some(modes) = self.section(root, "modes", "/modes") else { return Vec::new() };
        let mode = |workflow: Workflow| WorkflowMode {
            workflow,
            mode: modes.optional_word(workflow.name()).unwrap_or(Mode::People),
        };
        let read = Workflow::OF_CASES.map(mode).into();
        modes.finish();
        read
    }

    fn facts(&self, root: &Fields<'a>) -> Vec<FactDefinition> {
        let fact = |fields: Fields<'a>| {
            let fact = FactDefinition {
                code: fields.text("code"),
                kind: fields.word("kind", FactKind::Flag),
                codes: fields.texts("codes"),
                question: fields.bilingual("question"),
                proof: fields.optional_text("proof"),
                source: self.source(&fields),
            };
            fields.stands_at("code");
            if (fact.kind == FactKind::Coded) == fact.codes.is_empty() {
                let problem = "`codes` belongs to a fact of kind `coded`, and to no other";
                fields.say(
                    "codes",
                    problem,
                    "list the codes of a `coded` fact; take `codes` away from any other",
                );
            }
            fields.finish();
            fact
        };
        root.tables("fact", "/facts", 0).into_iter().map(fact).collect()
    }

    /// Elections name services and counties together; the profile has one for each pair.
    fn elections(&mut self, root: &Fields<'a>) -> Vec<Election> {
        let mut elections: Vec<Election> = Vec::new();
        for fields in root.tables("election", "/unused", 0) {
            let services = fields.some_texts("services");
            let mut counties = fields.placed_texts("counties");
            if counties.is_empty() {
                counties = self.counties.iter().map(|county| (county.clone(), fields.at.clone())).collect();
            }
            let days = fields.period("days");
            let end = fields.place(if days.last.is_some() { "to" } else { "from" });
            let capacity = fields.table("capacity").map(|fields| {
                let capacity = Capacity {
                    members: fields.number("members"),
                    window_months: fields.number("window-months"),
                    wait_list: fields.flag("wait-list", false),
                };
                fields.finish();
                capacity
            });
            for (service, service_at) in &services {
                // What is told of a misspelt service once is not told again wherever it is spelt well.
                self.offered.extend(self.check_service(service, service_at).map(str::to_owned));
                for (county, county_at) in &counties {
                    let place = elections.len();
                    self.reading.note(format!("/elections/{place}/service"), service_at);
                    self.reading.note(format!("/elections/{place}/county"), county_at);
                    self.reading.note(format!("/elections/{place}/days"), &end);
                    elections.push(Election {
                        service: service.clone(),
                        county: county.clone(),
                        days: days.clone(),
                        capacity: capacity.clone(),
                    });
                }
            }
            fields.finish();
        }
        self.offered.extend(elections.iter().map(|election| election.service.clone()));
        elections
    }

    /// The state's rules of the services that are offered, then the plan's own.
    fn rules(&self, root: &Fields<'a>) -> (String, Vec<Rule>, usize) {
        let (mut prefix, mut room_and_board_days) = (String::new(), *SIX_MONTHS.start());
        if let Some(state) = self.section(root, "state-rules", "/state_rules") {
            prefix = state.text("prefix");
            room_and_board_days = state.number("room-and-board-days");
            if !SIX_MONTHS.contains(&room_and_board_days) && room_and_board_days != 0 {
                let fix = "count them as 181 to 184 days";
                state.say("room-and-board-days", "the state's limit is six months", fix);
            }
            state.finish();
        }
        let offered = |rule: &Rule| rule.service == "*" || self.offered.contains(&rule.service);
        let mut rules: Vec<Rule> = state::rules(&prefix, room_and_board_days).filter(offered).collect();
        let of_state = rules.len();
        for (place, fields) in root.tables("criterion", "/criteria", of_state).into_iter().enumerate() {
            let at = fields.place("id");
            let rule = self.rule(fields);
            if let Some(taken) = rules[..of_state].iter().find(|taken| taken.id == rule.id) {
                let problem = format!(
                    "`{}` is the state's own criterion, taken in by [state-rules] (prefix `{prefix}`): \"{}\"",
                    taken.id, taken.text.en
                );
                self.reading.say(
                    &at,
                    problem,
                    "give yours another id; `crosswalk plugin criteria` lists the state's",
                );
                self.reading.tell(&format!("/criteria/{}", of_state + place));
            }
            rules.push(rule);
        }
        (prefix, rules, of_state)
    }

    fn rule(&self, fields: Fields<'a>) -> Rule {
        let kind = fields.word("kind", CriterionKind::Inclusion);
        // No document may stand in the way of a referral (DHCS ECM Referral Standards, 2024-08).
        let usual_stage =
            if kind == CriterionKind::Documentation { Stage::Authorization } else { Stage::Both };
        let usual_refusal = if kind == CriterionKind::Administrative {
            DenialKind::Administrative
        } else {
            DenialKind::Clinical
        };
        let test = self.condition(&fields);
        let rule = Rule {
            id: fields.text("id"),
            service: fields.text("service"),
            population: fields.optional_text("population"),
            kind,
            origin: fields.optional_word("origin").unwrap_or(CriterionOrigin::Overlay),
            stage: fields.optional_word("stage").unwrap_or(usual_stage),
            refusal: fields.optional_word("refusal").unwrap_or(usual_refusal),
            text: fields.bilingual("text"),
            source: self.source(&fields),
            days: fields.period("days"),
            test: test.clone().unwrap_or(Condition::ByPlan),
        };
        if rule.service != "*" {
            self.check_offered(&rule.service, &fields.place("service"));
        }
        self.check_population(rule.population.as_deref(), &fields.place("population"));
        if rule.refusal == DenialKind::Administrative && kind != CriterionKind::Administrative {
            let problem = "only a criterion of the kind `administrative` gives an administrative no";
            fields.say("refusal", problem, "leave it out: a licensed person of the plan decides this no");
        }
        if test.is_some_and(|test| (test == Condition::ByPlan) != (rule.stage == Stage::Apart)) {
            let problem =
                "`decided-apart` is the condition of criteria of the stage `apart`, and of no others";
            fields.say("when", problem, "write stage = \"apart\" and when = \"decided-apart\", or neither");
        }
        fields.finish();
        rule
    }

    /// Condition that must hold, if it can be read.
    fn condition(&self, fields: &Fields<'_>) -> Option<Condition> {
        let text = fields.text("when");
        if text.trim().is_empty() {
            return None;
        }
        let wrongs = match condition::parse(&text, self) {
            Ok(condition) => return Some(condition),
            Err(wrongs) => wrongs,
        };
        for wrong in wrongs {
            let at = self.inside(&fields.place("when"), &text, wrong.at..wrong.end);
            self.reading.say_instead(&at, wrong.problem, wrong.fix, wrong.instead);
        }
        None
    }

    /// The place of a part of a text that stands in quotes; the quotes themselves, where escapes move it
    /// about.
    fn inside(&self, quoted: &Span, text: &str, part: Span) -> Span {
        let raw = self.reading.text.get(quoted.clone()).unwrap_or_default();
        match raw.find(text) {
            Some(start) => quoted.start + start + part.start..quoted.start + start + part.end,
            None => quoted.clone(),
        }
    }

    fn presumptive(&self, root: &Fields<'a>) -> Vec<PresumptiveRule> {
        let rule = |fields: Fields<'a>| {
            let rule = PresumptiveRule {
                id: fields.text("id"),
                service: fields.text("service"),
                population: fields.optional_text("population"),
                days: fields.number("days"),
                provider_kinds: fields.texts("provider-kinds"),
                attest: fields.texts("attest"),
                effective: fields.period("effective"),
            };
            self.check_service(&rule.service, &fields.place("service"));
            self.check_population(rule.population.as_deref(), &fields.place("population"));
            fields.finish();
            rule
        };
        root.tables("presumptive", "/presumptive", 0).into_iter().map(rule).collect()
    }

    fn approvals(&self, root: &Fields<'a>) -> Vec<AuthorizationDefault> {
        let approval = |fields: Fields<'a>| {
            let approval = AuthorizationDefault {
                service: fields.text("service"),
                days: fields.number("days"),
                renewal_days: fields.number("renewal-days"),
                units: fields.optional_number("units"),
            };
            self.check_offered(&approval.service, &fields.place("service"));
            fields.finish();
            approval
        };
        root.tables("approval", "/defaults", 0).into_iter().map(approval).collect()
    }

    fn promises(&self, root: &Fields<'a>) -> Vec<TurnAround> {
        let promise = |fields: Fields<'a>| {
            let (workflow, urgency) =
                (fields.word("workflow", Workflow::Referral), fields.word("urgency", Urgency::Standard));
            let within = fields.text("within");
            fields.stands_at("within");
            let read = within.split_once(' ').and_then(|(amount, unit)| {
                Some((amount.parse().ok()?, word_of(&unit.trim().replace(' ', "-")).ok()?))
            });
            if read.is_none() && !within.is_empty() {
                let fix = "write, for example, 5 business days, 7 calendar days or 72 hours";
                fields.say("within", "`within` is not a length of time", fix);
            }
            let (amount, unit) = read.unwrap_or((0, ClockUnit::Hours));
            fields.finish();
            TurnAround { workflow, urgency, amount, unit }
        };
        root.tables("promise", "/turn_arounds", 0).into_iter().map(promise).collect()
    }

    fn claims(
        &self,
        claims: Option<&Fields<'a>>,
        tables: &[Table],
    ) -> (ClaimRoute, Option<(String, String)>) {
        let Some(claims) = claims else {
            let filing_days = u16::MAX;
            return (ClaimRoute { form: ClaimForm::Invoice, payer_id: String::new(), filing_days }, None);
        };
        let route = ClaimRoute {
            form: claims.word("form", ClaimForm::Invoice),
            payer_id: claims.text("payer-id"),
            filing_days: claims.number("filing-days"),
        };
        let schedule = claims.table("amounts-from").map(|from| {
            let (table, column) = (from.text("table"), from.text("column"));
            self.check_column(&from, tables, &table, &column);
            let keys = tables.iter().find(|known| known.name == table).map(|known| known.keys.as_slice());
            if keys.is_some_and(|keys| keys != ["procedure"]) {
                let fix = "declare the table with keys = [\"procedure\"]";
                from.say("table", "amounts are looked up by procedure alone", fix);
            }
            from.finish();
            (table, column)
        });
        (route, schedule)
    }

    fn rates(&self, claims: Option<&Fields<'a>>) -> Vec<Rate> {
        let rate = |fields: Fields<'a>| {
            let service = fields.text("service");
            self.check_service(&service, &fields.place("service"));
            let procedure = fields.text("procedure");
            let read = procedure.parse::<Procedure>();
            if let (Err(error), false) = (&read, procedure.is_empty()) {
                let fix = "write the code and its modifiers, such as G9008 U1 GQ";
                fields.unreadable("procedure", error.to_string(), fix);
            }
            let rate = Rate {
                id: fields.text("id"),
                service,
                procedure: read.unwrap_or_else(|_| some_procedure()),
                model: fields.word("model", PaymentModel::FeeForService),
                amount: fields.money("amount"),
                tier: None,
                effective: fields.period("effective"),
            };
            fields.finish();
            rate
        };
        let rates = claims.map(|claims| claims.tables("rates", "/rates", 0)).unwrap_or_default();
        rates.into_iter().map(rate).collect()
    }

    fn requirements(&self, root: &Fields<'a>) -> (Vec<Requirement>, Vec<Option<Answer>>) {
        let requirement = |fields: Fields<'a>| {
            for (service, at) in fields.placed_texts("services") {
                self.check_service(&service, &at);
            }
            let requirement = Requirement {
                id: fields.text("id"),
                services: fields.texts("services"),
                document: fields.optional_text("document"),
                fact: fields.optional_text("fact"),
                minimum: fields.optional_money("minimum"),
                valid_days: fields.optional_number("valid-days"),
                text: fields.bilingual("text"),
                source: self.source(&fields),
            };
            let answer = self.answer(&fields, &requirement);
            fields.finish();
            (requirement, answer)
        };
        root.tables("requirement", "/requirements", 0).into_iter().map(requirement).unzip()
    }

    fn answer(&self, fields: &Fields<'_>, requirement: &Requirement) -> Option<Answer> {
        let answer = fields.optional_text("answer");
        let Some(code) = &requirement.fact else {
            if answer.is_some() {
                fields.say("answer", "there is no fact that it could answer", "name the fact");
            }
            return None;
        };
        if requirement.document.is_some() {
            fields.say(
                "fact",
                "a document or an answer satisfies it, not both",
                "make two requirements of it",
            );
        }
        let kind = self.fact(code).map(|fact| fact.kind);
        let number = answer.as_deref().and_then(|answer| answer.strip_prefix(">="));
        match (answer.as_deref(), kind) {
            (Some("given"), _) | (_, None) => Some(Answer::Given),
            (Some("yes"), Some(FactKind::Flag)) => Some(Answer::Yes),
            (Some("no"), Some(FactKind::Flag)) => Some(Answer::No),
            (_, Some(FactKind::Count))
                if number.is_some_and(|number| number.trim().parse::<u32>().is_ok()) =>
            {
                number?.trim().parse().ok().map(Answer::AtLeast)
            }
            (_, Some(kind)) => {
                let fix = match kind {
                    FactKind::Flag => "write answer = \"yes\", \"no\" or \"given\"",
                    FactKind::Count => "write, for example, answer = \">= 2\", or \"given\"",
                    _ => "write answer = \"given\"",
                };
                fields.say(
                    "answer",
                    format!("`answer` does not say which answer to `{code}` satisfies it"),
                    fix,
                );
                None
            }
        }
    }

    fn layouts(&self, root: &Fields<'a>) -> Vec<Layout> {
        let column = |fields: Fields<'a>| {
            let column = Column {
                value: fields.text("value"),
                header: fields.text("header"),
                codes: fields.pairs("codes"),
            };
            fields.finish();
            column
        };
        let layout = |(place, fields): (usize, Fields<'a>)| {
            let columns = fields.tables("columns", &format!("/layouts/{place}/columns"), 0);
            let layout = Layout {
                id: fields.text("id"),
                kind: fields.word("kind", FileKind::ReturnFile),
                name_pattern: fields.text("name"),
                delimiter: fields.text("delimiter"),
                header_row: fields.flag("header", true),
                date_format: fields.text("dates"),
                columns: columns.into_iter().map(column).collect(),
            };
            fields.finish();
            layout
        };
        root.tables("file", "/layouts", 0).into_iter().enumerate().map(layout).collect()
    }

    fn delegates(&self, root: &Fields<'a>, rules: &[Rule]) -> (Vec<Delegate>, Vec<Redirect>) {
        let mut redirects = Vec::new();
        let mut delegates = Vec::new();
        for (place, fields) in root.tables("delegate", "/delegates", 0).into_iter().enumerate() {
            let duties = format!("/delegates/{place}/responsibilities");
            let delegate = Delegate {
                id: fields.text("id"),
                name: fields.text("name"),
                groups: fields.texts("groups"),
                responsibilities: fields
                    .tables("responsibilities", &duties, 0)
                    .into_iter()
                    .map(|fields| self.responsibility(fields))
                    .collect(),
            };
            redirects.push(Redirect {
                delegate: Some(delegate.id.clone()),
                service: "*".to_owned(),
                line: None,
                to_service: String::new(),
                criterion: self.criterion(&fields, rules, "*"),
                reason: fields.bilingual("reason"),
            });
            fields.finish();
            delegates.push(delegate);
        }
        (delegates, redirects)
    }

    fn responsibility(&self, fields: Fields<'a>) -> Responsibility {
        let workflow = |(word, at): (String, Span)| {
            word_of(&word)
                .map_err(|error| {
                    self.reading.say(&at, format!("there is no workflow `{word}`"), error);
                })
                .ok()
        };
        let responsibility = Responsibility {
            service: fields.text("service"),
            workflows: fields.some_texts("workflows").into_iter().filter_map(workflow).collect(),
            effective: fields.period("effective"),
        };
        if responsibility.service != "*" {
            self.check_service(&responsibility.service, &fields.place("service"));
        }
        fields.finish();
        responsibility
    }

    fn redirects(&self, root: &Fields<'a>, rules: &[Rule]) -> Vec<Redirect> {
        let redirect = |fields: Fields<'a>| {
            let redirect = Redirect {
                delegate: None,
                service: fields.text("service"),
                line: fields.optional_text("line"),
                to_service: fields.text("to-service"),
                criterion: self.criterion(&fields, rules, &fields.text("service")),
                reason: fields.bilingual("reason"),
            };
            self.check_service(&redirect.service, &fields.place("service"));
            self.check_offered(&redirect.to_service, &fields.place("to-service"));
            fields.finish();
            redirect
        };
        root.tables("redirect", "/unused", 0).into_iter().map(redirect).collect()
    }

    /// The criterion that does not hold where a case is turned away. Only one that is decided apart is that
    /// alone.
    fn criterion(&self, fields: &Fields<'_>, rules: &[Rule], service: &str) -> String {
        let id = fields.text("criterion");
        let fits =
            |rule: &&Rule| rule.stage == Stage::Apart && (rule.service == "*" || rule.service == service);
        if !id.is_empty() && !rules.iter().filter(fits).any(|rule| rule.id == id) {
            let known = rules.iter().filter(fits).map(|rule| rule.id.as_str());
            let fix = question(&id, known)
                .unwrap_or_else(|| "declare it under [[criterion]], with stage = \"apart\"".to_owned());
            fields.say("criterion", format!("no criterion `{id}` is decided apart for this"), fix);
        }
        let judges = |rule: &&Rule| rule.id == id && rule.kind != CriterionKind::Administrative;
        if rules.iter().filter(fits).any(|rule| judges(&rule)) {
            let problem = format!("`{id}` is not administrative, and software may redirect for nothing else");
            fields.say("criterion", problem, "declare it as kind = \"administrative\", if it is that");
        }
        id
    }

    fn contacts(&self, root: &Fields<'a>) -> Vec<Contact> {
        let contact = |fields: Fields<'a>| {
            let contact = Contact {
                purpose: fields.text("purpose"),
                name: fields.text("name"),
                phone: fields.text("phone"),
                email: fields.text("email"),
            };
            fields.finish();
            contact
        };
        root.tables("contact", "/contacts", 0).into_iter().map(contact).collect()
    }

    fn calendar(&self, root: &Fields<'a>) -> Vec<CalendarDay> {
        let day = |fields: Fields<'a>| {
            let day = CalendarDay {
                day: fields.day("day"),
                works: fields.flag("works", false),
                name: fields.text("name"),
            };
            fields.finish();
            day
        };
        root.tables("calendar", "/calendar", 0).into_iter().map(day).collect()
    }

    fn tables(&self, root: &Fields<'a>) -> Vec<Table> {
        let table = |fields: Fields<'a>| {
            let table = Table {
                name: fields.text("name"),
                keys: fields.texts("keys"),
                columns: fields.texts("columns"),
                text: fields.bilingual("text"),
            };
            fields.stands_at("name");
            fields.finish();
            table
        };
        root.tables("table", "/tables", 0).into_iter().map(table).collect()
    }

    fn notes(&self, root: &Fields<'a>, tables: &[Table]) -> Vec<Note> {
        let note = |fields: Fields<'a>| {
            let note = Note {
                table: fields.text("table"),
                column: fields.text("column"),
                label: fields.text("label"),
            };
            self.check_column(&fields, tables, &note.table, &note.column);
            fields.finish();
            note
        };
        root.tables("note", "/unused", 0).into_iter().map(note).collect()
    }

    fn check_column(&self, fields: &Fields<'_>, tables: &[Table], name: &str, column: &str) {
        match tables.iter().find(|table| table.name == name) {
            None if name.is_empty() => {}
            None => fields.say("table", format!("there is no table `{name}`"), "declare it under [[table]]"),
            Some(table) if !column.is_empty() && !table.columns.iter().any(|known| known == column) => {
                let fix = format!("use one of: {}", table.columns.join(", "));
                fields.say("column", format!("the table has no column `{column}`"), fix);
            }
            Some(_) => {}
        }
    }
}

impl Vocabulary for File<'_> {
    fn fact(&self, code: &str) -> Option<&FactDefinition> {
        Dictionary::state().fact(code).or_else(|| self.facts.iter().find(|fact| fact.code == code))
    }

    fn facts(&self) -> Vec<&str> {
        let own = self.facts.iter().map(|fact| fact.code.as_str());
        Dictionary::state().facts().map(|fact| fact.definition.code.as_str()).chain(own).collect()
    }

    fn documents(&self) -> Vec<&str> {
        Dictionary::state().documents().iter().map(|document| document.kind.as_str()).collect()
    }

    fn services(&self) -> Vec<&str> {
        Catalog::state().services().iter().map(|service| service.id.as_str()).collect()
    }
}

/// The rule as the profile declares it.
pub(crate) fn declare(rule: &Rule) -> Criterion {
    fn once(list: &mut Vec<String>, word: &str) {
        if !list.iter().any(|known| known == word) {
            list.push(word.to_owned());
        }
    }
    let (mut facts, mut documents) = (Vec::new(), Vec::new());
    rule.test.reads(&mut |code| once(&mut facts, code), &mut |kind| once(&mut documents, kind));
    Criterion {
        id: rule.id.clone(),
        service: rule.service.clone(),
        kind: rule.kind,
        origin: rule.origin,
        text: rule.text.clone(),
        facts,
        documents,
        source: rule.source.clone(),
        days: rule.days.clone(),
    }
}

/// Stand-in for a procedure that could not be read.
fn some_procedure() -> Procedure {
    "G9008 U1".parse().expect("it is a procedure")
}

fn words(placed: &[(String, Span)]) -> Vec<String> {
    placed.iter().map(|(word, _)| word.clone()).collect()
}
