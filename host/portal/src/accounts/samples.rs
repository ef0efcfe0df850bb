//! The people of an invented plan and an invented provider, and the forms about them.

use domain::case::Language;
use jiff::ToSpan as _;

use super::{Ask, Asking, Form, People, Person, State, Whose, Wrong, asking, form, link, list, person};
use crate::gallery::{self, Sample, said, sample};
use crate::shell::{Frame, Role, Who};

/// The pages in their states.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let who = Who { administers: true, ..gallery::coordinator() };
    let frame = &Frame { who: Some(&who), ..*frame };
    let ana = Person {
        id: "acc_0001".to_owned(),
        name: Some("Ana Ruiz".to_owned()),
        email: Some("ana.ruiz@harbor.example".to_owned()),
        roles: vec![Role::Coordinator, Role::Biller],
        license: None,
        administers: true,
        state: State::Active,
        since: gallery::now() - 48.hours(),
        link_until: None,
        version: 2,
    };
    let invited = Person {
        name: None,
        email: None,
        state: State::Invited,
        link_until: Some(gallery::now() + 72.hours()),
        ..ana.clone()
    };
    let reviewer =
        Person { roles: vec![Role::PlanReviewer], license: Some("RN 555012".to_owned()), ..ana.clone() };
    let reason = said(frame.words, "She works elsewhere now.", "Ahora trabaja en otro lugar.");
    let ended = Person { state: State::Ended { reason }, ..ana.clone() };
    let all = [ana.clone(), invited.clone(), reviewer.clone(), ended.clone()];
    let people = People {
        organization: "Harbor House",
        people: &all,
        next: Some("/portal/accounts?after=acc_0001".to_owned()),
        invite: super::NEW.to_owned(),
    };
    let mut samples = vec![
        sample("accounts", list(frame, &people)),
        sample("accounts-one", person(frame, &ana)),
        sample("accounts-invited", person(frame, &invited)),
        sample("accounts-reviewer", person(frame, &reviewer)),
        sample("accounts-ended", person(frame, &ended)),
        sample("accounts-link", link(frame, &invited, Some("https://crosswalk.example/portal/invitation"))),
        sample("accounts-link-shown", link(frame, &ana, None)),
    ];
    samples.extend(forms(frame));
    samples
}

fn forms(frame: &Frame<'_>) -> Vec<Sample> {
    let new = Form {
        whose: Whose::New(None),
        once: "5d0c9a7be1f2".to_owned(),
        name: String::new(),
        email: String::new(),
        language: Language::En,
        offered: vec![Role::PlanOperations, Role::PlanAnalyst, Role::PlanReviewer],
        roles: Vec::new(),
        license: String::new(),
        administers: false,
        wrong: Vec::new(),
        is_changed: false,
    };
    let wrong = Form {
        email: "ana.example.org".to_owned(),
        roles: vec![Role::PlanReviewer],
        wrong: vec![Wrong::Name, Wrong::Email, Wrong::LicenseMissing],
        ..new.clone()
    };
    let known = Form {
        whose: Whose::Known { id: "acc_0001".to_owned(), version: 2 },
        name: "Ana Ruiz".to_owned(),
        offered: vec![Role::Coordinator, Role::Biller, Role::Clerk],
        roles: vec![Role::Biller],
        ..new.clone()
    };
    let role = Form { roles: Vec::new(), wrong: vec![Wrong::NoRole], ..known.clone() };
    let last = Form { wrong: vec![Wrong::LastAdministrator], ..known.clone() };
    let changed = Form { is_changed: true, ..known.clone() };
    let ask = |ask: Ask, wrong: Vec<Wrong>, is_changed| Asking {
        id: "acc_0001".to_owned(),
        name: Some("Ana Ruiz".to_owned()),
        version: 2,
        once: "5d0c9a7be1f2".to_owned(),
        ask,
        wrong,
        is_changed,
    };
    let end = || Ask::End(String::new());
    vec![
        sample("accounts-new", form(frame, &new)),
        sample("accounts-new-wrong", form(frame, &wrong)),
        sample("accounts-change", form(frame, &known)),
        sample("accounts-change-wrong", form(frame, &role)),
        sample("accounts-last-wrong", form(frame, &last)),
        sample("accounts-changed", form(frame, &changed)),
        sample("accounts-link-ask", asking(frame, &ask(Ask::Link, Vec::new(), false))),
        sample("accounts-end", asking(frame, &ask(end(), Vec::new(), false))),
        sample("accounts-end-wrong", asking(frame, &ask(end(), vec![Wrong::Reason], false))),
        sample("accounts-end-last", asking(frame, &ask(end(), vec![Wrong::LastAdministrator], true))),
    ]
}
