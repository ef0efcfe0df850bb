use super::*;

fn request(version: Version, address: &str, hosts: &[&str]) -> Request {
    let mut request = Request::builder().version(version).uri(address);
    for host in hosts {
        request = request.header(header::HOST, *host);
    }
    request.body(Body::empty()).unwrap()
}

#[test]
fn a_request_is_for_one_host() {
    let any = Gate::new(&Traffic::default());
    let named = Gate::new(&Traffic { hosts: vec!["Crosswalk.example".to_owned()], ..Traffic::default() });
    let (old, new) = (Version::HTTP_10, Version::HTTP_11);
    for (version, address, hosts, by_any, by_named) in [
        (new, "/", &["127.0.0.1:8080"][..], "ok", "misdirected"),
        (new, "/", &["crosswalk.example"], "ok", "ok"),
        (new, "/", &["CROSSWALK.example:443"], "ok", "ok"),
        (new, "/", &["[::1]:8080"], "ok", "misdirected"),
        (new, "http://crosswalk.example/", &["other.example"], "ok", "ok"),
        (new, "/", &[], "bad-host", "bad-host"),
        (new, "/", &[""], "bad-host", "bad-host"),
        (new, "/", &["a.example", "a.example"], "bad-host", "bad-host"),
        (new, "/", &["a.example, b.example"], "bad-host", "bad-host"),
        (new, "/", &["user@crosswalk.example"], "bad-host", "bad-host"),
        (new, "/", &["crosswalk.example/path"], "bad-host", "bad-host"),
        (old, "/", &[], "ok", "ok"),
    ] {
        let code = |gate: &Gate| match gate.check_host(&request(version, address, hosts)) {
            Ok(()) => "ok",
            Err(refused) => refused.code().name(),
        };
        assert_eq!((code(&any), code(&named)), (by_any, by_named), "{address} {hosts:?}");
    }
}

#[test]
fn heads_are_bounded() {
    let sized = |address: usize, field: usize| {
        let request =
            Request::builder().uri(format!("/{}", "a".repeat(address - 1))).header("x-a", "b".repeat(field));
        match check_size(&request.body(Body::empty()).unwrap()) {
            Ok(()) => "ok",
            Err(refused) => refused.code().name(),
        }
    };
    assert_eq!(sized(MOST_ADDRESS_BYTES, 1), "ok");
    assert_eq!(sized(MOST_ADDRESS_BYTES + 1, 1), "address-too-long");
    assert_eq!(sized(1, MOST_HEADER_BYTES - 7), "ok");
    assert_eq!(sized(1, MOST_HEADER_BYTES - 6), "headers-too-large");
}

#[test]
fn a_request_is_counted_once_and_a_refused_one_stays_so() {
    let gate = Gate::new(&Traffic { at_once_per_key: 1, ..Traffic::default() });
    let person = Known::Person("acc_0198f0c2a3b47c5d8e9f00112233aabb".parse().unwrap());
    let (first, second) = (Passage(Arc::default()), Passage(Arc::default()));
    let passes = |passage: &Passage| gate.count(person, Some(passage)).is_ok();
    assert_eq!([passes(&first), passes(&first)], [true, true], "it is one request");
    assert_eq!([passes(&second), passes(&second)], [false, false], "the first is under way");
    drop(first);
    assert!(passes(&second));
}
