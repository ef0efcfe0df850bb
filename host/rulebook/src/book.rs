//! The rules as the guest reads them: `plugins/rules-guest/src/book.rs` reads what is written here, part by
//! part and field by field in the same order.
//!
//! An instance lives for one call, so what counts is how little of the rules a call must read. Words stay
//! where they are; each part, and each rule and rate in its part, is preceded by its length, so that a call
//! steps over what it does not need. That, and that the guest needs no library for it, is why this is neither
//! JSON nor a format of others. Whoever changes it changes the mark in `plugins/rules-guest/src/carried.rs`
//! too.

use domain::catalog::Catalog;
use domain::plan::profile::{
    AuthorizationDefault, CalendarDay, Column, Contact, Delegate, Election, FactDefinition, Layout, Mode,
    PresumptiveRule, Rate, Requirement, Responsibility, Table, TurnAround,
};
use domain::plan::types::{Bilingual, DenialKind, Period, Workflow};
use jiff::civil::Date;

use crate::condition::Condition;
use crate::rules::{Answer, Note, Redirect, Rules};
use crate::state::{Rule, Stage};

impl Rules {
    /// The rules as bytes.
    pub(crate) fn book(&self) -> Vec<u8> {
        let profile = &self.profile;
        let mut book = Writer::default();
        book.part(|part| {
            part.words([&profile.plan_id, &profile.name, &profile.version]);
            part.texts(&profile.lines).texts(&profile.counties).texts(&profile.languages);
            part.list(&profile.modes, |part, mode| {
                part.byte(mode.workflow as u8).byte(mode.mode as u8);
            });
        });
        book.part(|part| part.list(&profile.elections, election));
        book.part(|part| {
            part.list(&self.rules, |part, entry| {
                part.part(|part| rule(part.text(&entry.service), entry));
            })
        });
        book.part(|part| part.list(&profile.facts, fact));
        book.part(|part| part.list(&profile.presumptive, presumption));
        book.part(|part| part.list(&profile.defaults, approval));
        book.part(|part| part.list(&profile.turn_arounds, promise));
        book.part(|part| {
            part.list(&profile.rates, |part, entry| {
                part.part(|part| rate(part.text(&entry.service), entry));
            })
        });
        book.part(|part| self.claims(part));
        book.part(|part| {
            let requirements: Vec<_> = profile.requirements.iter().zip(&self.answers).collect();
            part.list(&requirements, |part, (entry, answer)| requirement(part, entry, **answer));
        });
        book.part(|part| part.list(&profile.layouts, layout));
        book.part(|part| part.list(&profile.delegates, delegate));
        book.part(|part| part.list(&profile.contacts, contact));
        book.part(|part| part.list(&profile.calendar, calendar));
        book.part(|part| part.list(&profile.tables, table));
        book.part(|part| part.list(&self.redirects, redirect));
        book.part(|part| part.list(&self.notes, note));
        book.part(|part| {
            part.texts(&self.by_referral());
        });
        book.bytes
    }

    /// The services that are offered and have no procedure that could be authorized.
    fn by_referral(&self) -> Vec<String> {
        let offered = |id: &str| self.profile.elections.iter().any(|election| election.service == id);
        let services = Catalog::state().services().iter().filter(|service| service.procedures.is_empty());
        services.map(|service| service.id.clone()).filter(|id| offered(id)).collect()
    }

    fn claims(&self, part: &mut Writer) {
        let route = &self.profile.claims;
        part.byte(route.form as u8).text(&route.payer_id).number(route.filing_days.into());
        let automated = self.automated().any(|workflow| workflow == Workflow::Billing);
        part.option(automated.then_some(&self.prefix), |part, prefix| {
            let criteria = ["coverage", "timely", "procedure", "authorization", "duplicate"];
            part.words(criteria.map(|name| format!("{prefix}.claim.{name}")));
        });
        part.option(self.schedule.as_ref(), |part, (table, column)| part.words([table, column]));
    }
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes.push(byte);
        self
    }

    fn flag(&mut self, flag: bool) -> &mut Self {
        self.byte(flag.into())
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self, number: u64) -> &mut Self {
        crate::guest::leb128(&mut self.bytes, number);
        self
    }

    fn size(&mut self, size: usize) -> &mut Self {
        self.number(size as u64)
    }

    /// The sign is the lowest bit, so that small amounts of either sign are short.
    fn signed(&mut self, number: i64) -> &mut Self {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned())
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.size(text.len()).bytes.extend_from_slice(text.as_bytes());
        self
    }

    fn words(&mut self, words: impl IntoIterator<Item = impl AsRef<str>>) {
        for word in words {
            self.text(word.as_ref());
        }
    }

    fn texts(&mut self, texts: &[String]) -> &mut Self {
        self.size(texts.len()).words(texts);
        self
    }

    fn list<T>(&mut self, list: &[T], write: impl Fn(&mut Self, &T)) {
        self.size(list.len());
        list.iter().for_each(|entry| write(self, entry));
    }

    fn option<T>(&mut self, option: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        self.flag(option.is_some());
        if let Some(value) = option {
            write(self, value);
        }
        self
    }

    fn optional_text(&mut self, text: Option<&String>) -> &mut Self {
        self.option(text, |part, text| {
            part.text(text);
        })
    }

    fn part(&mut self, write: impl FnOnce(&mut Self)) {
        let mut part = Self::default();
        write(&mut part);
        self.size(part.bytes.len());
        self.bytes.extend(part.bytes);
    }

    fn bilingual(&mut self, text: &Bilingual) -> &mut Self {
        self.text(&text.en).text(&text.es)
    }

    fn day(&mut self, day: Date) -> &mut Self {
        let number = |number: i16| u64::from(number.unsigned_abs());
        self.number(number(day.year())).number(number(day.month().into())).number(number(day.day().into()))
    }

    fn period(&mut self, period: &Period) -> &mut Self {
        self.day(period.first).option(period.last, |part, last| {
            part.day(last);
        })
    }
}

fn election(part: &mut Writer, election: &Election) {
    part.text(&election.service).texts(std::slice::from_ref(&election.county)).period(&election.days);
    part.option(election.capacity.as_ref(), |part, capacity| {
        part.number(capacity.members.into()).number(capacity.window_months.into()).flag(capacity.wait_list);
    });
}

fn rule(part: &mut Writer, rule: &Rule) {
    part.text(&rule.id).text(&rule.service).optional_text(rule.population.as_ref());
    part.byte(rule.kind as u8).byte(rule.origin as u8).byte(rule.stage as u8).byte(rule.refusal as u8);
    part.bilingual(&rule.text).text(&rule.source).period(&rule.days);
    test(part, &rule.test);
}

fn test(part: &mut Writer, condition: &Condition) {
    match condition {
        Condition::Yes(code) => part.byte(0).text(code),
        Condition::No(code) => part.byte(1).text(code),
        Condition::NotSaid(code) => part.byte(2).text(code),
        Condition::OneOf(code, codes) => part.byte(3).text(code).texts(codes),
        Condition::NotSaidOf(code, codes) => part.byte(4).text(code).texts(codes),
        Condition::AtLeast(code, least) => part.byte(5).text(code).signed(*least),
        Condition::AtMost(code, most) => part.byte(6).text(code).signed(*most),
        Condition::NotSaidAbove(code, most) => part.byte(7).text(code).signed(*most),
        Condition::Measures(code, least) => part.byte(8).text(code).signed(*least),
        Condition::WithinMonths(code, months) => part.byte(9).text(code).number((*months).into()),
        Condition::Document(kind) => part.byte(10).text(kind),
        Condition::Aged(years) => part.byte(11).number((*years).into()),
        Condition::Younger(years) => part.byte(12).number((*years).into()),
        Condition::Any(tests) => {
            part.byte(13).list(tests, test);
            part
        }
        Condition::All(tests) => {
            part.byte(14).list(tests, test);
            part
        }
        Condition::Covered => part.byte(15),
        Condition::Elected => part.byte(16),
        Condition::NotDuplicate => part.byte(17),
        Condition::Room => part.byte(18),
        Condition::DaysLeft { services, months, limit } => {
            part.byte(19).texts(services).number((*months).into()).signed(*limit)
        }
        Condition::NotInDsnp => part.byte(20),
        Condition::InThisDsnp => part.byte(21),
        Condition::ByPlan => part.byte(22),
    };
}

fn fact(part: &mut Writer, fact: &FactDefinition) {
    part.text(&fact.code).byte(fact.kind as u8).texts(&fact.codes).bilingual(&fact.question);
    part.optional_text(fact.proof.as_ref()).text(&fact.source);
}

fn presumption(part: &mut Writer, rule: &PresumptiveRule) {
    part.text(&rule.id).text(&rule.service).optional_text(rule.population.as_ref());
    part.number(rule.days.into()).texts(&rule.provider_kinds).texts(&rule.attest).period(&rule.effective);
}

fn approval(part: &mut Writer, approval: &AuthorizationDefault) {
    part.text(&approval.service).number(approval.days.into()).number(approval.renewal_days.into());
    part.option(approval.units, |part, units| {
        part.number(units.into());
    });
}

fn promise(part: &mut Writer, promise: &TurnAround) {
    part.byte(promise.workflow as u8).byte(promise.urgency as u8);
    part.number(promise.amount.into()).byte(promise.unit as u8);
}

fn rate(part: &mut Writer, rate: &Rate) {
    let modifiers: Vec<String> = rate.procedure.modifiers.iter().map(ToString::to_string).collect();
    part.text(&rate.id).text(&rate.service).text(rate.procedure.code.as_str()).texts(&modifiers);
    part.byte(rate.model as u8).signed(rate.amount.0).period(&rate.effective);
}

fn requirement(part: &mut Writer, requirement: &Requirement, answer: Option<Answer>) {
    part.text(&requirement.id).texts(&requirement.services).optional_text(requirement.document.as_ref());
    part.option(requirement.fact.as_ref().zip(answer), |part, (code, answer)| {
        part.text(code);
        match answer {
            Answer::Yes => part.byte(0),
            Answer::No => part.byte(1),
            Answer::AtLeast(least) => part.byte(2).signed(least),
            Answer::Given => part.byte(3),
        };
    });
    part.option(requirement.minimum, |part, minimum| {
        part.signed(minimum.0);
    });
    part.option(requirement.valid_days, |part, days| {
        part.number(days.into());
    });
    part.bilingual(&requirement.text).text(&requirement.source);
}

fn layout(part: &mut Writer, layout: &Layout) {
    part.text(&layout.id).byte(layout.kind as u8).text(&layout.name_pattern).text(&layout.delimiter);
    part.flag(layout.header_row).text(&layout.date_format);
    part.list(&layout.columns, |part, Column { value, header, codes }| {
        part.text(value).text(header).list(codes, |part, (ours, theirs)| part.words([ours, theirs]));
    });
}

fn delegate(part: &mut Writer, delegate: &Delegate) {
    part.text(&delegate.id).text(&delegate.name).texts(&delegate.groups);
    part.list(&delegate.responsibilities, |part, Responsibility { service, workflows, effective }| {
        part.text(service).list(workflows, |part, workflow| {
            part.byte(*workflow as u8);
        });
        part.period(effective);
    });
}

fn contact(part: &mut Writer, contact: &Contact) {
    part.words([&contact.purpose, &contact.name, &contact.phone, &contact.email]);
}

fn calendar(part: &mut Writer, day: &CalendarDay) {
    part.day(day.day).flag(day.works).text(&day.name);
}

fn table(part: &mut Writer, table: &Table) {
    part.text(&table.name).texts(&table.keys).texts(&table.columns).bilingual(&table.text);
}

fn redirect(part: &mut Writer, redirect: &Redirect) {
    part.optional_text(redirect.delegate.as_ref())
        .text(&redirect.service)
        .optional_text(redirect.line.as_ref());
    part.text(&redirect.to_service).text(&redirect.criterion).bilingual(&redirect.reason);
}

fn note(part: &mut Writer, note: &Note) {
    part.words([&note.table, &note.column, &note.label]);
}

// Closed sets are written as the place of their word in the contract, which is that of the host's own copies.
const _: () = {
    assert!(Mode::People as u8 == 2 && DenialKind::Clinical as u8 == 1 && Stage::Apart as u8 == 3);
    assert!(Workflow::Exchange as u8 == 4);
};
