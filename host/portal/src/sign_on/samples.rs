//! The way out to an organization's provider, and everything that can come of it.

use super::{Slip, Turned, done, leave, organization, turned};
use crate::gallery::{Sample, sample};
use crate::shell::Frame;
use crate::sign_in::Then;

/// The pages in their states, for nobody who is signed in.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let kept = Then { address: "/portal/people", form: Some("number=9"), is_lost: false };
    let ask = |typed, wrong| organization(frame, typed, wrong, Then::default());
    let mut samples = vec![
        sample("sign-on", ask("", None)),
        sample("sign-on-unreadable-wrong", ask("Harbor House!", Some(Slip::Unreadable))),
        sample("sign-on-unknown-wrong", ask("harbor", Some(Slip::Unknown))),
        sample("sign-on-kept", organization(frame, "", None, kept)),
        sample(
            "sign-on-leave",
            leave(frame, "Harbor House", "login.harbor.example", "https://login.harbor.example/authorize"),
        ),
        sample("sign-on-done", done(frame)),
    ];
    samples.extend(Turned::ALL.into_iter().map(|why| {
        let name = format!("sign-on-turned-{why:?}").to_lowercase();
        sample(&name, turned(frame, why))
    }));
    samples
}
