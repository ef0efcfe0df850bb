//! The identity provider of an invented plan, and the forms about it.

use jiff::ToSpan as _;

use super::{Form, Provider, Redirect, Whose, Wrong, end, form, list, one};
use crate::gallery::{self, Sample, sample};
use crate::shell::{Frame, Who};

/// The pages in their states.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let who = Who { administers: true, ..gallery::coordinator() };
    let frame = &Frame { who: Some(&who), ..*frame };
    let provider = Provider {
        id: "idp_0001".to_owned(),
        organization: "Harbor House".to_owned(),
        short_name: "harbor-house".to_owned(),
        issuer: "https://login.harbor.example".to_owned(),
        client_id: "crosswalk".to_owned(),
        domains: vec!["harbor.example".to_owned()],
        redirect: Some("https://crosswalk.example/portal/sign-in/returned/org_0001".to_owned()),
        people: 12,
        begun_at: gallery::now() - 48.hours(),
        ended_at: None,
    };
    let ended = Provider {
        domains: Vec::new(),
        redirect: None,
        people: 0,
        ended_at: Some(gallery::now()),
        ..provider.clone()
    };
    let all = [provider.clone(), ended.clone()];
    let next = Some("/portal/identity?after=idp_0001".to_owned());
    let mut samples = vec![
        sample("identity", list(frame, &all, true, next)),
        sample("identity-none", list(frame, &[], true, None)),
        sample("identity-one", one(frame, &provider)),
        sample("identity-ended", one(frame, &ended)),
        sample("identity-end", end(frame, &provider, false)),
        sample("identity-end-last", end(frame, &provider, true)),
    ];
    samples.extend(forms(frame, &provider));
    samples
}

fn forms(frame: &Frame<'_>, provider: &Provider) -> [Sample; 5] {
    let own = Form {
        whose: Whose::New { offered: Vec::new(), chosen: String::new() },
        once: "5d0c9a7be1f2".to_owned(),
        short_name: String::new(),
        issuer: String::new(),
        client_id: String::new(),
        domains: String::new(),
        redirect: provider.redirect.clone().map_or(Redirect::None, Redirect::To),
        wrong: Vec::new(),
    };
    let offered = [("org_0001", "Harbor House"), ("org_0002", "Valle")];
    let offered = offered.map(|(id, name)| (id.to_owned(), name.to_owned())).to_vec();
    let wrong = Form {
        whose: Whose::New { offered: offered.clone(), chosen: "org_0002".to_owned() },
        redirect: Redirect::Afterwards,
        issuer: "login.harbor.example".to_owned(),
        wrong: vec![
            Wrong::Organization,
            Wrong::Name,
            Wrong::Issuer,
            Wrong::Client,
            Wrong::Secret,
            Wrong::Domains,
        ],
        ..own.clone()
    };
    let known = Form {
        whose: Whose::Known { id: provider.id.clone(), organization: provider.organization.clone() },
        short_name: provider.short_name.clone(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        domains: provider.domains.join(", "),
        ..own.clone()
    };
    let taken = Form {
        wrong: vec![Wrong::NameTaken, Wrong::OtherIssuer, Wrong::OtherClient, Wrong::DomainTaken],
        ..known.clone()
    };
    let without = Form { redirect: Redirect::None, ..own.clone() };
    [
        sample("identity-new", form(frame, &own)),
        sample("identity-new-wrong", form(frame, &wrong)),
        sample("identity-change", form(frame, &known)),
        sample("identity-change-wrong", form(frame, &taken)),
        sample("identity-new-without-address", form(frame, &without)),
    ]
}
