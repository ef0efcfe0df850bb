use domain::plan::exchange::Rendered;
use domain::plan::types::PlanError;

use super::{Answer, Ending, Recorded};

#[test]
fn an_ending_is_recorded_in_one_form() {
    let rendered = Rendered { name: "a.csv".into(), media_type: "text/csv".into(), bytes: vec![65] };
    let cases = [
        (Ending::Answer(Answer::Presume(None)), r#"{"answer":{"presume":null}}"#),
        (
            Ending::Answer(Answer::Render(rendered)),
            r#"{"answer":{"render":{"name":"a.csv","media_type":"text/csv","bytes":[65]}}}"#,
        ),
        (
            Ending::GuestError(PlanError::Internal("broken".into())),
            r#"{"guest-error":{"internal":"broken"}}"#,
        ),
        (Ending::Trap("unreachable"), r#"{"fault":"trap"}"#),
        (Ending::Deadline, r#"{"fault":"deadline"}"#),
        (Ending::Memory { wanted: 1 }, r#"{"fault":"memory"}"#),
        (Ending::StackOverflow, r#"{"fault":"stack-overflow"}"#),
        (Ending::BadOutput { at: "/findings: the list is too long".into() }, r#"{"fault":"bad-output"}"#),
        (Ending::Saturated, r#"{"fault":"saturated"}"#),
    ];
    for (ending, expected) in cases {
        let bytes = Recorded::from(&ending).canonical_bytes();
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
        let read: Recorded = serde_json::from_slice(&bytes).expect("what was written can be read");
        assert!(read == Recorded::from(&ending));
        let longer = [&bytes[..], b" "].concat();
        let others: [&[u8]; 3] = [&bytes[1..], &bytes[..bytes.len() - 1], &longer];
        assert!(read.is(&bytes) && !others.iter().any(|other| read.is(other)), "{expected}");
    }
}

#[test]
fn an_ending_prints_nothing_that_a_guest_said() {
    let said = "Maria Invented";
    let endings = [
        Ending::Answer(said.to_owned()),
        Ending::GuestError(PlanError::Internal(said.to_owned())),
        Ending::BadOutput { at: "/notes/0: the list is too long".to_owned() },
    ];
    let printed = endings.map(|ending| format!("{ending:?}"));
    assert_eq!(printed, ["answer", "guest-error", "bad-output (/notes/0: the list is too long)"]);
}
