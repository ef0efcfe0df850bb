//! A profile, held against catalog, dictionary and floor before its plugin may go live.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use super::Ground;
use crate::counties::Counties;
use crate::identifiers::{County, PlanId};
use crate::near::{either, near, question};
use crate::plan::profile::{ClockUnit, PlanProfile, TurnAround};
use crate::plan::types::{Bilingual, Period, Urgency, Workflow};
use crate::reference::{KeyKind, MOST_COLUMNS, MOST_TABLES};
use crate::statute::ClockId;
use crate::text::{is_plain_line, quoted};

/// Most entries in any list of a profile.
const MOST_ENTRIES: usize = 5_000;

/// Most entries in a list within an entry: facts of a criterion, codes of a fact, columns of a layout.
const MOST_WITHIN: usize = 500;
/// Longest text, in characters: a criterion in one language.
const LONGEST_TEXT: usize = 2_000;
/// Most bytes of a whole profile as JSON, which everybody who is signed in may read.
const MOST_BYTES: usize = 2 << 20;

/// The most of a profile's own facts that an unknown one is compared with.
const MOST_COMPARED: usize = 200;

/// The most problems that one profile is told; a lying one could have a million.
const MOST_PROBLEMS: usize = 100;

/// Something in a profile that keeps its plugin from going live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileProblem {
    /// A JSON Pointer into the profile.
    pub at: String,
    /// Problem, in a sentence.
    pub problem: String,
    /// Step that fixes it, in a sentence.
    pub fix: String,
}

/// Every problem of a profile, at once, up to a hundred. Empty: it may go live.
///
/// `today` dates the catalog and the clocks that it is held against.
pub fn check_profile(ground: Ground<'_>, today: Date) -> Vec<ProfileProblem> {
    let mut check = Check { ground, today, problems: Vec::new(), left_out: 0 };
    if check.sizes() {
        check.contents();
    }
    check.told()
}

/// The counties of a profile that are none of `known`. Which counties there are is a host's to say: it takes
/// no profile that names another, and who has no host at hand can only be warned.
pub fn unknown_counties(profile: &PlanProfile, known: &Counties) -> Vec<ProfileProblem> {
    let unknown = profile.counties.iter().enumerate().filter(|(_, code)| known.get(code).is_none());
    unknown
        .take(MOST_PROBLEMS)
        .map(|(place, code)| ProfileProblem {
            at: format!("/counties/{place}"),
            problem: "there is no such county".to_owned(),
            fix: known.instead_of(code),
        })
        .collect()
}

struct Check<'a> {
    ground: Ground<'a>,
    today: Date,
    problems: Vec<ProfileProblem>,
    /// Problems beyond those that are told.
    left_out: usize,
}

impl Check<'_> {
    fn contents(&mut self) {
        self.identity();
        self.unique_ids();
        self.elections();
        self.criteria();
        self.facts();
        self.presumptive();
        self.turn_arounds();
        self.rates();
        self.claims();
        self.requirements();
        self.layouts();
        self.delegates();
        self.tables();
        for problem in super::calendar::problems(&self.ground.profile.calendar) {
            self.say(problem.at, problem.problem, problem.fix);
        }
    }

    fn say(&mut self, at: String, problem: impl Into<String>, fix: impl Into<String>) {
        if !self.leave_out() {
            self.problems.push(ProfileProblem { at, problem: problem.into(), fix: fix.into() });
        }
    }

    /// True if one more problem would not be told; it is counted then.
    fn leave_out(&mut self) -> bool {
        let is_full = self.problems.len() >= MOST_PROBLEMS;
        self.left_out += usize::from(is_full);
        is_full
    }

    fn told(mut self) -> Vec<ProfileProblem> {
        if let (1.., Some(last)) = (self.left_out, self.problems.last_mut()) {
            last.problem.push_str(&format!("; {} further problems are left out", self.left_out));
        }
        self.problems
    }

    fn sizes(&mut self) -> bool {
        let profile = self.ground.profile;
        let sizes = [
            ("elections", profile.elections.len()),
            ("criteria", profile.criteria.len()),
            ("facts", profile.facts.len()),
            ("presumptive", profile.presumptive.len()),
            ("rates", profile.rates.len()),
            ("requirements", profile.requirements.len()),
            ("layouts", profile.layouts.len()),
            ("delegates", profile.delegates.len()),
            ("tables", profile.tables.len()),
            ("calendar", profile.calendar.len()),
            ("turn_arounds", profile.turn_arounds.len()),
            ("lines", profile.lines.len()),
            ("counties", profile.counties.len()),
            ("languages", profile.languages.len()),
            ("modes", profile.modes.len()),
            ("defaults", profile.defaults.len()),
            ("contacts", profile.contacts.len()),
        ];
        for (list, size) in sizes {
            if size > MOST_ENTRIES {
                self.say(
                    format!("/{list}"),
                    format!("it holds {size} entries"),
                    format!("keep it to {MOST_ENTRIES}"),
                );
            }
        }
        if !self.problems.is_empty() {
            return false;
        }
        // A profile is plain data, so that it can always be written.
        let whole = serde_json::to_value(profile).unwrap_or_default();
        let size = whole.to_string().len();
        if size > MOST_BYTES {
            self.say(
                String::new(),
                format!("it is {size} bytes as JSON"),
                format!("keep it to {MOST_BYTES}"),
            );
            return false;
        }
        self.texts("", &whole);
        true
    }

    /// Every text of the profile is shown to people: one line, of a length that can be read.
    fn texts(&mut self, at: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(at, text),
            Value::Array(entries) => {
                if entries.len() > MOST_WITHIN && at.matches('/').count() > 1 {
                    let problem = format!("it holds {} entries", entries.len());
                    self.say(at.to_owned(), problem, format!("keep it to {MOST_WITHIN}"));
                }
                for (place, entry) in entries.iter().enumerate() {
                    self.texts(&format!("{at}/{place}"), entry);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    self.texts(&format!("{at}/{name}"), field);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, at: &str, text: &str) {
        if text.chars().count() > LONGEST_TEXT {
            self.say(
                at.to_owned(),
                "it is too long to be read",
                format!("keep it to {LONGEST_TEXT} characters"),
            );
        }
        // A tab is a delimiter like others.
        if !is_plain_line(text) && !at.ends_with("/delimiter") {
            self.say(
                at.to_owned(),
                "it holds a line break, or another control or bidirectional character",
                "write it on one line of plain text",
            );
        }
    }

    fn identity(&mut self) {
        let profile = self.ground.profile;
        if profile.plan_id.parse::<PlanId>().is_err() {
            self.say("/plan_id".into(), "it is not a plan id", "use lower-case letters, digits and hyphens");
        }
        let parts: Vec<&str> = profile.version.splitn(3, '.').collect();
        let numbered = parts.len() == 3
            && parts[..2].iter().all(|part| part.parse::<u32>().is_ok())
            && parts[2].starts_with(|first: char| first.is_ascii_digit());
        if !numbered {
            self.say("/version".into(), "it is not a semantic version", "write it as 1.0.0");
        }
        if profile.lines.is_empty() {
            self.say("/lines".into(), "no line of business", "name at least one, such as medi-cal");
        }
        for (place, county) in profile.counties.iter().enumerate() {
            if !county.parse::<County>().is_ok_and(|code| code.as_str() == county) {
                let fix = match Counties::state().meant(county) {
                    Some(meant) => format!("write `{}`", meant.code),
                    None => "write three capital letters; `crosswalk plugin counties` lists the state's, \
                             the dictionary of a host all of its own"
                        .to_owned(),
                };
                self.say(
                    format!("/counties/{place}"),
                    format!("{} is not a county code", quoted(county)),
                    fix,
                );
            }
        }
        if profile.counties.is_empty() {
            self.say("/counties".into(), "no county", "name at least one");
        }
    }

    fn unique_ids(&mut self) {
        let profile = self.ground.profile;
        let lists: [(&str, Vec<&str>); 8] = [
            ("criteria", profile.criteria.iter().map(|entry| entry.id.as_str()).collect()),
            ("facts", profile.facts.iter().map(|entry| entry.code.as_str()).collect()),
            ("presumptive", profile.presumptive.iter().map(|entry| entry.id.as_str()).collect()),
            ("rates", profile.rates.iter().map(|entry| entry.id.as_str()).collect()),
            ("requirements", profile.requirements.iter().map(|entry| entry.id.as_str()).collect()),
            ("layouts", profile.layouts.iter().map(|entry| entry.id.as_str()).collect()),
            ("delegates", profile.delegates.iter().map(|entry| entry.id.as_str()).collect()),
            ("tables", profile.tables.iter().map(|entry| entry.name.as_str()).collect()),
        ];
        for (list, ids) in lists {
            let mut seen = BTreeSet::new();
            for (place, id) in ids.into_iter().enumerate() {
                let at = format!("/{list}/{place}");
                if id.is_empty() || id.len() > 100 {
                    self.say(at, "its id is empty or longer than 100", "give it a short, stable id");
                } else if !seen.insert(id) {
                    self.say(
                        at,
                        format!("the id {} is used twice", quoted(id)),
                        "give each entry an id of its own",
                    );
                }
            }
        }
    }

    fn service(&mut self, at: String, service: &str) {
        if self.ground.catalog.service(service).is_none() && !self.leave_out() {
            let known = self.ground.catalog.services().iter().map(|service| service.id.as_str());
            let fix = meant(service, known, "use a service id that `crosswalk plugin services` lists");
            self.say(at, format!("the catalog has no service {}", quoted(service)), fix);
        }
    }

    /// A fact that somebody reads must be one of the dictionary or of the profile.
    fn fact(&mut self, at: String, reads: &str, code: &str) {
        if self.ground.knows_fact(code) || self.leave_out() {
            return;
        }
        let of_plan = self.ground.profile.facts.iter().map(|fact| fact.code.as_str()).take(MOST_COMPARED);
        let known = self.ground.dictionary.facts().map(|fact| fact.definition.code.as_str()).chain(of_plan);
        let near = near(code, known);
        let near = if near.is_empty() { String::new() } else { format!(" (near: {})", either(&near)) };
        self.say(
            at,
            format!(
                "{reads} {}, which is no fact of the dictionary{near} and not declared under facts",
                quoted(code)
            ),
            "use a code that `crosswalk plugin facts` lists, or declare it",
        );
    }

    /// A kind of document that somebody reads must be one of the host's list.
    fn document(&mut self, at: String, reads: &str, kind: &str) {
        if self.ground.knows_document(kind) || self.leave_out() {
            return;
        }
        let known = self.ground.dictionary.documents().iter().map(|document| document.kind.as_str());
        let fix = meant(kind, known, "use a kind that `crosswalk plugin documents` lists");
        self.say(at, format!("{reads} {}, which is no kind of document", quoted(kind)), fix);
    }

    /// List of the procedures that a service has, for whoever named another.
    fn procedures_of(&self, service: &str, day: Date) -> String {
        let procedures = self.ground.catalog.procedures(service, day);
        let procedures: Vec<String> = procedures.map(|billed| billed.procedure.to_string()).collect();
        if procedures.is_empty() {
            return "`crosswalk plugin procedures` lists the procedures of each service".to_owned();
        }
        format!("{service} has {}", procedures.join(", "))
    }

    fn period(&mut self, at: String, period: &Period) {
        if period.last.is_some_and(|last| last < period.first) {
            self.say(at, "it ends before it begins", "put the first day first");
        }
    }

    fn both_languages(&mut self, at: String, text: &Bilingual) {
        if text.en.trim().is_empty() || text.es.trim().is_empty() {
            self.say(at, "a language is missing", "write it in English and in Spanish");
        }
    }

    fn elections(&mut self) {
        for (place, election) in self.ground.profile.elections.iter().enumerate() {
            let at = format!("/elections/{place}");
            self.service(format!("{at}/service"), &election.service);
            self.period(format!("{at}/days"), &election.days);
            if !self.ground.profile.counties.contains(&election.county) {
                self.say(
                    format!("{at}/county"),
                    "the plan does not serve this county",
                    "add it to counties or drop the election",
                );
            }
        }
    }

    fn criteria(&mut self) {
        for (place, criterion) in self.ground.profile.criteria.iter().enumerate() {
            let at = format!("/criteria/{place}");
            if criterion.service != "*" {
                self.service(format!("{at}/service"), &criterion.service);
            }
            self.both_languages(format!("{at}/text"), &criterion.text);
            self.period(format!("{at}/days"), &criterion.days);
            if criterion.source.trim().is_empty() {
                self.say(format!("{at}/source"), "no source", "name the document of the rule");
            }
            let reads = format!("criterion {} reads", quoted(&criterion.id));
            for (index, code) in criterion.facts.iter().enumerate() {
                self.fact(format!("{at}/facts/{index}"), &reads, code);
            }
            for (index, kind) in criterion.documents.iter().enumerate() {
                self.document(format!("{at}/documents/{index}"), &reads, kind);
            }
        }
    }

    fn facts(&mut self) {
        let prefix = format!("plan.{}.", self.ground.profile.plan_id);
        for (place, fact) in self.ground.profile.facts.iter().enumerate() {
            let at = format!("/facts/{place}");
            if !fact.code.starts_with(&prefix) {
                self.say(
                    format!("{at}/code"),
                    "a plan's own fact must carry its prefix",
                    format!("begin the code with {prefix}"),
                );
            }
            self.both_languages(format!("{at}/question"), &fact.question);
        }
    }

    /// Checks windows: where the state gives a presumptive one, a plan's may be longer, never shorter.
    fn presumptive(&mut self) {
        for (place, rule) in self.ground.profile.presumptive.iter().enumerate() {
            let at = format!("/presumptive/{place}");
            self.service(format!("{at}/service"), &rule.service);
            self.period(format!("{at}/effective"), &rule.effective);
            let least = self
                .ground
                .catalog
                .service(&rule.service)
                .and_then(|service| service.presumptive_floor_days)
                .unwrap_or(1);
            if rule.days < least {
                self.say(
                    format!("{at}/days"),
                    format!("{} days is shorter than the state's window", rule.days),
                    format!("make it at least {least} days"),
                );
            }
            for (index, kind) in rule.provider_kinds.iter().enumerate() {
                if self.ground.dictionary.provider_kind(kind).is_none() && !self.leave_out() {
                    let kinds = self.ground.dictionary.provider_kinds();
                    let known: Vec<&str> = kinds.iter().map(|known| known.code.as_str()).collect();
                    let listed = format!("use one of: {}", known.join(", "));
                    self.say(
                        format!("{at}/provider_kinds/{index}"),
                        format!("there is no kind of provider {}", quoted(kind)),
                        meant(kind, known, &listed),
                    );
                }
            }
            let reads = format!("presumptive rule {} reads", quoted(&rule.id));
            for (index, code) in rule.attest.iter().enumerate() {
                self.fact(format!("{at}/attest/{index}"), &reads, code);
            }
        }
    }

    fn turn_arounds(&mut self) {
        for (place, promise) in self.ground.profile.turn_arounds.iter().enumerate() {
            if let Some(ceiling) = self.longer_than_allowed(promise) {
                self.say(
                    format!("/turn_arounds/{place}"),
                    "it is longer than the state's clock",
                    format!("promise {ceiling} or less"),
                );
            }
        }
    }

    /// The state's clock in words, if the promise exceeds it. A promise in another unit is compared by its
    /// shortest possible length, so that no promise passes that could ever end after the clock.
    fn longer_than_allowed(&self, promise: &TurnAround) -> Option<String> {
        let id = match (promise.workflow, promise.urgency) {
            (Workflow::Authorization, Urgency::Standard) => ClockId::AuthorizationDecisionBusinessDays,
            (Workflow::Authorization, Urgency::Expedited) => ClockId::AuthorizationDecisionExpedited,
            (Workflow::Referral, Urgency::Standard) => ClockId::ReferralTriage,
            (Workflow::Billing, _) => ClockId::ClaimDecision,
            _ => return None,
        };
        let rule = self.ground.clocks.rule(id, self.today)?;
        let hours = |unit: ClockUnit, amount: u32| match unit {
            ClockUnit::Hours => amount,
            ClockUnit::CalendarDays | ClockUnit::BusinessDays => amount * 24,
        };
        let too_long = if promise.unit == rule.unit {
            promise.amount > rule.amount
        } else {
            hours(promise.unit, u32::from(promise.amount)) > hours(rule.unit, u32::from(rule.amount))
        };
        let unit = match rule.unit {
            ClockUnit::BusinessDays => "business days",
            ClockUnit::CalendarDays => "calendar days",
            ClockUnit::Hours => "hours",
        };
        too_long.then(|| format!("{} {unit}", rule.amount))
    }

    fn rates(&mut self) {
        for (place, rate) in self.ground.profile.rates.iter().enumerate() {
            let at = format!("/rates/{place}");
            self.period(format!("{at}/effective"), &rate.effective);
            let day = rate.effective.last.unwrap_or(self.today).max(rate.effective.first);
            match self.ground.catalog.classify(&rate.procedure, day) {
                Ok(service) if service.id == rate.service => {}
                Ok(service) => self.say(
                    format!("{at}/procedure"),
                    format!(
                        "`{}` is a procedure of {}, not of {}",
                        rate.procedure,
                        service.id,
                        quoted(&rate.service)
                    ),
                    self.procedures_of(&rate.service, day),
                ),
                Err(_) => self.say(
                    format!("{at}/procedure"),
                    format!("the catalog has no `{}` on those days", rate.procedure),
                    self.procedures_of(&rate.service, day),
                ),
            }
            if rate.amount < crate::Cents(0) {
                self.say(format!("{at}/amount"), "it is negative", "give the amount in cents");
            }
        }
    }

    fn claims(&mut self) {
        let least = super::filing::least_filing_days(self.today);
        if self.ground.profile.claims.filing_days < least {
            self.say(
                "/claims/filing_days".into(),
                "it is shorter than the state's filing window",
                format!("make it at least {least} days"),
            );
        }
    }

    fn requirements(&mut self) {
        for (place, needed) in self.ground.profile.requirements.iter().enumerate() {
            let at = format!("/requirements/{place}");
            self.both_languages(format!("{at}/text"), &needed.text);
            if needed.document.is_none() && needed.fact.is_none() {
                self.say(
                    at.clone(),
                    "nothing could satisfy it",
                    "name a kind of document or the code of a fact",
                );
            }
            let reads = format!("requirement {} reads", quoted(&needed.id));
            if let Some(kind) = &needed.document {
                self.document(format!("{at}/document"), &reads, kind);
            }
            if let Some(code) = &needed.fact {
                self.fact(format!("{at}/fact"), &reads, code);
            }
        }
    }

    fn layouts(&mut self) {
        for (place, layout) in self.ground.profile.layouts.iter().enumerate() {
            let at = format!("/layouts/{place}");
            if layout.delimiter.chars().count() != 1 {
                self.say(format!("{at}/delimiter"), "it is not one character", "use one, such as | or ,");
            }
            if layout.columns.is_empty() {
                self.say(format!("{at}/columns"), "no columns", "list the columns in their order");
            }
        }
    }

    fn delegates(&mut self) {
        let mut owner_of = std::collections::BTreeMap::new();
        for (place, delegate) in self.ground.profile.delegates.iter().enumerate() {
            for (index, group) in delegate.groups.iter().enumerate() {
                if owner_of.insert(group.as_str(), delegate.id.as_str()).is_some() {
                    self.say(
                        format!("/delegates/{place}/groups/{index}"),
                        "two delegates claim this group",
                        "give each group to one delegate",
                    );
                }
            }
            for (index, duty) in delegate.responsibilities.iter().enumerate() {
                let at = format!("/delegates/{place}/responsibilities/{index}");
                if duty.service != "*" {
                    self.service(format!("{at}/service"), &duty.service);
                }
                self.period(format!("{at}/effective"), &duty.effective);
            }
        }
    }

    /// Rows are found by their keys, so each key must be a column, and something that a case can have.
    fn tables(&mut self) {
        let declared = self.ground.profile.tables.len();
        if declared > MOST_TABLES {
            let problem = format!("{declared} tables would be searched for every case");
            self.say("/tables".into(), problem, format!("keep it to {MOST_TABLES}"));
        }
        for (place, table) in self.ground.profile.tables.iter().enumerate() {
            let at = format!("/tables/{place}");
            let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if !table.name.bytes().all(is_name) {
                self.say(
                    format!("{at}/name"),
                    "it cannot stand in an address",
                    "use lower-case letters, digits and hyphens",
                );
            }
            self.both_languages(format!("{at}/text"), &table.text);
            if table.columns.len() > MOST_COLUMNS {
                self.say(
                    format!("{at}/columns"),
                    format!("it has {} columns", table.columns.len()),
                    format!("keep it to {MOST_COLUMNS}"),
                );
            }
            let mut seen = BTreeSet::new();
            for (index, column) in table.columns.iter().enumerate() {
                let at = format!("{at}/columns/{index}");
                if column.trim().is_empty() || column.len() > 100 {
                    self.say(at, "its name is empty or longer than 100", "give it a short name");
                } else if !seen.insert(column) {
                    self.say(at, "its name is used twice", "give each column a name of its own");
                }
            }
            if table.keys.is_empty() {
                self.say(format!("{at}/keys"), "no keys", "name the columns that rows are looked up by");
            }
            for (index, key) in table.keys.iter().enumerate() {
                let at = format!("{at}/keys/{index}");
                if !table.columns.contains(key) {
                    self.say(at, "it is no column of the table", "list it under columns too");
                } else if table.keys[..index].contains(key) {
                    self.say(at, "it is named twice", "name each key once");
                } else if KeyKind::named(key, self.ground.profile).is_none() {
                    self.say(
                        at,
                        "no case can be looked up by it",
                        "use procedure, county, provider.npi or the code of a fact",
                    );
                }
            }
        }
    }
}

/// Hint for a word that is not known: the near misses, or what else.
fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    question(word, known).unwrap_or_else(|| otherwise.to_owned())
}
