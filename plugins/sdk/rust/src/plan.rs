//! A plan as constants, and the profile made of them.

use crate::claims::same_modifiers;
use crate::profile::{
    AuthorizationDefault, CalendarDay, Capacity, ClaimRoute, ClockUnit, Column, Contact, Delegate, Election,
    FactDefinition, FactKind, FileKind, Layout, Mode, PaymentModel, PlanProfile, PresumptiveRule, Rate,
    Requirement, Responsibility, Table, TurnAround, WorkflowMode,
};
use crate::rule::{Rule, Text};
use crate::types::{Date, Period, Procedure, Urgency, Workflow};

/// Everything a plan declares, as constants. The fields are those of the contract's `plan-profile`.
pub struct Plan {
    /// The plan's id at the host.
    pub id: &'static str,
    /// Name of the plan, as members and providers read it.
    pub name: &'static str,
    /// The plugin's semantic version.
    pub version: &'static str,
    /// Lines of business that it covers members under: `medi-cal`, `d-snp`.
    pub lines: &'static [&'static str],
    /// Codes of the counties that it serves, such as `SRV`.
    pub counties: &'static [&'static str],
    /// Languages its people speak.
    pub languages: &'static [&'static str],
    /// Mode of each workflow: who has the last word in it.
    pub modes: &'static [(Workflow, Mode)],
    /// Services that it offers, by county and days.
    pub elections: &'static [Elected],
    /// Its rules, in groups. Those of services that it does not offer are left out of its profile.
    pub rules: &'static [&'static [Rule]],
    /// Facts that only it asks for.
    pub facts: &'static [Asked],
    /// Rules by which service may start before the decision.
    pub presumptive: &'static [Presume],
    /// Usual length and units of an approval, by service.
    pub defaults: &'static [Length],
    /// Its promises of speed.
    pub promises: &'static [Promise],
    /// Rates, by procedure and days.
    pub rates: &'static [Price],
    /// Form of claims, payer id, and days in which a claim must be filed.
    pub claims: (crate::profile::ClaimForm, &'static str, u16),
    /// The rules that its adjudication makes findings of; absent for a plan whose people judge claims.
    pub claim_criteria: Option<ClaimCriteria>,
    /// Requirements that a provider must meet to be credentialed.
    pub requirements: &'static [Needed],
    /// Layouts of the files that it exchanges.
    pub files: &'static [File],
    /// Delegates that decide for some members in its place.
    pub delegates: &'static [Delegation],
    /// Desks of the plan that people can call or write to.
    pub desks: &'static [Desk],
    /// Days on which its calendar differs from the state's.
    pub calendar: &'static [YearDay],
    /// Reference tables whose rows it uploads.
    pub tables: &'static [Reference],
}

/// A service that the plan offers in some counties.
pub struct Elected {
    /// Id of the service in the catalog.
    pub service: &'static str,
    /// Codes of the counties in which it is offered.
    pub counties: &'static [&'static str],
    /// Days on which it is offered.
    pub days: Period,
    /// Its cap, if any.
    pub cap: Option<Cap>,
}

/// A limit on the members who are taken into a service.
#[derive(Clone, Copy)]
pub struct Cap {
    /// Members in the window.
    pub members: u32,
    /// Length of the rolling window in months.
    pub months: u8,
    /// Consequence for members past the cap.
    pub full: Capped,
}

/// Consequence for members past a cap.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Capped {
    /// They wait on a list.
    WaitList,
    /// They are refused, for want of a place.
    Refused,
}

/// A fact that only this plan asks for.
pub struct Asked {
    /// Code, beginning with `plan.<plan-id>.`.
    pub code: &'static str,
    /// The kind of its value.
    pub kind: FactKind,
    /// The codes it may take.
    pub codes: &'static [&'static str],
    /// The question, as a provider is asked it.
    pub question: Text,
    /// The kind of document that would prove it.
    pub proof: Option<&'static str>,
    /// The rule that it serves.
    pub source: &'static str,
}

/// A rule by which service may start before the decision.
pub struct Presume {
    /// Id of the rule, which never changes.
    pub id: &'static str,
    /// Id of the service in the catalog.
    pub service: &'static str,
    /// Population of focus, or any.
    pub population: Option<&'static str>,
    /// Calendar days, counting the first.
    pub days: u16,
    /// Provider kinds that may use it; empty for all.
    pub provider_kinds: &'static [&'static str],
    /// Facts that the provider must attest.
    pub attest: &'static [&'static str],
    /// Days on which the rule applies.
    pub effective: Period,
}

/// Usual length and units of an approval.
pub struct Length {
    /// Id of the service in the catalog.
    pub service: &'static str,
    /// Days of a first authorization.
    pub days: u16,
    /// Days of a renewal.
    pub renewal_days: u16,
    /// Most units that one authorization gives; `None` for no such bound.
    pub units: Option<u32>,
}

/// A promise of speed.
pub struct Promise {
    /// Workflow that the promise is for.
    pub workflow: Workflow,
    /// Urgency that the promise is for.
    pub urgency: Urgency,
    /// Number of units of time.
    pub amount: u16,
    /// Unit of time: hours, calendar days or business days.
    pub unit: ClockUnit,
}

/// Rate of the plan for a procedure.
pub struct Price {
    /// Id of the rate, which never changes.
    pub id: &'static str,
    /// Id of the service in the catalog.
    pub service: &'static str,
    /// HCPCS code of the procedure.
    pub code: &'static str,
    /// Its modifiers, in any order.
    pub modifiers: &'static [&'static str],
    /// Payment model: for each unit, month, case, outreach attempt or day, or up to a ceiling.
    pub model: PaymentModel,
    /// Cents for one unit, month, case, attempt or day, or the ceiling of a project.
    pub amount: i64,
    /// Dates of service to which it applies.
    pub effective: Period,
}

/// The ids of the rules that adjudication makes findings of.
#[derive(Clone, Copy)]
pub struct ClaimCriteria {
    /// The service was offered and the member covered on the day.
    pub coverage: &'static str,
    /// The claim came in time.
    pub timely: &'static str,
    /// The procedure is one that the plan prices.
    pub procedure: &'static str,
    /// An authorization, presumptive or not, covers the line.
    pub authorization: &'static str,
    /// No other line is the same.
    pub duplicate: &'static str,
}

/// Answer that satisfies a requirement.
#[derive(Clone, Copy)]
pub enum Answer {
    /// The answer yes.
    Yes,
    /// No; a yes is for a person to weigh.
    No,
    /// At least so many.
    AtLeast(i64),
    /// Any answer, if one is given.
    Given,
}

/// One thing that a provider must show.
pub struct Needed {
    /// Id of the requirement, which never changes.
    pub id: &'static str,
    /// Services it is for; empty for all.
    pub services: &'static [&'static str],
    /// The kind of document that satisfies it.
    pub document: Option<&'static str>,
    /// The fact that answers it, and the answer that satisfies it.
    pub fact: Option<(&'static str, Answer)>,
    /// Least amount of the document, in cents.
    pub minimum: Option<i64>,
    /// Days for which the document counts from its issue.
    pub valid_days: Option<u16>,
    /// The requirement, as a provider reads it.
    pub text: Text,
    /// Source of the requirement, such as a letter or a contract.
    pub source: &'static str,
}

/// The columns of a file: the host's name, the header, and pairs of our code and the plan's.
pub type Columns = &'static [(&'static str, &'static str, &'static [(&'static str, &'static str)])];

/// A file as data.
pub struct File {
    /// Id of the file, which never changes.
    pub id: &'static str,
    /// Kind of the file, such as a member file.
    pub kind: FileKind,
    /// File name with its variables.
    pub name_pattern: &'static str,
    /// One character between fields.
    pub delimiter: &'static str,
    /// True if the first row holds the headers.
    pub header_row: bool,
    /// Format of dates, such as `MM/DD/YYYY`.
    pub date_format: &'static str,
    /// Columns in their order.
    pub columns: Columns,
}

/// An organization that decides in the plan's place for some members.
pub struct Delegation {
    /// Id of the delegate, which never changes.
    pub id: &'static str,
    /// Name of the delegate, as providers read it.
    pub name: &'static str,
    /// Group codes that belong to it.
    pub groups: &'static [&'static str],
    /// Services and the workflows in them that are its own, and since when.
    pub responsibilities: &'static [(&'static str, &'static [Workflow], Period)],
}

/// Whom to call about what.
pub struct Desk {
    /// The contract's word for the purpose.
    pub purpose: &'static str,
    /// Name of the desk.
    pub name: &'static str,
    /// Telephone number of the desk.
    pub phone: &'static str,
    /// E-mail address of the desk.
    pub email: &'static str,
}

/// A day on which the plan's calendar differs from the state's.
pub struct YearDay {
    /// Day on which the calendar differs.
    pub day: Date,
    /// True if the plan works on that day, false if it is closed.
    pub works: bool,
    /// Name of the day, such as a holiday's.
    pub name: &'static str,
}

/// A reference table that the plan uploads rows for.
pub struct Reference {
    /// Name of the table, by which rows are uploaded and read.
    pub name: &'static str,
    /// Columns that rows are looked up by.
    pub keys: &'static [&'static str],
    /// Names of all columns, those of the key included.
    pub columns: &'static [&'static str],
    /// Contents of the table, in both languages.
    pub text: Text,
}

impl Elected {
    /// A service offered without a cap.
    pub const fn of(service: &'static str, counties: &'static [&'static str], days: Period) -> Elected {
        Elected { service, counties, days, cap: None }
    }

    /// True if one of the elections offers the service in the county on the day.
    pub fn offers(elections: &[Elected], service: &str, county: &str, day: Date) -> bool {
        elections.iter().any(|elected| {
            elected.service == service && elected.counties.contains(&county) && elected.days.contains(day)
        })
    }
}

impl Price {
    /// A rate, from its fields in their order.
    pub const fn of(
        id: &'static str,
        service: &'static str,
        code: &'static str,
        modifiers: &'static [&'static str],
        model: PaymentModel,
        amount: i64,
        effective: Period,
    ) -> Price {
        Price { id, service, code, modifiers, model, amount, effective }
    }

    /// The procedure as the contract carries it.
    pub fn procedure(&self) -> Procedure {
        Procedure { code: self.code.to_owned(), modifiers: strings(self.modifiers) }
    }

    /// True if this is the price of a service's procedure on a day.
    pub fn prices(&self, service: &str, procedure: &Procedure, day: Date) -> bool {
        self.service == service
            && self.code == procedure.code
            && same_modifiers(self.modifiers, &procedure.modifiers)
            && self.effective.contains(day)
    }
}

impl Plan {
    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        self.rules().find(|rule| rule.id == id)
    }

    /// All rules that the profile declares.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        let offered =
            |service: &str| service == "*" || self.elections.iter().any(|elected| elected.service == service);
        self.rules.iter().copied().flatten().filter(move |rule| offered(rule.service))
    }

    /// The profile that these constants make.
    pub fn describe(&self) -> PlanProfile {
        let (form, payer_id, filing_days) = self.claims;
        PlanProfile {
            plan_id: self.id.to_owned(),
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            lines: strings(self.lines),
            counties: strings(self.counties),
            languages: strings(self.languages),
            modes: self.modes.iter().map(|&(workflow, mode)| WorkflowMode { workflow, mode }).collect(),
            elections: self.elections.iter().flat_map(Elected::declare).collect(),
            criteria: self.rules().map(Rule::declare).collect(),
            facts: self.facts.iter().map(Asked::declare).collect(),
            presumptive: self.presumptive.iter().map(Presume::declare).collect(),
            defaults: self.defaults.iter().map(Length::declare).collect(),
            turn_arounds: self.promises.iter().map(Promise::declare).collect(),
            rates: self.rates.iter().map(Price::declare).collect(),
            claims: ClaimRoute { form, payer_id: payer_id.to_owned(), filing_days },
            requirements: self.requirements.iter().map(Needed::declare).collect(),
            layouts: self.files.iter().map(File::declare).collect(),
            delegates: self.delegates.iter().map(Delegation::declare).collect(),
            contacts: self.desks.iter().map(Desk::declare).collect(),
            calendar: self.calendar.iter().map(YearDay::declare).collect(),
            tables: self.tables.iter().map(Reference::declare).collect(),
        }
    }
}

impl Elected {
    fn declare(&self) -> impl Iterator<Item = Election> + '_ {
        self.counties.iter().map(|county| Election {
            service: self.service.to_owned(),
            county: (*county).to_owned(),
            days: self.days,
            capacity: self.cap.map(|cap| Capacity {
                members: cap.members,
                window_months: cap.months,
                wait_list: cap.full == Capped::WaitList,
            }),
        })
    }
}

impl Asked {
    fn declare(&self) -> FactDefinition {
        FactDefinition {
            code: self.code.to_owned(),
            kind: self.kind,
            codes: strings(self.codes),
            question: self.question.say(),
            proof: self.proof.map(str::to_owned),
            source: self.source.to_owned(),
        }
    }
}

impl Presume {
    fn declare(&self) -> PresumptiveRule {
        PresumptiveRule {
            id: self.id.to_owned(),
            service: self.service.to_owned(),
            population: self.population.map(str::to_owned),
            days: self.days,
            provider_kinds: strings(self.provider_kinds),
            attest: strings(self.attest),
            effective: self.effective,
        }
    }
}

impl Length {
    fn declare(&self) -> AuthorizationDefault {
        AuthorizationDefault {
            service: self.service.to_owned(),
            days: self.days,
            renewal_days: self.renewal_days,
            units: self.units,
        }
    }
}

impl Promise {
    fn declare(&self) -> TurnAround {
        TurnAround { workflow: self.workflow, urgency: self.urgency, amount: self.amount, unit: self.unit }
    }
}

impl Price {
    fn declare(&self) -> Rate {
        Rate {
            id: self.id.to_owned(),
            service: self.service.to_owned(),
            procedure: self.procedure(),
            model: self.model,
            amount: self.amount,
            tier: None,
            effective: self.effective,
        }
    }
}

impl Length {
    /// Days of a first authorization and of a renewal, and the most units.
    pub const fn of(service: &'static str, days: u16, renewal_days: u16, units: Option<u32>) -> Length {
        Length { service, days, renewal_days, units }
    }
}

impl Needed {
    /// A document of this kind.
    pub const fn document(id: &'static str, kind: &'static str, text: Text, source: &'static str) -> Needed {
        Needed {
            id,
            services: &[],
            document: Some(kind),
            fact: None,
            minimum: None,
            valid_days: None,
            text,
            source,
        }
    }

    /// An answer to this question.
    pub const fn answer(
        id: &'static str,
        code: &'static str,
        answer: Answer,
        text: Text,
        source: &'static str,
    ) -> Needed {
        Needed {
            id,
            services: &[],
            document: None,
            fact: Some((code, answer)),
            minimum: None,
            valid_days: None,
            text,
            source,
        }
    }

    /// The same, for these services only.
    pub const fn only_for(self, services: &'static [&'static str]) -> Needed {
        Needed { services, ..self }
    }

    /// The same, with a least amount in cents.
    pub const fn at_least(self, cents: i64) -> Needed {
        Needed { minimum: Some(cents), ..self }
    }

    /// The same, good for so many days from its issue.
    pub const fn valid_for(self, days: u16) -> Needed {
        Needed { valid_days: Some(days), ..self }
    }

    fn declare(&self) -> Requirement {
        Requirement {
            id: self.id.to_owned(),
            services: strings(self.services),
            document: self.document.map(str::to_owned),
            fact: self.fact.map(|(code, _)| code.to_owned()),
            minimum: self.minimum,
            valid_days: self.valid_days,
            text: self.text.say(),
            source: self.source.to_owned(),
        }
    }
}

impl File {
    fn declare(&self) -> Layout {
        let column = |&(value, header, codes): &(&str, &str, &[(&str, &str)])| Column {
            value: value.to_owned(),
            header: header.to_owned(),
            codes: codes.iter().map(|&(ours, theirs)| (ours.to_owned(), theirs.to_owned())).collect(),
        };
        Layout {
            id: self.id.to_owned(),
            kind: self.kind,
            name_pattern: self.name_pattern.to_owned(),
            delimiter: self.delimiter.to_owned(),
            header_row: self.header_row,
            date_format: self.date_format.to_owned(),
            columns: self.columns.iter().map(column).collect(),
        }
    }
}

impl Delegation {
    fn declare(&self) -> Delegate {
        let responsibility = |&(service, workflows, effective): &(&str, &[Workflow], Period)| {
            Responsibility { service: service.to_owned(), workflows: workflows.to_vec(), effective }
        };
        Delegate {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            groups: strings(self.groups),
            responsibilities: self.responsibilities.iter().map(responsibility).collect(),
        }
    }
}

impl Desk {
    fn declare(&self) -> Contact {
        Contact {
            purpose: self.purpose.to_owned(),
            name: self.name.to_owned(),
            phone: self.phone.to_owned(),
            email: self.email.to_owned(),
        }
    }
}

impl YearDay {
    fn declare(&self) -> CalendarDay {
        CalendarDay { day: self.day, works: self.works, name: self.name.to_owned() }
    }
}

impl Reference {
    fn declare(&self) -> Table {
        Table {
            name: self.name.to_owned(),
            keys: strings(self.keys),
            columns: strings(self.columns),
            text: self.text.say(),
        }
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
