use proptest::prelude::*;

use super::*;

#[test]
fn client_index_numbers_are_read_from_numbers_and_cards() {
    let number = Ok("91234567A");
    let cases = [
        ("91234567A", number),
        (" 9123 4567a ", number),
        ("91234567A3", number),
        ("91234567A31045", number),
        ("91234567B", Ok("91234567B")),
        ("123456789", Err(CinError::SocialSecurityNumber)),
        ("123-45-6789", Err(CinError::SocialSecurityNumber)),
        ("912345678", Err(CinError::SocialSecurityNumber)),
        ("12345678931045", Err(CinError::SocialSecurityNumber)),
        ("91111111A", Err(CinError::Filler)),
        ("90000000Z", Err(CinError::Filler)),
        ("81234567A", Err(CinError::Shape)),
        ("9123456AA", Err(CinError::Shape)),
        ("91234567A3104X", Err(CinError::Shape)),
        ("91234567é", Err(CinError::Shape)),
        ("91234567", Err(CinError::Length)),
        ("91234567A31", Err(CinError::Length)),
        ("", Err(CinError::Length)),
    ];
    for (text, expected) in cases {
        assert_eq!(Cin::parse(text).as_ref().map(Cin::expose), expected.as_ref().copied(), "{text}");
    }
}

#[test]
fn a_letter_that_may_not_be_issued_is_only_a_warning() {
    for letter in 'A'..='Z' {
        let cin = Cin::parse(&format!("91234567{letter}")).unwrap();
        assert_eq!(cin.unusual_letter().is_some(), "BIJKLOPQRS".contains(letter), "{letter}");
    }
}

#[test]
fn names_are_kept_as_written() {
    let long = "ñ".repeat(81);
    let cases = [
        (" María de la Cruz ", Ok("María de la Cruz")),
        (&long[..160], Ok(&long[..160])),
        (long.as_str(), Err(PersonNameError::TooLong)),
        ("  ", Err(PersonNameError::Empty)),
        ("Ana\nRuiz", Err(PersonNameError::ControlCharacter)),
    ];
    for (text, expected) in cases {
        assert_eq!(
            PersonName::parse(text).as_ref().map(PersonName::expose),
            expected.as_ref().copied(),
            "{text}"
        );
    }
}

#[test]
fn taxpayer_numbers_have_nine_digits() {
    let cases = [
        ("123456789", Some("123456789")),
        ("12-3456789", Some("123456789")),
        ("123-45-6789", None),
        ("12345678", None),
        ("12345678X", None),
        ("1-23456789", None),
    ];
    for (text, expected) in cases {
        assert_eq!(Tin::parse(text).ok().as_ref().map(Tin::expose), expected, "{text}");
    }
}

#[test]
fn what_is_private_shows_nothing() {
    let cin = Cin::parse("91234567A").unwrap();
    let name = PersonName::parse("Ana").unwrap();
    let tin = Tin::parse("123456789").unwrap();
    let diagnosis: Icd10 = "F20.9".parse().unwrap();
    assert_eq!(format!("{cin:?} {name:?} {tin:?} {diagnosis:?}"), "Cin(..) PersonName(..) Tin(..) Icd10(..)");
}

#[test]
fn errors_never_quote_what_they_refuse() {
    let cases = [
        serde_json::from_str::<Cin>("912345678").unwrap_err(),
        serde_json::from_str::<Cin>("-912345678").unwrap_err(),
        serde_json::from_str::<Cin>("9123.45678").unwrap_err(),
        serde_json::from_str::<Cin>("\"912345678\"").unwrap_err(),
        serde_json::from_str::<Tin>("912345678").unwrap_err(),
        serde_json::from_str::<Npi>("\"912345678\"").unwrap_err(),
        serde_json::from_str::<Hcpcs>("\"912345678\"").unwrap_err(),
        serde_json::from_str::<MemberId>("\"912345678\"").unwrap_err(),
    ];
    for error in cases {
        assert!(!error.to_string().contains("9123"), "{error}");
    }
}

#[test]
fn private_texts_leave_only_where_it_is_said() {
    #[derive(Serialize, Deserialize)]
    struct Row {
        #[serde(with = "exposed_cin")]
        cin: Cin,
        #[serde(with = "exposed_name")]
        name: PersonName,
    }
    let row: Row = serde_json::from_str(r#"{"cin":"91234567a","name":" Ana "}"#).unwrap();
    assert_eq!(serde_json::to_string(&row).unwrap(), r#"{"cin":"91234567A","name":"Ana"}"#);
}

#[test]
fn provider_numbers_have_a_check_digit() {
    let cases = [
        ("1234567893", Ok("1234567893")),
        (" 1245319599 ", Ok("1245319599")),
        ("1234567890", Err(NpiError::CheckDigit)),
        ("1234567983", Err(NpiError::CheckDigit)),
        ("3234567893", Err(NpiError::Shape)),
        ("123456789", Err(NpiError::Shape)),
        ("12345678934", Err(NpiError::Shape)),
        ("123456789X", Err(NpiError::Shape)),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Npi>().as_ref().map(Npi::as_str), expected.as_ref().copied(), "{text}");
    }
}

#[test]
fn codes_are_normalized() {
    let read = |kind: &str, text: &str| match kind {
        "hcpcs" => text.parse::<Hcpcs>().map(|code| code.to_string()).map_err(|error| error.to_string()),
        "modifier" => {
            text.parse::<Modifier>().map(|code| code.to_string()).map_err(|error| error.to_string())
        }
        "county" => text.parse::<County>().map(|code| code.to_string()).map_err(|error| error.to_string()),
        "plan" => text.parse::<PlanId>().map(|code| code.to_string()).map_err(|error| error.to_string()),
        _ => text.parse::<Icd10>().map(|code| code.to_string()).map_err(|error| error.to_string()),
    };
    let cases = [
        ("hcpcs", " h0043 ", Some("H0043")),
        ("hcpcs", "H004", None),
        ("hcpcs", "HH043", None),
        ("modifier", "u6", Some("U6")),
        ("modifier", "25", Some("25")),
        ("modifier", "U", None),
        ("modifier", "é", None),
        ("county", "srv", Some("SRV")),
        ("county", "SR1", None),
        ("plan", "valle-vista", Some("valle-vista")),
        ("plan", "Valle-Vista", None),
        ("plan", "-valle", None),
        ("plan", "", None),
        ("icd10", "z59.00", Some("Z59.00")),
        ("icd10", "Z5900", Some("Z59.00")),
        ("icd10", "I10", Some("I10")),
        ("icd10", "S72.001A", Some("S72.001A")),
        ("icd10", "C7A.00", Some("C7A.00")),
        ("icd10", "Z59.", None),
        ("icd10", "Z5.900", None),
        ("icd10", "Z59.00000", None),
        ("icd10", "Z5", None),
        ("icd10", "5Z9", None),
    ];
    for (kind, text, expected) in cases {
        assert_eq!(read(kind, text).ok().as_deref(), expected, "{kind} {text}");
    }
    assert_eq!("z59.00".parse::<Icd10>().unwrap().expose_without_dot(), "Z5900");
}

#[test]
fn digests_are_sha_256() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of(b"").to_string(), empty);
    assert_eq!(empty.to_uppercase().parse(), Ok(Digest::of(b"")));
    for refused in ["", &empty[1..], &empty.replace('e', "g")] {
        assert_eq!(refused.parse::<Digest>(), Err(DigestError), "{refused}");
    }
}

#[test]
fn row_ids_carry_their_prefix() {
    let member = MemberId::from_uuid(Uuid::from_u128(10));
    let text = "mem_0000000000000000000000000000000a";
    assert_eq!(member.to_string(), text);
    assert_eq!(text.parse(), Ok(member));
    assert_eq!(serde_json::to_string(&member).unwrap(), format!("\"{text}\""));
    let refused = [
        "0000000000000000000000000000000a",
        "case_0000000000000000000000000000000a",
        "mem_0000000000000000000000000000000A",
        "mem_00000000-0000-0000-0000-00000000000a",
        "mem_0a",
    ];
    for text in refused {
        assert!(text.parse::<MemberId>().is_err(), "{text}");
    }
    let error = "x".parse::<CoverageId>().unwrap_err();
    assert_eq!(error.to_string(), "id must be cov_ and 32 lower-case hexadecimal digits");
}

proptest! {
    #[test]
    fn no_text_panics(text in ".*") {
        let _ = (Cin::parse(&text), Tin::parse(&text), text.parse::<Npi>(), text.parse::<Icd10>());
        let _ = (text.parse::<Hcpcs>(), text.parse::<PlanId>(), text.parse::<Digest>(), text.parse::<CaseId>());
    }

    #[test]
    fn every_changed_digit_of_a_provider_number_is_noticed(place in 1_usize..10, by in 1_u8..10) {
        let mut digits = *b"1234567893";
        digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
        let text = std::str::from_utf8(&digits).unwrap();
        prop_assert_eq!(text.parse::<Npi>(), Err(NpiError::CheckDigit));
    }

    #[test]
    fn every_row_id_survives_its_text(bits: u128) {
        let id = EventId::from_uuid(Uuid::from_u128(bits));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }
}
