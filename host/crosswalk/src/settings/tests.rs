use clap::{Arg, Command};

use super::{Readers, address, log_filter, wrong_database};

/// A program in which several commands read variables.
fn program() -> Command {
    let command = |name: &'static str, variables: &[&'static str]| {
        Command::new(name).args(variables.iter().map(|variable| Arg::new(*variable).env(*variable)))
    };
    let serve = ["CROSSWALK_LISTEN", "CROSSWALK_LOG", "CROSSWALK_DATA"];
    let plugin = Command::new("plugin")
        .subcommand(command("push", &["CROSSWALK_PLAN"]))
        .subcommand(command("sign", &["CROSSWALK_PLAN", "CROSSWALK_SIGNING_KEY"]));
    Command::new("crosswalk")
        .subcommand(command("serve", &serve))
        .subcommand(command("doctor", &["CROSSWALK_DATA"]))
        .subcommand(plugin)
}

#[test]
fn a_variable_that_serve_does_not_read_is_told() {
    let readers = Readers::of(&program());
    let table = [
        ("CROSSWALK_LISTN", "did you mean `CROSSWALK_LISTEN`?"),
        ("CROSSWALK_DATE", "did you mean `CROSSWALK_DATA`?"),
        ("CROSSWALK_NOTHING_OF_THE_KIND", "unset it; `crosswalk serve --help` lists the names"),
        ("CROSSWALK_PLAM", "unset it; `crosswalk serve --help` lists the names"),
        ("CROSSWALK_PLAN", "`CROSSWALK_PLAN` is a setting of `crosswalk plugin`, and"),
        ("CROSSWALK_SIGNING_KEY", "is a setting of `crosswalk plugin sign`, and `crosswalk serve` does not"),
    ];
    for (name, fix) in table {
        let said = readers.slip(name).unwrap_or_default();
        assert!(said.contains(fix), "{name}: {said}");
    }
    for name in ["CROSSWALK_LOG", "CROSSWALK_DATA", "CROSSWALK_BIN", "PATH"] {
        assert_eq!(readers.slip(name), None, "{name}");
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
