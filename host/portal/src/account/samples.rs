//! The account of somebody with one session and with three, of whom one looks after accounts.

use jiff::ToSpan as _;

use super::{Kept, Passkey, Session, page};
use crate::gallery::{self, Sample, sample};
use crate::shell::{Frame, Who};

/// The page in its states.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let session = |id: &str, hours: i64, is_current, is_locked| Session {
        id: id.to_owned(),
        began_at: gallery::now() - hours.hours(),
        seen_at: gallery::now() - 3.minutes(),
        is_current,
        is_locked,
    };
    let three = [
        session("ses_0001", 1, true, false),
        session("ses_0002", 4, false, false),
        session("ses_0003", 6, false, true),
    ];
    let administrator = Who { administers: true, ..gallery::coordinator() };
    let of_administrator = Frame { who: Some(&administrator), ..*frame };
    let passkey = |id: &str, name: &str, used_at| Passkey {
        id: id.to_owned(),
        name: name.to_owned(),
        made_at: gallery::now() - 400.hours(),
        used_at,
    };
    let two = [
        passkey("crd_0001", "Ana Ruiz", Some(gallery::now() - 4.hours())),
        passkey("crd_0002", "M. Alvarez", None),
    ];
    let most = Some(Kept::Most { most: 10 });
    let without = Frame { party: None, ..*frame };
    vec![
        sample("account", page(&of_administrator, &two, None, &three)),
        sample("account-one", page(frame, &[], None, &three[..1])),
        sample("account-last-passkey", page(frame, &two[..1], Some(Kept::LastWayIn), &three[..1])),
        sample("account-most-passkeys", page(frame, &two, most, &three[..1])),
        sample("account-without-passkeys", page(&without, &[], None, &three[..1])),
    ]
}
