//! One more passkey, and an invitation that is taken up with one.

use super::{Adding, TakeUp, add, take_up};
use crate::gallery::{Sample, sample};
use crate::invitation::Wrong;
use crate::shell::Frame;

/// The pages in their states; the first is for somebody who is signed in, the others for nobody.
pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let options = r#"{"challenge":"AAAA","rp":{"id":"localhost","name":"Crosswalk"}}"#.to_owned();
    let adding = Adding { options: options.clone(), ..Adding::default() };
    let long =
        Adding { name: "a".repeat(61), is_long: true, made: Some("AAAA.AAAA".to_owned()), ..adding.clone() };
    let late = Adding { is_wrong: true, ..adding.clone() };
    let nobody = Frame { who: None, ..*frame };
    let named = TakeUp {
        name: "Ana Ruiz".to_owned(),
        options,
        secret: "secret-of-the-link".to_owned(),
        once: "5d0c9a7be1f2".to_owned(),
        ..TakeUp::default()
    };
    let nameless = TakeUp {
        name: String::new(),
        email: Some("ana.example.org".to_owned()),
        made: Some("AAAA.AAAA".to_owned()),
        wrong: vec![Wrong::Name, Wrong::Email],
        ..named.clone()
    };
    let refused = TakeUp { wrong: vec![Wrong::Passkey], ..named.clone() };
    vec![
        sample("passkey-add", add(frame, &adding)),
        sample("passkey-add-wrong", add(frame, &long)),
        sample("passkey-add-late", add(frame, &late)),
        sample("passkey-join", take_up(&nobody, &named)),
        sample("passkey-join-wrong", take_up(&nobody, &nameless)),
        sample("passkey-join-late", take_up(&nobody, &refused)),
    ]
}
