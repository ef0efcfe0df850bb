use proptest::prelude::*;

use super::*;

#[test]
fn amounts_are_read_exactly() {
    let cases = [
        ("0", Ok(Cents(0))),
        ("1250", Ok(Cents(125_000))),
        ("1250.5", Ok(Cents(125_050))),
        (" 1250.50 ", Ok(Cents(125_050))),
        ("-0.05", Ok(Cents(-5))),
        ("0.10", Ok(Cents(10))),
        ("92233720368547758.07", Ok(Cents(i64::MAX))),
        ("-92233720368547758.08", Ok(Cents(i64::MIN))),
        ("92233720368547758.08", Err(CentsError::Range)),
        ("1000000000000000000000", Err(CentsError::Range)),
        ("", Err(CentsError::Shape)),
        ("-", Err(CentsError::Shape)),
        (".5", Err(CentsError::Shape)),
        ("5.", Err(CentsError::Shape)),
        ("1.234", Err(CentsError::Shape)),
        ("1,250.00", Err(CentsError::Shape)),
        ("$5", Err(CentsError::Shape)),
        ("1e3", Err(CentsError::Shape)),
        ("+5", Err(CentsError::Shape)),
        ("--5", Err(CentsError::Shape)),
        ("1.2.3", Err(CentsError::Shape)),
        ("١", Err(CentsError::Shape)),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Cents>(), expected, "{text}");
    }
}

#[test]
fn amounts_are_written_with_two_decimals() {
    let cases =
        [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (125_050, "1250.50"), (i64::MIN, "-92233720368547758.08")];
    for (cents, text) in cases {
        assert_eq!(Cents(cents).to_string(), text);
    }
}

#[test]
fn sums_stop_at_the_range() {
    let most = Cents(i64::MAX);
    let cases = [
        (Cents::sum([Cents(1), Cents(2), Cents(-4)]), Some(Cents(-1))),
        (Cents::sum([]), Some(Cents::ZERO)),
        (Cents::sum([most, Cents(1)]), None),
        (most.checked_add(Cents(1)), None),
        (Cents(i64::MIN).checked_sub(Cents(1)), None),
        (Cents(450).checked_sub(Cents(500)), Some(Cents(-50))),
        (Cents(450).checked_times(3), Some(Cents(1_350))),
        (most.checked_times(2), None),
    ];
    for (index, (sum, expected)) in cases.into_iter().enumerate() {
        assert_eq!(sum, expected, "case {index}");
    }
}

#[test]
fn json_is_cents_or_a_decimal_string() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Bill {
        raw: Cents,
        #[serde(with = "decimal")]
        shown: Cents,
        #[serde(with = "optional_decimal", default)]
        limit: Option<Cents>,
    }
    let bill = Bill { raw: Cents(125), shown: Cents(125), limit: Some(Cents(5)) };
    let text = r#"{"raw":125,"shown":"1.25","limit":"0.05"}"#;
    assert_eq!(serde_json::to_string(&bill).unwrap(), text);
    assert_eq!(serde_json::from_str::<Bill>(text).unwrap(), bill);
    let none = serde_json::from_str::<Bill>(r#"{"raw":1,"shown":"1"}"#).unwrap();
    assert_eq!(none, Bill { raw: Cents(1), shown: Cents(100), limit: None });
    assert!(serde_json::from_str::<Bill>(r#"{"raw":1.5,"shown":"1"}"#).is_err());
    assert!(serde_json::from_str::<Bill>(r#"{"raw":1,"shown":1.25}"#).is_err());
}

proptest! {
    #[test]
    fn every_amount_survives_its_text(cents: i64) {
        prop_assert_eq!(Cents(cents).to_string().parse(), Ok(Cents(cents)));
    }

    #[test]
    fn no_text_panics(text in ".*") {
        let _ = text.parse::<Cents>();
    }
}
