//! From a FHIR referral to a request for one of our services.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::Procedure;
use domain::catalog::{Catalog, ServiceKind};
use domain::identifiers::{Cin, Npi, PersonName};
use domain::plan::types::{Fact, FactSource, FactValue, Urgency};
use domain::text::is_plain_line;
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::graph::{Graph, Resource, all_codings, codings, list, text};
use super::tables::{CATEGORIES, CONDITION_FACTS};
use super::task::TaskStatus;
use super::{CIN_SYSTEM, FhirIssue, IssueCode, Issues, SERVICE_SYSTEM, Severity};

/// What a referral is read against.
#[derive(Clone, Copy, Debug)]
pub struct FhirRules<'a> {
    /// Today, in Pacific time.
    pub today: Date,
    /// The services, and the procedures that mean them.
    pub catalog: &'a Catalog,
}

/// A referral that can become a case. Its `Debug` shows the service only.
#[derive(Clone, PartialEq, Eq)]
pub struct FhirReferral {
    /// The member.
    pub member: FhirMember,
    /// Service id in the catalog.
    pub service: String,
    /// How soon an answer is needed.
    pub urgency: Urgency,
    /// Whoever made the referral, if it says.
    pub requester: Option<Requester>,
    /// The day it was made, if it says.
    pub authored_on: Option<Date>,
    /// What its conditions and consent tell about the member.
    pub facts: Vec<Fact>,
    /// Whether its Task was new to the partner.
    pub receipt: Receipt,
    /// How our Task refers to the partner's resources.
    pub references: References,
    /// What was left out, and what is good to know.
    pub notes: Vec<FhirIssue>,
}

/// Who the referral is about. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct FhirMember {
    /// Client index number.
    pub cin: Cin,
    /// Family name.
    pub family_name: Option<PersonName>,
    /// Given name.
    pub given_name: Option<PersonName>,
    /// Birth date.
    pub birth_date: Date,
}

/// Whoever made the referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requester {
    /// The organization's or practitioner's name; nothing if it is the member or somebody close.
    pub display: Option<String>,
    /// The organization's identifier, or else the practitioner's.
    pub npi: Option<Npi>,
}

/// How far the partner says that the referral had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// There is no Task, or its status is `requested`.
    Requested,
    /// Its status is `received` or `ready`, which 3.0.0 does not have: somebody has seen it. We answer `requested`.
    Acknowledged,
}

/// Literal references to what the partner sent; nothing for a contained resource, which nobody can refer to from outside.
#[derive(Clone, PartialEq, Eq)]
pub struct References {
    /// For `Task.focus`.
    pub service_request: Option<String>,
    /// For `Task.for`.
    pub patient: Option<String>,
    /// For `Task.requester`.
    pub requester: Option<String>,
}

impl fmt::Debug for FhirReferral {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FhirReferral({})", self.service)
    }
}

impl fmt::Debug for FhirMember {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FhirMember(..)")
    }
}

impl fmt::Debug for References {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("References(..)")
    }
}

/// Reads one referral: a Bundle with a ServiceRequest, its Patient and what else belongs to it, or a ServiceRequest or
/// Task that contains them.
///
/// # Errors
/// Everything that stands against it, and what was noted besides.
pub fn read_referral(sent: &Value, rules: &FhirRules<'_>) -> Result<FhirReferral, Vec<FhirIssue>> {
    let mut issues = Issues::default();
    let referral = Graph::read(sent, &mut issues).and_then(|graph| read(&graph, rules, &mut issues));
    match referral {
        Some(mut referral) if !issues.refused() => {
            referral.notes = issues.0;
            Ok(referral)
        }
        _ => {
            // What stands against it comes first.
            issues.0.sort_by_key(|issue| std::cmp::Reverse(issue.severity));
            Err(issues.0)
        }
    }
}

/// Looks at every part before it gives up, so that one answer tells all that is wrong.
fn read(graph: &Graph<'_>, rules: &FhirRules<'_>, issues: &mut Issues) -> Option<FhirReferral> {
    let (request, task) = request_and_task(graph, issues)?;
    check_request(request, issues);
    let receipt = task.map_or(Some(Receipt::Requested), |task| receipt(task, issues));
    let patient = patient(graph, request, task, issues);
    let member = patient.and_then(|patient| member(patient, rules.today, issues));
    let service = service(request, rules, issues);
    let urgency = urgency(request, task, issues);
    let authored_on = authored_on(request, task, rules.today, issues);
    let as_of = authored_on.unwrap_or(rules.today);
    let mut facts = condition_facts(graph, request, patient, as_of, issues);
    facts.extend(patient.and_then(|patient| consent(graph, patient, rules.today, issues)));
    let requester = requester(graph, request, task);
    Some(FhirReferral {
        references: References {
            service_request: request.literal_reference(),
            patient: patient?.literal_reference(),
            requester: requester.and_then(Resource::literal_reference),
        },
        requester: requester.map(|requester| named(graph, requester, issues)),
        member: member?,
        service: service?,
        urgency: urgency?,
        authored_on,
        facts,
        receipt: receipt?,
        notes: Vec::new(),
    })
}

/// The one ServiceRequest of the referral, and the Task that handles it, if there is one.
fn request_and_task<'g, 'a>(
    graph: &'g Graph<'a>,
    issues: &mut Issues,
) -> Option<(&'g Resource<'a>, Option<&'g Resource<'a>>)> {
    let focus = |task: &&Resource<'a>| graph.follow(task, task.value.get("focus"));
    let (handling, other): (Vec<_>, Vec<_>) = graph
        .of_kind("Task")
        .into_iter()
        .partition(|task| codings(task.value.get("code")).iter().any(|(_, code)| *code == "fulfill"));
    let requests = graph.of_kind("ServiceRequest");
    match (requests.as_slice(), handling.as_slice()) {
        ([], []) => {
            if let Some(task) = other.first() {
                issues.refuse(
                    IssueCode::NotSupported,
                    task.path("code"),
                    "this Task asks nobody to fulfil a referral; a referral's Task has code `fulfill` and focuses on a ServiceRequest",
                )
            } else {
                issues.refuse(IssueCode::Required, graph.root, "send the ServiceRequest that says what is asked for")
            }
        }
        ([], [task, ..]) => issues.refuse(
            IssueCode::NotFound,
            task.path("focus"),
            "send the ServiceRequest that this Task focuses on in the same bundle, or contained in the Task",
        ),
        ([request], []) => {
            if let Some(task) = other.first() {
                issues.note(
                    Severity::Information,
                    IssueCode::Informational,
                    task.path("code"),
                    "this Task is not the referral's and was not read",
                );
            }
            Some((request, None))
        }
        (_, [task]) => match focus(task) {
            Some(request) if request.kind() == "ServiceRequest" => Some((request, Some(task))),
            _ => issues.refuse(
                IssueCode::NotFound,
                task.path("focus"),
                "the Task must focus on a ServiceRequest that is in the same bundle, or contained in the Task",
            ),
        },
        (_, []) => issues.refuse(
            IssueCode::MultipleMatches,
            graph.root,
            "there are several ServiceRequests; send one referral at a time, or a Task that focuses on the one meant",
        ),
        (_, [_, second, ..]) => issues.refuse(
            IssueCode::MultipleMatches,
            second.at.clone(),
            "there are several Tasks with code `fulfill`; send one referral at a time",
        ),
    }
}

fn check_request(request: &Resource<'_>, issues: &mut Issues) {
    refuse_modifiers(request, issues);
    if request.text("status") != Some("active") {
        issues.refuse::<()>(
            IssueCode::BusinessRule,
            request.path("status"),
            "a referral is made by a ServiceRequest whose status is `active`",
        );
    }
    if !matches!(request.text("intent"), Some("order" | "original-order" | "filler-order")) {
        issues.refuse::<()>(
            IssueCode::BusinessRule,
            request.path("intent"),
            "a referral has intent `order`, `original-order` or `filler-order`; a proposal or plan is none yet",
        );
    }
    if request.value.get("doNotPerform").and_then(Value::as_bool) == Some(true) {
        issues.refuse::<()>(
            IssueCode::BusinessRule,
            request.path("doNotPerform"),
            "this asks for something not to be done",
        );
    }
}

/// A modifier extension may turn the meaning of a resource round, so one that is not known must not be passed over
/// (FHIR R4, 2.4.0.1).
fn refuse_modifiers(resource: &Resource<'_>, issues: &mut Issues) {
    if !list(resource.value, "modifierExtension").is_empty() {
        issues.refuse::<()>(
            IssueCode::NotSupported,
            resource.path("modifierExtension"),
            "no modifier extension is known here; leave it out if the referral means the same without it",
        );
    }
}

fn receipt(task: &Resource<'_>, issues: &mut Issues) -> Option<Receipt> {
    refuse_modifiers(task, issues);
    if task.text("intent") != Some("order") {
        issues.refuse::<()>(
            IssueCode::BusinessRule,
            task.path("intent"),
            "a referral's Task has intent `order`",
        );
    }
    let status = task.text("status").and_then(|code| Some((code, TaskStatus::from_partner(code)?)));
    match status {
        Some(("requested", _)) => Some(Receipt::Requested),
        Some((_, TaskStatus::Requested)) => {
            issues.note(
                Severity::Information,
                IssueCode::Informational,
                task.path("status"),
                "this status is not in the value set of SDOH Clinical Care 3.0.0; it was understood as `requested`",
            );
            Some(Receipt::Acknowledged)
        }
        Some((_, status)) => issues.refuse(
            IssueCode::BusinessRule,
            task.path("status"),
            format!("a new referral's Task has status `requested`, not `{status}`"),
        ),
        None => issues.refuse(
            IssueCode::CodeInvalid,
            task.path("status"),
            "a new referral's Task has status `requested`",
        ),
    }
}

fn patient<'g, 'a>(
    graph: &'g Graph<'a>,
    request: &Resource<'a>,
    task: Option<&Resource<'a>>,
    issues: &mut Issues,
) -> Option<&'g Resource<'a>> {
    let Some(patient) =
        graph.follow(request, request.value.get("subject")).filter(|subject| subject.kind() == "Patient")
    else {
        return issues.refuse(
            IssueCode::NotFound,
            request.path("subject"),
            "refer to a Patient and send it in the same bundle, or contained in the ServiceRequest",
        );
    };
    if let Some(task) = task
        && graph.follow(task, task.value.get("for")).is_none_or(|other| other.at != patient.at)
    {
        issues.refuse::<()>(
            IssueCode::BusinessRule,
            task.path("for"),
            "the Task must be for the Patient who is the ServiceRequest's subject",
        );
    }
    Some(patient)
}

fn member(patient: &Resource<'_>, today: Date, issues: &mut Issues) -> Option<FhirMember> {
    refuse_modifiers(patient, issues);
    if patient.value.get("deceasedBoolean").and_then(Value::as_bool) == Some(true)
        || patient.text("deceasedDateTime").is_some()
    {
        issues.refuse::<()>(
            IssueCode::BusinessRule,
            patient.at.clone(),
            "no referral can be made for somebody recorded as deceased",
        );
    }
    let cin = cin(patient, issues);
    let birth_date = match patient.text("birthDate").map(str::parse::<Date>) {
        Some(Ok(day)) if day <= today => Some(day),
        Some(_) => issues.refuse(
            IssueCode::Value,
            patient.path("birthDate"),
            "the birth date must be a whole day that is not in the future",
        ),
        None => issues.refuse(
            IssueCode::Required,
            patient.path("birthDate"),
            "the member's birth date is needed to be sure who is meant",
        ),
    };
    let name = current_name(patient.value, today);
    let part = |text: Option<&str>| text.and_then(|text| PersonName::parse(text).ok());
    Some(FhirMember {
        cin: cin?,
        family_name: part(name.and_then(|name| text(name, "family"))),
        given_name: part(name.and_then(|name| list(name, "given").first()).and_then(Value::as_str)),
        birth_date: birth_date?,
    })
}

/// The client index number is the member number of Medi-Cal (`MB`), the Medicaid number (`MA`), or under our own system.
fn cin(patient: &Resource<'_>, issues: &mut Issues) -> Option<Cin> {
    const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
    const OLD_TYPES: &str = "http://hl7.org/fhir/v2/0203";
    let names_it = |identifier: &Value| {
        text(identifier, "system") == Some(CIN_SYSTEM)
            || codings(identifier.get("type"))
                .iter()
                .any(|(system, code)| [TYPES, OLD_TYPES].contains(system) && ["MB", "MA"].contains(code))
    };
    let named: Vec<(usize, &Value)> = list(patient.value, "identifier")
        .iter()
        .enumerate()
        .filter(|(_, identifier)| names_it(identifier) && text(identifier, "use") != Some("old"))
        .collect();
    let numbers: BTreeSet<Cin> =
        named.iter().filter_map(|(_, identifier)| Cin::parse(text(identifier, "value")?).ok()).collect();
    let mut numbers = numbers.into_iter();
    match (numbers.next(), numbers.next(), named.first()) {
        (Some(cin), None, _) => Some(cin),
        (Some(_), Some(_), _) => issues.refuse(
            IssueCode::MultipleMatches,
            patient.path("identifier"),
            "there are several client index numbers; send the member's current one and mark others with use `old`",
        ),
        (None, _, Some((place, _))) => issues.refuse(
            IssueCode::Value,
            patient.path(&format!("identifier[{place}].value")),
            "this is no Medi-Cal client index number: a 9, seven digits and a letter",
        ),
        (None, _, None) => issues.refuse(
            IssueCode::Required,
            patient.path("identifier"),
            format!(
                "the Medi-Cal client index number is missing; add an identifier of type MB ({TYPES}) or of system {CIN_SYSTEM}"
            ),
        ),
    }
}

/// The name in use: an official one before others, and none that has ended or was given up.
fn current_name(patient: &Value, today: Date) -> Option<&Value> {
    let ended = |name: &Value| {
        name.get("period").and_then(|period| text(period, "end")).and_then(day).is_some_and(|end| end < today)
    };
    list(patient, "name")
        .iter()
        .filter(|name| {
            !ended(name) && !matches!(text(name, "use"), Some("old" | "maiden" | "temp" | "anonymous"))
        })
        .min_by_key(|name| match text(name, "use") {
            Some("official") => 0,
            Some("usual") | None => 1,
            Some(_) => 2,
        })
}

/// The service asked for: by our own code, else by procedure, else by a known activity, else by SDOH category.
fn service(request: &Resource<'_>, rules: &FhirRules<'_>, issues: &mut Issues) -> Option<String> {
    let at_code = request.path("code");
    let at_category = request.path("category");
    let codes = codings(request.value.get("code"));
    let categories: Vec<_> = all_codings(request.value, "category")
        .into_iter()
        .filter(|(system, _)| *system == CATEGORIES.category_system)
        .collect();
    let known: Vec<_> = categories
        .iter()
        .filter_map(|(_, code)| CATEGORIES.categories.iter().find(|category| category.code == *code))
        .collect();
    let by_category: BTreeSet<&str> =
        known.iter().flat_map(|category| &category.services).map(String::as_str).collect();

    if let Some((_, code)) = codes.iter().find(|(system, _)| *system == SERVICE_SYSTEM) {
        return match rules.catalog.service(code).filter(|service| service.kind != ServiceKind::EncounterOnly)
        {
            Some(service) => Some(service.id.clone()),
            None => issues.refuse(
                IssueCode::CodeInvalid,
                at_code,
                "this is no service of the catalog; `GET /v1/criteria` lists them",
            ),
        };
    }
    if let Some((_, code)) =
        codes.iter().find(|(system, _)| CATEGORIES.hcpcs_systems.iter().any(|known| known == system))
    {
        return by_procedure(code, &by_category, at_code, rules, issues);
    }
    let activity = codes.iter().find_map(|(system, code)| {
        CATEGORIES.activities.iter().find(|activity| activity.system == *system && activity.code == *code)
    });
    if let Some(activity) = activity {
        return only(
            activity.services.iter().map(String::as_str).collect(),
            activity.why.as_deref(),
            "activity",
            at_code,
            issues,
        );
    }
    if categories.is_empty() {
        return issues.refuse(
            IssueCode::Required,
            at_category,
            format!(
                "name what is needed by a HCPCS code in `code`, or by a category of {}",
                CATEGORIES.category_system
            ),
        );
    }
    if known.is_empty() {
        return issues.refuse(
            IssueCode::CodeInvalid,
            at_category,
            "this is no SDOH category of SDOH Clinical Care 3.0.0",
        );
    }
    let why = known.iter().find_map(|category| category.why.as_deref());
    let service = only(by_category, why, "category", at_category, issues)?;
    if !codes.is_empty() {
        issues.warn::<()>(
            IssueCode::CodeInvalid,
            at_code,
            "this code is not one that we know, so the SDOH category decided; send the HCPCS code of the service meant",
        );
    }
    Some(service)
}

/// A HCPCS code alone can mean several services (H0043 means three): its modifiers tell, or else the category.
fn by_procedure(
    code: &str,
    by_category: &BTreeSet<&str>,
    at: String,
    rules: &FhirRules<'_>,
    issues: &mut Issues,
) -> Option<String> {
    let Ok(asked) = code.replace(['-', ':'], " ").parse::<Procedure>() else {
        return issues.refuse(
            IssueCode::Value,
            at,
            "write a HCPCS code and its modifiers with spaces, such as `H0043 U6`",
        );
    };
    let means = |procedure: &Procedure| {
        procedure.code == asked.code && (asked.modifiers.is_empty() || procedure.modifiers == asked.modifiers)
    };
    let services: BTreeSet<&str> = rules
        .catalog
        .services()
        .iter()
        .filter(|service| service.kind != ServiceKind::EncounterOnly)
        .filter(|service| service.procedures_on(rules.today).any(|billed| means(&billed.procedure)))
        .map(|service| service.id.as_str())
        .collect();
    let narrowed: BTreeSet<&str> = services.intersection(by_category).copied().collect();
    let services = if narrowed.len() == 1 { narrowed } else { services };
    if services.is_empty() {
        return issues.refuse(
            IssueCode::CodeInvalid,
            at,
            "no service of the catalog has this procedure with these modifiers",
        );
    }
    only(services, None, "procedure", at, issues)
}

fn only(
    services: BTreeSet<&str>,
    why: Option<&str>,
    what: &str,
    at: String,
    issues: &mut Issues,
) -> Option<String> {
    let mut each = services.iter();
    match (each.next(), each.next()) {
        (Some(service), None) => Some((*service).to_owned()),
        (None, _) => {
            let why = why.unwrap_or("we have no service for it");
            issues.refuse(IssueCode::NotSupported, at, format!("this {what} leads to no service: {why}; if one of our services is meant, send its HCPCS code and modifiers in `code`"))
        }
        (Some(_), Some(_)) => {
            let services: Vec<&str> = services.into_iter().collect();
            issues.refuse(
                IssueCode::MultipleMatches,
                at,
                format!(
                    "this {what} could mean {}; send the HCPCS code and modifiers of the one meant in `code`",
                    services.join(", ")
                ),
            )
        }
    }
}

/// The more urgent of the two priorities. FHIR's `urgent`, `asap` and `stat` all ask for more than the usual clock, and
/// we have one faster clock.
fn urgency(request: &Resource<'_>, task: Option<&Resource<'_>>, issues: &mut Issues) -> Option<Urgency> {
    let mut urgency = Urgency::Standard;
    for resource in [Some(request), task].into_iter().flatten() {
        match resource.text("priority") {
            None | Some("routine") => {}
            Some("urgent" | "asap" | "stat") => urgency = Urgency::Expedited,
            Some(_) => {
                return issues.refuse(
                    IssueCode::CodeInvalid,
                    resource.path("priority"),
                    "the priority is one of routine, urgent, asap and stat",
                );
            }
        }
    }
    Some(urgency)
}

fn authored_on(
    request: &Resource<'_>,
    task: Option<&Resource<'_>>,
    today: Date,
    issues: &mut Issues,
) -> Option<Date> {
    let from =
        [Some(request), task].into_iter().flatten().find(|resource| resource.text("authoredOn").is_some())?;
    match from.text("authoredOn").and_then(day) {
        Some(authored) if authored <= today => Some(authored),
        _ => issues.warn(
            IssueCode::Value,
            from.path("authoredOn"),
            "this is no whole day up to today; the day of receipt was taken",
        ),
    }
}

/// The day of a FHIR dateTime: a day, or an instant as it falls in Pacific time.
fn day(date_time: &str) -> Option<Date> {
    if date_time.len() == 10 {
        return date_time.parse().ok();
    }
    date_time.parse::<Timestamp>().ok().map(pacific_day)
}

/// What the reasons for the referral tell about the member. Reasons that contradict each other tell nothing.
fn condition_facts<'a>(
    graph: &Graph<'a>,
    request: &Resource<'a>,
    patient: Option<&Resource<'a>>,
    as_of: Date,
    issues: &mut Issues,
) -> Vec<Fact> {
    let mut reasons: Vec<(String, Vec<&str>)> =
        vec![(request.path("reasonCode"), icd_codes(all_codings(request.value, "reasonCode")))];
    for (index, reference) in list(request.value, "reasonReference").iter().enumerate() {
        let Some(condition) = graph.follow(request, Some(reference)) else {
            issues.warn::<()>(
                IssueCode::NotFound,
                request.path(&format!("reasonReference[{index}]")),
                "what this refers to was not sent, so it was not read",
            );
            continue;
        };
        if condition.kind() != "Condition" || !is_current(condition) {
            continue;
        }
        let subject = graph.follow(condition, condition.value.get("subject"));
        if subject.map(|subject| &subject.at) != patient.map(|patient| &patient.at) {
            issues.warn::<()>(
                IssueCode::BusinessRule,
                condition.path("subject"),
                "this condition is not of the ServiceRequest's subject, so it was not read",
            );
            continue;
        }
        reasons.push((condition.path("code"), icd_codes(codings(condition.value.get("code")))));
    }

    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (at, codes) in &reasons {
        for known in CONDITION_FACTS.codes.iter().filter(|known| codes.contains(&known.code.as_str())) {
            match (&known.fact, &known.value) {
                (Some(fact), Some(value)) => {
                    values.entry(fact).or_default().insert(value);
                }
                _ => issues.note(
                    Severity::Information,
                    IssueCode::Informational,
                    at.clone(),
                    known.why.clone().unwrap_or_default(),
                ),
            }
        }
    }
    let mut facts = Vec::new();
    for (code, values) in values {
        let mut each = values.into_iter();
        match (each.next(), each.next()) {
            (Some(value), None) => facts.push(Fact {
                code: code.to_owned(),
                value: FactValue::Coded(value.to_owned()),
                source: FactSource::Referrer,
                as_of,
            }),
            _ => {
                issues.warn::<()>(
                    IssueCode::BusinessRule,
                    request.path("reasonReference"),
                    format!("the reasons contradict each other about {code}, so none was taken"),
                );
            }
        }
    }
    facts
}

fn icd_codes<'a>(codings: Vec<(&'a str, &'a str)>) -> Vec<&'a str> {
    codings
        .into_iter()
        .filter(|(system, _)| *system == CONDITION_FACTS.system)
        .map(|(_, code)| code)
        .collect()
}

fn is_current(condition: &Resource<'_>) -> bool {
    let says = |element: &str, words: &[&str]| {
        codings(condition.value.get(element)).iter().any(|(_, code)| words.contains(code))
    };
    !says("clinicalStatus", &["inactive", "remission", "resolved"])
        && !says("verificationStatus", &["refuted", "entered-in-error"])
}

/// Whether the member agrees, by the latest decision among the consents to disclosure (category `IDSCL`). Without one
/// there is no fact, and whoever sent the referral is asked.
fn consent(graph: &Graph<'_>, patient: &Resource<'_>, today: Date, issues: &mut Issues) -> Option<Fact> {
    let mut latest: Option<Fact> = None;
    for consent in graph.of_kind("Consent") {
        let about_disclosure =
            all_codings(consent.value, "category").iter().any(|(_, code)| *code == "IDSCL");
        let of_member =
            graph.follow(consent, consent.value.get("patient")).is_some_and(|who| who.at == patient.at);
        if !about_disclosure || !of_member {
            continue;
        }
        if !list(consent.value, "modifierExtension").is_empty() {
            issues.warn::<()>(
                IssueCode::NotSupported,
                consent.path("modifierExtension"),
                "no modifier extension is known here, so the consent was not read",
            );
            continue;
        }
        let provision = consent.value.get("provision");
        let ended = provision
            .and_then(|provision| provision.get("period"))
            .and_then(|period| text(period, "end"))
            .is_some_and(|end| day(end).is_none_or(|end| end < today));
        let denied = provision.and_then(|provision| text(provision, "type")) == Some("deny");
        let agrees = match consent.text("status") {
            Some("active") if !ended => !denied,
            Some("rejected") => false,
            _ => {
                issues.warn::<()>(
                    IssueCode::BusinessRule,
                    consent.path("status"),
                    "the consent is not in force, so it was not read; send an active one",
                );
                continue;
            }
        };
        let Some(as_of) = consent.text("dateTime").and_then(day).filter(|day| *day <= today) else {
            issues.warn::<()>(
                IssueCode::Value,
                consent.path("dateTime"),
                "the consent needs a whole day up to today, so it was not read",
            );
            continue;
        };
        // On the same day, a no is the safer reading.
        if latest.as_ref().is_none_or(|latest| as_of > latest.as_of || (as_of == latest.as_of && !agrees)) {
            latest = Some(Fact {
                code: "consent.member-agrees".to_owned(),
                value: FactValue::Flag(agrees),
                source: FactSource::Referrer,
                as_of,
            });
        }
    }
    latest
}

fn requester<'g, 'a>(
    graph: &'g Graph<'a>,
    request: &Resource<'a>,
    task: Option<&Resource<'a>>,
) -> Option<&'g Resource<'a>> {
    [Some(request), task]
        .into_iter()
        .flatten()
        .find_map(|resource| graph.follow(resource, resource.value.get("requester")))
}

fn named<'a>(graph: &Graph<'a>, requester: &Resource<'a>, issues: &mut Issues) -> Requester {
    let organization = match requester.kind() {
        "PractitionerRole" => graph.follow(requester, requester.value.get("organization")),
        "Organization" => Some(requester),
        _ => None,
    };
    let practitioner = match requester.kind() {
        "PractitionerRole" => graph.follow(requester, requester.value.get("practitioner")),
        "Practitioner" => Some(requester),
        _ => None,
    };
    let whole_name = |practitioner: &Resource<'a>| {
        let name = list(practitioner.value, "name").first()?;
        text(name, "text").map(str::to_owned).or_else(|| text(name, "family").map(str::to_owned))
    };
    let display = organization
        .and_then(|organization| organization.text("name").map(str::to_owned))
        .or_else(|| practitioner.and_then(whole_name))
        .map(|name| shown_plainly(&name));
    let npi = [organization, practitioner].into_iter().flatten().find_map(|resource| npi(resource, issues));
    Requester { display, npi }
}

/// The characters of a name that are shown as they stand, at most 120.
fn shown_plainly(name: &str) -> String {
    name.chars().filter(|letter| is_plain_line(letter.encode_utf8(&mut [0; 4]))).take(120).collect()
}

fn npi(resource: &Resource<'_>, issues: &mut Issues) -> Option<Npi> {
    const SYSTEM: &str = "http://hl7.org/fhir/sid/us-npi";
    let identifiers = list(resource.value, "identifier").iter().enumerate();
    for (place, identifier) in
        identifiers.filter(|(_, identifier)| text(identifier, "system") == Some(SYSTEM))
    {
        match text(identifier, "value").unwrap_or_default().parse() {
            Ok(npi) => return Some(npi),
            Err(error) => {
                issues.warn::<()>(
                    IssueCode::Value,
                    resource.path(&format!("identifier[{place}].value")),
                    format!("{error}; it was not read"),
                );
            }
        }
    }
    None
}
