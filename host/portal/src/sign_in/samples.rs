//! Signing in, step by step, and the pages that bring something back afterwards.

use super::{Asked, Refused, Slip, Step, Then, Why, kept, page, proof, signed_out};
use crate::gallery::{Sample, sample};
use crate::shell::Frame;
use crate::sign_on::Providers;

/// The pages in their states, for nobody who is signed in.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let email = |email: &str, wrong| Step::Email { email: email.to_owned(), wrong };
    let code = |recovery, refused| Step::Code {
        email: "ana.ruiz@harbor.example".to_owned(),
        asked: Asked { recovery, refused },
    };
    let unlock = |refused| Step::Unlock(Asked { recovery: false, refused });
    let wrong = Some(Refused::Code);
    let steps = [
        ("email", Why::Asked, email("", None)),
        ("email-wrong", Why::Asked, email("ana.example.org", Some(Slip::Email))),
        ("passkey-wrong", Why::Asked, email("", Some(Slip::Passkey))),
        ("timed-out", Why::TimedOut, email("", None)),
        ("code", Why::Asked, code(false, None)),
        ("code-wrong", Why::Asked, code(false, wrong)),
        ("recovery", Why::Asked, code(true, None)),
        ("recovery-wrong", Why::Asked, code(true, wrong)),
        ("too-many-wrong", Why::Asked, code(false, Some(Refused::TooMany { minutes: 15 }))),
        ("locked", Why::Locked, unlock(None)),
        ("locked-wrong", Why::Locked, unlock(wrong)),
    ];
    let of = |(name, why, step): (&str, Why, Step)| {
        sample(&format!("sign-in-{name}"), page(frame, why, &step, Then::default()))
    };
    let mut samples: Vec<Sample> = steps.into_iter().map(of).collect();
    let address = "/portal/people";
    let form = Then { address, form: Some("number=9"), is_lost: false };
    let lost = Then { is_lost: true, form: None, ..form };
    let file = Then { form: Some("number=9&choose-again=file"), ..form };
    samples.push(sample("sign-in-kept", page(frame, Why::TimedOut, &email("", None), form)));
    samples.push(sample("sign-in-lost", page(frame, Why::TimedOut, &email("", None), lost)));
    samples.push(sample("sign-in-file", page(frame, Why::TimedOut, &email("", None), file)));
    let fields = [("number".to_owned(), "9".to_owned())];
    samples.push(sample("sign-in-back", kept(frame, address, &fields)));
    let of_file = [("choose-again".to_owned(), "file".to_owned())];
    samples.push(sample("sign-in-back-file", kept(frame, address, &of_file)));
    let not_taken = Some(Refused::Passkey);
    for (name, refused) in [("proof", None), ("proof-wrong", wrong), ("proof-passkey-wrong", not_taken)] {
        let asked = Asked { recovery: false, refused };
        samples.push(sample(name, proof(frame, asked, address, &fields)));
    }
    samples.extend(by_organization(frame, &fields, form));
    // Where no passkeys are offered, nothing speaks of them; nor of organizations where nobody signs in so.
    let without = Frame { party: None, providers: Providers::None, ..*frame };
    let step = email("", None);
    samples.push(sample("sign-in-without-passkeys", page(&without, Why::Asked, &step, Then::default())));
    samples.push(sample("signed-out", signed_out(frame)));
    samples
}

/// The pages of a browser in which somebody signs in by the organization.
fn by_organization(frame: &Frame<'_>, fields: &[(String, String)], form: Then<'_>) -> [Sample; 3] {
    let usual = &Frame { providers: Providers::Usual, ..*frame };
    let locked = |then| page(usual, Why::Locked, &Step::Unlock(Asked::default()), then);
    [
        sample("locked-organization", locked(Then::default())),
        sample("locked-organization-kept", locked(form)),
        sample("proof-organization", proof(usual, Asked::default(), form.address, fields)),
    ]
}
