use super::{address, is_known, log_filter, unknown, wrong_database};

#[test]
fn a_name_that_is_near_is_told() {
    let known = ["CROSSWALK_LISTEN", "CROSSWALK_LOG", "CROSSWALK_DATA"].map(str::to_owned);
    let table = [
        ("CROSSWALK_LISTN", "did you mean `CROSSWALK_LISTEN`?"),
        ("CROSSWALK_DATE", "did you mean `CROSSWALK_DATA`?"),
        ("CROSSWALK_NOTHING_OF_THE_KIND", "unset it; `crosswalk serve --help` lists the names"),
    ];
    for (name, fix) in table {
        assert!(!is_known(name, &known));
        assert!(unknown(name, &known).contains(fix), "{name}");
    }
    for name in ["CROSSWALK_LOG", "CROSSWALK_BIN", "PATH"] {
        assert!(is_known(name, &known), "{name}");
    }
}

#[test]
fn what_can_be_told_is_told_apart() {
    assert_eq!(address("127.0.0.1:8080").map(|found| found.port()), Ok(8080));
    assert_eq!(address("localhost:8091").map(|found| found.ip().is_loopback()), Ok(true));
    for wrong in ["nowhere", "8080", "127.0.0.1", "127.0.0.1:99999"] {
        assert!(address(wrong).is_err_and(|said| said.contains("127.0.0.1:8080")), "{wrong}");
    }
    assert!(log_filter("workflow=debug,info").is_ok());
    assert!(log_filter("nonsense==").is_err());
    for (url, is_wrong) in [
        (None, false),
        (Some("postgres://user@host/crosswalk"), false),
        (Some("postgresql:///crosswalk?host=/run/postgresql"), false),
        (Some("mysql://root:hunter2@host/db"), true),
        (Some(""), true),
    ] {
        let said = wrong_database(url);
        assert_eq!(said.is_some(), is_wrong, "{url:?}");
        assert!(!said.unwrap_or_default().contains("hunter2"), "no password is repeated");
    }
}
