//! The rules desk of a plan: an analyst uploads a version, another puts it live, and either takes it back.
//! For people of other organizations it is not there.

use serde_json::{Value, json};

use crate::harness::{
    Answer, County, Database, Page, Request, Seat, Server, component, on_both_databases, text, until, variant,
};
use crate::lifecycle::{bytes_of, hex, signing_key};

on_both_databases! {
    a_file_that_is_no_version_is_refused_with_every_reason
    two_people_put_a_version_live_and_one_rolls_it_back
    what_the_policy_wants_comes_first
    the_only_version_is_not_rolled_back
    nobody_else_finds_the_desk
    the_desk_speaks_spanish_and_keeps_what_was_typed
    keys_are_made_shown_once_and_ended
    a_version_is_revoked_for_good
    a_version_is_signed_and_approved
}

const PLAN: &str = "valle-vista";
const RULES: &str = "/portal/rules";

/// A county of its own, which waits for a component to be compiled.
fn own(database: Database) -> County {
    County::of(Server::start_with(database, &[("CROSSWALK_COMPILE_WAIT_MS", "300000")]), &[PLAN])
}

#[track_caller]
fn analyst(county: &County) -> Seat {
    Seat::at(county, &county.organization_of(PLAN), &["analyst"])
}

fn set_policy(county: &County, requires: &[&str]) {
    let body = json!({ "requires": requires, "roll_back": { "most_faults_per_hundred": 20, "at_least": 20, "among": 100 } });
    let request = Request::post(format!("/v1/plans/{PLAN}/policy"), &body).method("PUT");
    county.client().send(&request.by(&county.server.operator)).with(200);
}

/// The form of the upload as a browser sends it, with these fields beside the file.
fn file_form(seat: &Seat, fields: &[(&str, &str)], file: &[u8]) -> Request {
    let file = ("component", "rules.wasm", "application/wasm", file);
    seat.form_with_files("/portal/rules/upload", fields, &[file])
}

#[track_caller]
fn upload(seat: &Seat, note: &str, file: &[u8]) -> Answer {
    let once = seat.get("/portal/rules/upload").with(200).value("once");
    seat.send(file_form(seat, &[("once", &once), ("note", note)], file))
}

/// The page that came of an upload that was refused.
fn page_of(answer: Answer) -> Page {
    let html = String::from_utf8(answer.bytes).expect("a page is UTF-8");
    Page { status: answer.status, address: "/portal/rules/upload".to_owned(), html }
}

/// Uploads the plan's rules as another component, and gives its digest once it is compiled.
#[track_caller]
fn uploaded(county: &County, seat: &Seat, mark: &str) -> String {
    let bytes = variant(PLAN, mark);
    county.lend_machine_code(&bytes);
    let answer = upload(seat, mark, &bytes);
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.bytes));
    let address = answer.header("location").to_owned();
    until("the version to be ready", || {
        seat.get(&address).with(200).text().contains("Ready It compiled.").then_some(())
    });
    address.strip_prefix("/portal/rules/").expect("the address of a version").to_owned()
}

fn plugin(county: &County, digest: &str) -> Value {
    county.client().read(&county.plan(PLAN).admin, &format!("/v1/plugins/{digest}"))
}

/// Sends the sentence with the first choices, which say "from now on, for everybody".
#[track_caller]
fn sentence(seat: &Seat, digest: &str, button: &str) -> Page {
    let path = format!("{RULES}/{digest}/live");
    let form = seat.get(&path).with(200);
    assert_eq!(form.action(), path);
    let read =
        seat.post(&path, &[("once", &form.value("once")), ("when", "now"), ("button", "read")]).with(200);
    assert!(read.text().contains("From now on, version"), "{}", read.text());
    let fields = ["when", "day", "time", "days", "rules-from", "whom", "share", "counties", "once"];
    let values: Vec<(&str, String)> = fields.into_iter().map(|name| (name, read.value(name))).collect();
    let mut sent: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent.push(("button", button));
    seat.post(&path, &sent)
}

#[track_caller]
fn says(page: &Page, wanted: &str) {
    assert!(page.text().contains(wanted), "{}: no \"{wanted}\" in {}", page.address, page.text());
}

#[track_caller]
fn says_not(page: &Page, unwanted: &str) {
    assert!(!page.text().contains(unwanted), "{}: \"{unwanted}\" in {}", page.address, page.text());
}

fn a_file_that_is_no_version_is_refused_with_every_reason(database: Database) {
    let county = County::shared(database);
    let seat = analyst(county);
    // A component without a profile, a core module, no WebAssembly at all, and another plan's rules.
    let files = [
        b"\0asm\x0d\0\x01\0".to_vec(),
        b"\0asm\x01\0\0\0".to_vec(),
        b"not a component".to_vec(),
        component("harbor-crest"),
    ];
    for file in files {
        let path = format!("/v1/plans/{PLAN}/plugins");
        let request = Request::bytes(path, "application/wasm", file.clone()).by(&county.plan(PLAN).admin);
        let refused = county.client().send(&request).with(422);
        let reasons = refused["errors"].as_array().expect("reasons").clone();
        assert!(!reasons.is_empty());
        let page = page_of(upload(&seat, "a first try", &file)).with(422);
        for reason in &reasons {
            for part in ["/pointer", "/detail", "/fix"] {
                let said: Vec<&str> = text(reason, part).split_whitespace().collect();
                says(&page, &said.join(" "));
            }
        }
        assert!(page.html.contains("<title>Error: "), "the title says that it failed");
        assert_eq!(page.value("note"), "a first try", "what was typed is kept");
    }
    // Without a file there is nothing to check.
    says(&page_of(upload(&seat, "", b"")).with(422), "Choose the file of the version");
    let listed = county.client().read(&county.plan(PLAN).admin, &format!("/v1/plans/{PLAN}/plugins"));
    let mine = listed["items"].as_array().expect("a list").iter().filter(|one| one["file"] == "rules.wasm");
    assert_eq!(mine.count(), 0, "nothing of it is kept");
}

fn two_people_put_a_version_live_and_one_rolls_it_back(database: Database) {
    let county = own(database);
    set_policy(&county, &["two-people"]);
    let (ana, ben) = (analyst(&county), analyst(&county));
    let before = county.plan(PLAN).digest.clone();
    let digest = uploaded(&county, &ana, "by two");
    let address = format!("{RULES}/{digest}");

    // Whoever uploaded it is told that another must confirm, and cannot do it all the same.
    let page = ana.get(&format!("{address}/live")).with(200);
    says(&page, "another person of your plan must confirm");
    says(&sentence(&ana, &digest, "do").with(422), "You uploaded it. Another person must put it live.");
    assert_eq!(plugin(&county, &digest)["state"], "compiled");

    // So it is asked for; it decides nothing by that.
    let asked = sentence(&ana, &digest, "ask").with(200);
    assert_eq!(asked.address, address);
    says(&asked, "Waits for a second person");
    assert_eq!(asked.field("proposal"), None, "it is not hers to confirm");
    says(&ana.get(RULES).with(200), "You asked for it");
    assert_eq!(plugin(&county, &digest)["state"], "compiled");

    // The second person finds it, with the name of who asked.
    let desk = ben.get(RULES).with(200);
    says(&desk, "For you to confirm");
    let name = county.client().read(&county.server.operator, "/v1/accounts?limit=200");
    let uploader = plugin(&county, &digest)["uploaded_with"].clone();
    let account = name["items"].as_array().expect("a list").iter().find(|one| one["id"] == uploader);
    let name = text(account.expect("her account uploaded it"), "/name").to_owned();
    says(&desk, &name);
    let page = ben.get(&address).with(200);
    let (proposal, once) = (page.value("proposal"), page.value("once"));

    // Not she herself, though she knows the form.
    let confirm = format!("{address}/confirm");
    let own_once = ana.get(&address).with(200).value("once");
    let refused = ana.post(&confirm, &[("once", &own_once), ("proposal", &proposal)]).with(422);
    says(&refused, "Another person must put it live.");
    assert_eq!(plugin(&county, &digest)["state"], "compiled");

    // He confirms; a second tap comes to the same.
    for _ in 0..2 {
        let live = ben.post(&confirm, &[("once", &once), ("proposal", &proposal)]).with(200);
        assert_eq!(live.address, address);
        says(&live, "Live It decides since");
        says_not(&live, "Waits for a second person");
    }
    let shown = plugin(&county, &digest);
    assert_eq!(shown["state"], "active");
    assert_eq!(shown["activations"].as_array().map(Vec::len), Some(1), "it was done once");
    let approver = text(&shown, "/approval/by").to_owned();
    assert!(approver.starts_with("acc_") && text(&shown, "/uploaded_with").starts_with("acc_"), "{shown}");
    assert_ne!(Value::from(&*approver), uploader);

    // The record names both people.
    let trail = |action: &str| {
        let path = format!("/v1/audit?subject={digest}&action={action}");
        let page = county.client().read(&county.server.operator, &path);
        page["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| entry["account"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(trail("upload-plugin").as_slice(), std::slice::from_ref(&uploader));
    assert_eq!(trail("propose-activation"), [uploader]);
    assert_eq!(trail("activate-plugin"), [Value::from(&*approver)]);
    let path = format!("/v1/plans/{PLAN}/plugins/{digest}/timeline");
    let steps = county.client().read(&county.plan(PLAN).admin, &path);
    let steps = steps["items"].as_array().expect("a list");
    let activated = steps.iter().find(|step| step["event"] == "activate").expect("it was activated");
    assert_eq!(text(activated, "/actor/person"), approver);

    // Watched, and taken back in two steps.
    let watch = ana.get(&format!("{address}/watch")).with(200);
    says(&watch, "It stops by itself");
    says(&watch, "It answers since");
    let back = ana.get(&format!("{address}/roll-back")).with(200);
    says(&back, "From the next request on, version");
    assert_eq!(plugin(&county, &digest)["state"], "active", "to read it does nothing");
    let done = ana.post(&back.action(), &[("once", &back.value("once"))]).with(200);
    assert_eq!(done.address, address);
    says(&done, "Rolled back It was taken back");
    assert_eq!(plugin(&county, &digest)["state"], "rolled-back");
    let plans = county.client().read(&county.plan(PLAN).admin, "/v1/plans");
    assert_eq!(text(&plans, "/items/0/active/digest"), before);
    says(&ben.get(RULES).with(200), "Rolled back on");
}

fn what_the_policy_wants_comes_first(database: Database) {
    let county = own(database);
    set_policy(&county, &["receipt", "shadow"]);
    let seat = analyst(&county);
    let digest = uploaded(&county, &seat, "with evidence");
    let address = format!("{RULES}/{digest}");
    let refused = sentence(&seat, &digest, "do").with(422);
    says(&refused, "Have it checked on its page.");
    says(&refused, "compared with past cases first");
    let page = seat.get(&address).with(200);
    says(&page, "The kit has not checked it yet.");
    let (check, once) = (format!("{address}/check"), page.value("once"));
    let shown = seat.post(&check, &[("once", &once), ("in-language", "en")]).with(200);
    says(&shown, "The kit has not checked it yet.");
    let checked = seat.post(&check, &[("once", &once)]).with(200);
    says(&checked, "Check Result Cases Did not hold");
    says(&checked, "Checked The kit found nothing wrong.");
    let refused = sentence(&seat, &digest, "do").with(422);
    says_not(&refused, "Have it checked on its page.");
    says(&refused, "compared with past cases first");

    // Without that demand it goes live at once, by one person.
    set_policy(&county, &["receipt"]);
    says(&sentence(&seat, &digest, "do").with(200), "Live It decides since");

    // Later, for some providers: wrong entries are said together and kept, right ones are read back in words.
    let form = seat.get(&format!("{address}/live")).with(200);
    let later = |day: &str, share: &str, button: &str| {
        let once = form.value("once");
        let fields = [
            ("once", once.as_str()),
            ("when", "later"),
            ("day", day),
            ("time", "00:00"),
            ("days", "from"),
            ("rules-from", "2099-01-01"),
            ("whom", "share"),
            ("share", share),
            ("button", button),
        ];
        seat.post(&form.action(), &fields)
    };
    let wrong = later("2099-02-30", "100", "read").with(422);
    says(&wrong, "Enter the day from which it answers");
    says(&wrong, "Enter a number from 1 to 99");
    assert_eq!((wrong.value("day"), wrong.value("share")), ("2099-02-30".to_owned(), "100".to_owned()));
    let read = later("2099-01-01", "10", "read").with(200);
    says(&read, "From January 1, 2099, 12:00 a.m. on, version");
    says(&read, "requests about January 1, 2099 and later days, for 10 of 100 providers");
    later("2099-01-01", "10", "do").with(200);
    let desk = seat.get(RULES).with(200);
    says(&desk, "for 10 of 100 providers, always the same ones");
    says(&desk, "Scheduled");
    let on_a_day = seat.get("/portal/rules?on=2099-01-02").with(200);
    says(&on_a_day, "What comes on Friday, January 2, 2099 about that day will be answered by version");
    says(&seat.get("/portal/rules?on=soon").with(422), "Enter a day of the calendar");
}

fn the_only_version_is_not_rolled_back(database: Database) {
    let county = own(database);
    let seat = analyst(&county);
    let path = format!("{RULES}/{}/roll-back", county.plan(PLAN).digest);
    let page = seat.get(&path).with(200);
    says(&page, "No other version stands behind it");
    assert_eq!(page.field("once"), None, "there is nothing to send");
    // Whoever sends it all the same is told why not.
    let other = uploaded(&county, &seat, "beside it");
    let once = seat.get(&format!("{RULES}/{other}")).with(200).value("once");
    says(&seat.post(&path, &[("once", &once)]).with(422), "No other version stands behind it");
    assert_eq!(plugin(&county, &county.plan(PLAN).digest)["state"], "active");
}

/// Text of the page that says that nothing is there, without the number of the request.
#[track_caller]
fn nothing(page: Page) -> String {
    let text = page.with(404).text();
    text.split("Number for your question").next().unwrap_or_default().to_owned()
}

fn nobody_else_finds_the_desk(database: Database) {
    let county = County::shared(database);
    let digest = &county.plan(PLAN).digest;
    let version = format!("{RULES}/{digest}");
    let pages = [
        RULES.to_owned(),
        format!("{RULES}/upload"),
        format!("{RULES}/keys"),
        version.clone(),
        format!("{version}/live"),
        format!("{version}/watch"),
        format!("{version}/roll-back"),
        format!("{version}/revoke"),
    ];
    let steps = ["live", "confirm", "check", "roll-back", "revoke"].map(|step| format!("{version}/{step}"));
    let fields = [("once", "attempt1"), ("button", "do"), ("reason", "none"), ("proposal", "evt_1")];
    let outsiders = [
        Seat::at(county, &county.provider("open-door").id, &["coordinator"]),
        Seat::at(county, &county.server.office(), &["county-analyst"]),
    ];
    for seat in &outsiders {
        let nowhere = nothing(seat.get("/portal/nowhere"));
        for page in &pages {
            assert_eq!(nothing(seat.get(page)), nowhere, "{page} looks as if it were not there");
        }
        for step in steps.iter().chain([&format!("{RULES}/keys")]) {
            assert_eq!(nothing(seat.post(step, &fields)), nowhere, "{step}");
        }
        let refused = seat.send(file_form(seat, &[("once", "attempt1")], b"\0asm"));
        assert_eq!(refused.status, 404);
        says_not(&seat.get("/portal/criteria").with(200), "Rules");
    }
    // Another plan's analyst has a desk, and nothing of this plan on it.
    let neighbour = Seat::at(county, &county.organization_of("harbor-crest"), &["analyst"]);
    says(&neighbour.get(RULES).with(200), "Rules of Harbor Crest Health");
    let nowhere = nothing(neighbour.get("/portal/nowhere"));
    for page in pages.iter().skip(3) {
        assert_eq!(nothing(neighbour.get(page)), nowhere, "{page}");
    }
    for step in &steps {
        assert_eq!(nothing(neighbour.post(step, &fields)), nowhere, "{step}");
    }
    // Others of the plan are told that it is not their work.
    let reviewer = Seat::at(county, &county.organization_of(PLAN), &["reviewer"]);
    says(&reviewer.get(RULES).with(403), "Your role does not do this");
    assert_eq!(plugin(county, digest)["state"], "active");
}

fn the_desk_speaks_spanish_and_keeps_what_was_typed(database: Database) {
    let county = County::shared(database);
    let seat = analyst(county);
    let path = format!("{RULES}/{}/live", county.plan(PLAN).digest);
    let form = seat.get(&path).with(200);
    let fields = [
        ("once", &*form.value("once")),
        ("whom", "share"),
        ("share", "17"),
        ("when", "later"),
        ("in-language", "es"),
    ];
    let spanish = seat.post(&path, &fields).with(200);
    says(&spanish, "¿Desde cuándo responde?");
    assert_eq!((spanish.value("whom"), spanish.value("share")), ("share".to_owned(), "17".to_owned()));
    assert_eq!(spanish.value("when"), "later");
    // The choice stays, on every page.
    let desk = seat.get(RULES).with(200);
    assert!(desk.html.contains("<html lang=\"es\">"));
    says(&desk, "Reglas de Valle Vista Health Plan");
    says(&desk, "Qué responde ahora");
    let version = seat.get(&format!("{RULES}/{}", county.plan(PLAN).digest)).with(200);
    says(&version, "Activa Decide desde el");
    says(&version, "Servicios que declara");
    let refused = page_of(upload(&seat, "primer intento", b"not a component")).with(422);
    says(&refused, "Esto no se subió");
    assert!(refused.html.contains("<title>Error: "));
    assert_eq!(refused.value("note"), "primer intento");
    says(&seat.get(&format!("{RULES}/keys")).with(200), "La fija la administración del condado.");
    // A file cannot be handed back, and the page says so.
    let once = seat.get(&format!("{RULES}/upload")).with(200).value("once");
    let form = file_form(&seat, &[("once", &once), ("note", "kept"), ("in-language", "en")], b"\0asm");
    let english = page_of(seat.send(form)).with(200);
    says(&english, "Choose the file again");
    assert_eq!(english.value("note"), "kept");
}

fn keys_are_made_shown_once_and_ended(database: Database) {
    let county = own(database);
    let organization = county.organization_of(PLAN);
    let new = json!({
        "organization": organization, "name": "Dana Reyes", "language": "en", "email": "dana@seats.example",
        "roles": ["analyst"], "administers": true,
    });
    let dana = Seat::invited(&county.client(), &county.server.operator, &new);
    let path = format!("{RULES}/keys");
    let page = dana.get(&path).with(200);
    let empty =
        dana.post(&path, &[("once", &page.value("once")), ("label", " "), ("ends", "soon")]).with(422);
    says(&empty, "Write what the key is for");
    says(&empty, "Enter a day that is still to come");
    assert_eq!(empty.value("ends"), "soon");

    let once = page.value("once");
    let fields =
        [("once", &*once), ("label", "nightly upload"), ("role", "plan-admin"), ("ends", "2099-12-31")];
    let policy = format!("/v1/plans/{PLAN}/policy");
    let made = dana.post(&path, &fields).with(200);
    says(&made, "The key “nightly upload” was made.");
    let secret = made.html.split("id=\"secret\">").nth(1).and_then(|rest| rest.split('<').next());
    let secret = secret.expect("the page shows it").to_owned();
    county.client().read(&secret, &policy);
    // A second tap makes no second key, and loses nobody the secret.
    says(&dana.post(&path, &fields).with(200), &secret);
    let again = dana.get(&path).with(200);
    says_not(&again, &secret);
    assert_eq!(again.text().matches("nightly upload").count(), 1);
    says(&again, "Ends on");

    let end = again.link("nightly upload");
    let ask = dana.get(&end).with(200);
    says(&ask, "End the key “nightly upload”?");
    county.client().read(&secret, &policy);
    says(&dana.post(&ask.action(), &[("once", &ask.value("once"))]).with(200), "Ended on");
    let turned_away = county.client().send(&Request::get(&*policy).by(&secret));
    assert_eq!(turned_away.status, 401);

    // A signing key: its public half goes in, and it is ended in two steps.
    let public = hex(&signing_key(9).pk[..]);
    let signing = format!("{path}/signing");
    let once = dana.get(&path).with(200).value("once");
    let wrong =
        dana.post(&signing, &[("once", &once), ("purpose", "release"), ("public", &public[1..])]).with(422);
    says(&wrong, "Enter the public half of an Ed25519 key");
    assert_eq!(wrong.value("purpose"), "release");
    let added =
        dana.post(&signing, &[("once", &once), ("purpose", "release"), ("public", &public)]).with(200);
    says(&added, "Counts");
    let once = added.value("once");
    let known = dana.post(&signing, &[("once", &once), ("purpose", "twice"), ("public", &public)]).with(422);
    says(&known, "Your plan has this key already");
    let ask = dana.get(&added.link("release")).with(200);
    let ended = dana.post(&ask.action(), &[("once", &ask.value("once"))]).with(200);
    says_not(&ended, "Counts");
    let keys = county.client().read(&county.plan(PLAN).admin, &format!("/v1/plans/{PLAN}/signing-keys"));
    assert!(keys["items"][0]["retired_at"].is_string(), "{keys}");

    // Who does not look after keys sees none, and makes none.
    let ana = analyst(&county);
    let page = ana.get(&path).with(200);
    says(&page, "Whoever looks after your organization’s people and keys sees these.");
    says_not(&page, "nightly upload");
    ana.post(&path, &[("once", &page.value("once")), ("label", "mine"), ("role", "plan-admin")]).with(403);
}

fn a_version_is_signed_and_approved(database: Database) {
    let county = own(database);
    set_policy(&county, &["signature"]);
    let (ana, ben) = (analyst(&county), analyst(&county));
    let keys = format!("{RULES}/keys");
    let pair = signing_key(11);
    let once = ana.get(&keys).with(200).value("once");
    ana.post(&keys_of(&keys), &[("once", &once), ("purpose", "release"), ("public", &hex(&pair.pk[..]))])
        .with(200);
    let digest = uploaded(&county, &ana, "to be signed");
    let address = format!("{RULES}/{digest}");
    let page = ana.get(&address).with(200);
    says_not(&page, "Approve it without putting it live");
    says(&sentence(&ana, &digest, "do").with(422), "wants it signed");
    let (key, once) = (page.value("key"), page.value("once"));
    let sign = |signature: &str| {
        ana.post(&page.action(), &[("once", &once), ("key", &key), ("signature", signature)])
    };
    let other = hex(&pair.sk.sign(b"another version", None)[..]);
    for wrong in ["", "12", &other] {
        let again = sign(wrong).with(422);
        says(&again, "This is no signature with this key over this version.");
        assert_eq!((again.value("signature"), again.value("key")), (wrong.to_owned(), key.clone()));
    }
    says(&sign(&hex(&pair.sk.sign(bytes_of(&digest), None)[..])).with(200), "It was signed.");
    let page = ben.get(&address).with(200);
    says(&page, "Approve it without putting it live");
    let (approve, once) = (format!("{address}/approve"), page.value("once"));
    ben.post(&approve, &[("once", &once), ("in-language", "en")]).with(200);
    assert_ne!(plugin(&county, &digest)["state"], "approved", "a form that is shown again approves nothing");
    let approved = ben.post(&approve, &[("once", &once)]).with(200);
    says(&approved, "Approved Somebody answers for it.");
    assert_eq!(plugin(&county, &digest)["state"], "approved");
    let accounts = county.client().read(&county.server.operator, "/v1/accounts?limit=200");
    let by = plugin(&county, &digest)["approval"]["by"].clone();
    let ben = accounts["items"].as_array().expect("a list").iter().find(|one| one["id"] == by);
    says(&ana.get(&address).with(200), text(ben.expect("his account approved it"), "/name"));
}

/// Address to which a signing key is posted.
fn keys_of(keys: &str) -> String {
    format!("{keys}/signing")
}

fn a_version_is_revoked_for_good(database: Database) {
    let county = own(database);
    let seat = analyst(&county);
    let digest = uploaded(&county, &seat, "not for long");
    let path = format!("{RULES}/{digest}/revoke");
    let page = seat.get(&path).with(200);
    says(&page, "This cannot be undone.");
    let once = page.value("once");
    says(&seat.post(&path, &[("once", &once), ("reason", "  ")]).with(422), "Write the reason on one line");
    assert_eq!(plugin(&county, &digest)["state"], "compiled");
    let revoked = seat.post(&path, &[("once", &once), ("reason", "pays a code twice")]).with(200);
    says(&revoked, "Revoked It was ended for good");
    says(&revoked, "pays a code twice");
    assert_eq!(plugin(&county, &digest)["state"], "revoked");
    says(&sentence_refused(&seat, &digest), "It was revoked and never decides again.");
}

/// The sentence about a version that cannot be put live at all.
#[track_caller]
fn sentence_refused(seat: &Seat, digest: &str) -> Page {
    let path = format!("{RULES}/{digest}/live");
    let once = seat.get(&path).with(200).value("once");
    seat.post(&path, &[("once", &once), ("when", "now"), ("button", "do")]).with(422)
}
