use jiff::Timestamp;

use super::*;

/// The secret of RFC 6238, Appendix B.
fn secret() -> TotpSecret {
    TotpSecret::from_bytes(b"12345678901234567890").unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn codes_are_those_of_the_standard() {
    // Its table has eight digits, of which these are the last six.
    for (second, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(secret().code_at(at(second)), code, "{second}");
        assert_eq!(secret().accepts(code, None, at(second)), Some(second / 30));
    }
}

#[test]
fn a_code_is_good_for_its_step_and_its_neighbours_once() {
    let now = at(1_234_567_890);
    let step = 1_234_567_890 / 30;
    let code = secret().code_at(now);
    for (late, good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
        let found = secret().accepts(&code, None, at(1_234_567_890 + late));
        assert_eq!(found, good.then_some(step), "{late}");
    }
    assert_eq!(secret().accepts(&code, Some(step), now), None, "it was used");
    assert_eq!(secret().accepts(&code, Some(step + 1), now), None, "a later one was used");
    assert_eq!(secret().accepts(&code, Some(step - 1), now), Some(step));
    assert_eq!(secret().accepts(" 005 924 ", None, now), Some(step));
    for wrong in ["", "005925", "05924", "0059240", "+05924", "00592a"] {
        assert_eq!(secret().accepts(wrong, None, now), None, "{wrong:?}");
    }
}

#[test]
fn an_authenticator_reads_the_secret() {
    assert_eq!(secret().in_letters(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(
        secret().uri("San Ravel", "ana@opendoor.example"),
        "otpauth://totp/San%20Ravel:ana%40opendoor.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=San%20Ravel\
         &algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(format!("{:?}", secret()), "TotpSecret(..)");
    assert!(TotpSecret::from_letters("GEZD GNBV GY3T QOJQ gezd gnbv gy3t qojq").unwrap() == secret());
    for no_secret in
        ["", "GEZDGNBV", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV", "1EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    {
        assert!(TotpSecret::from_letters(no_secret).is_none(), "{no_secret}");
    }
    assert!(TotpSecret::from_bytes(b"short").is_none());
    assert!(TotpSecret::of(&[b"one"]) != TotpSecret::of(&[b"two"]));
}

#[test]
fn a_recovery_code_is_read_as_people_type_it() {
    let code = RecoveryCode::of(&[b"random"]);
    let written = code.in_groups();
    assert_eq!((written.len(), written.matches('-').count()), (19, 3));
    for typed in
        [written.clone(), written.to_uppercase(), written.replace('-', " "), written.replace('-', "")]
    {
        assert_eq!(RecoveryCode::read(&typed).map(|read| read.hash()), Some(code.hash()), "{typed}");
    }
    for wrong in ["", "aaaa-bbbb-cccc", "aaaa-bbbb-cccc-ddd1", "aaaa-bbbb-cccc-dddd-eeee", "123456"] {
        assert!(RecoveryCode::read(wrong).is_none(), "{wrong}");
    }
    assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
}
