//! An invitation on its way from the link to the recovery codes.

use jiff::ToSpan as _;

use super::{Invitation, TakeUp, Way, Wrong, closed, codes, link, page, take_up, taken_before};
use crate::gallery::{self, Sample, sample};
use crate::shell::{Frame, Role};

/// The pages in their states, for nobody who is signed in.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let invitation = Invitation {
        organization: "Harbor House".to_owned(),
        roles: vec![Role::Coordinator, Role::Biller],
        administers: true,
        until: gallery::now() + 72.hours(),
        email: Some("ana.ruiz@harbor.example".to_owned()),
        has_provider: false,
    };
    let by_provider = Invitation { has_provider: true, ..invitation.clone() };
    let offered = TakeUp {
        key: "JBSWY3DPEHPK3PXP".to_owned(),
        uri: "otpauth://totp/Harbor%20House:ana?secret=JBSWY3DPEHPK3PXP&issuer=Harbor%20House".to_owned(),
        secret: "secret-of-the-link".to_owned(),
        once: "5d0c9a7be1f2".to_owned(),
        ..TakeUp::default()
    };
    let wrong = TakeUp {
        email: Some("ana.example.org".to_owned()),
        wrong: vec![Wrong::Code, Wrong::Name, Wrong::Email],
        ..offered.clone()
    };
    let without = Frame { party: None, ..*frame };
    let shown: Vec<String> = (0..10).map(|_| "jbsw-y3dp-ehpk-3pxp".to_owned()).collect();
    vec![
        sample("invitation-link", link(frame, false)),
        sample("invitation-link-wrong", link(frame, true)),
        sample("invitation", page(frame, &invitation, "secret-of-the-link")),
        sample("invitation-organization", page(frame, &by_provider, "secret-of-the-link")),
        sample("invitation-app", take_up(frame, &offered)),
        sample("invitation-app-wrong", take_up(frame, &wrong)),
        sample("invitation-without-passkeys", page(&without, &invitation, "secret-of-the-link")),
        sample("invitation-codes", codes(frame, Way::App, &shown)),
        sample("invitation-codes-passkey", codes(frame, Way::Passkey, &shown)),
        sample("invitation-closed", closed(frame)),
        sample("invitation-taken", taken_before(frame)),
    ]
}
