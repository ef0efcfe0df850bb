use super::*;

#[test]
fn procedures_are_read_from_text() {
    let cases = [
        ("H0043", Ok("H0043")),
        ("h0043 u6", Ok("H0043 U6")),
        ("G9012 U8 GQ", Ok("G9012 GQ U8")),
        ("  G9012   GQ U8 ", Ok("G9012 GQ U8")),
        ("G9012 A1 A2 A3 A4", Ok("G9012 A1 A2 A3 A4")),
        ("G9012 A1 A2 A3 A4 A5", Err(ProcedureError::TooManyModifiers)),
        ("G9012 U8 u8", Err(ProcedureError::RepeatedModifier)),
        ("G9012 U88", Err(ProcedureError::Modifier(ModifierError))),
        ("", Err(ProcedureError::Code(HcpcsError))),
        ("90834", Err(ProcedureError::Code(HcpcsError))),
    ];
    for (text, expected) in cases {
        let read = text.parse::<Procedure>().map(|procedure| procedure.to_string());
        assert_eq!(read, expected.map(str::to_owned), "{text}");
    }
}

#[test]
fn json_holds_code_and_modifiers() {
    let text = r#"{"code":"G9012","modifiers":["GQ","U8"]}"#;
    let procedure: Procedure = "G9012 U8 GQ".parse().unwrap();
    assert_eq!(serde_json::to_string(&procedure).unwrap(), text);
    let read = [text, r#"{"code":"g9012","modifiers":["U8","GQ"]}"#];
    for text in read {
        assert_eq!(serde_json::from_str::<Procedure>(text).unwrap(), procedure);
    }
    let refused = [
        r#"{"code":"G9012","modifiers":["U8","U8"]}"#,
        r#"{"code":"G9012","modifiers":["A1","A2","A3","A4","A5"]}"#,
        r#"{"code":"G9012","modifiers":[],"units":1}"#,
        r#"{"modifiers":[]}"#,
        r#"{"code":"9012","modifiers":[]}"#,
    ];
    for text in refused {
        assert!(serde_json::from_str::<Procedure>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Procedure>(r#"{"code":"G9012"}"#).unwrap().modifiers.is_empty());
}
