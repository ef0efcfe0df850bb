use super::Question;
use crate::plan::exchange::{Cell, Outgoing};

#[test]
fn a_question_can_be_read_back() {
    let cell = Cell { name: "amount".into(), value: "12.00".into() };
    let question =
        Question::Render { document: Outgoing { layout: "return".into(), rows: vec![vec![cell]] } };
    let bytes = question.canonical_bytes();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        r#"{"render":{"document":{"layout":"return","rows":[[{"name":"amount","value":"12.00"}]]}}}"#
    );
    assert!(serde_json::from_slice::<Question>(&bytes).expect("what was written can be read") == question);
}
