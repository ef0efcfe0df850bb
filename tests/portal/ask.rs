//! Asking for a service by the pages, and what staff of a provider do on a case.

use serde_json::{Value, json};

use crate::clocks::when_told;
use crate::harness::{
    BORN, COUNTY, Chosen, County, Database, FAMILY, GIVEN, Page, Person, Request, Seat, Server, facts,
    on_both_databases, text,
};
use crate::journeys::{ecm, ecm_referral, take_fact};

on_both_databases! {
    a_known_person_is_referred_in_few_steps
    a_form_that_is_sent_twice_is_one_request
    rules_that_change_before_sending_are_said
    documents_go_along
    what_is_wrong_is_said_and_nothing_is_lost
    what_the_plan_asks_for_is_sent_by_a_page
    two_people_on_one_case_overwrite_nothing
    an_offer_is_declined_with_a_reason_or_taken
    the_form_speaks_spanish_and_keeps_what_was_entered
    nobody_asks_for_who_is_not_theirs
    today_says_that_there_are_older_notices
    somebody_new_is_met_by_what_stands_on_the_card
    a_telephone_and_a_home_are_put_right
}

/// An input of a form, as a browser has it.
#[derive(Debug)]
struct Control {
    name: String,
    value: String,
    kind: String,
    chosen: bool,
}

/// The inputs of the form `entry`, in their order.
fn controls(page: &Page) -> Vec<Control> {
    let form = page.html.split("<form id=\"entry\"").nth(1).and_then(|rest| rest.split("</form>").next());
    let inputs = form.unwrap_or_default().split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let of = |input: &str| Control {
        name: attribute(input, "name"),
        value: attribute(input, "value"),
        kind: attribute(input, "type"),
        chosen: input.contains(" checked"),
    };
    inputs.map(of).collect()
}

fn attribute(input: &str, name: &str) -> String {
    let input = format!(" {input}");
    let value = input.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    let mut value = value.unwrap_or_default().to_owned();
    for (entity, letter) in [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
    {
        value = value.replace(entity, letter);
    }
    value
}

/// Fields that a browser would send of a form in which these answers were given, with the button that leads
/// there.
pub(super) fn entries(page: &Page, answers: &[(&str, &str)], to: &str) -> Vec<(String, String)> {
    let given = |name: &str| answers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut entries = Vec::new();
    for control in controls(page) {
        let answer = given(&control.name);
        let value = match control.kind.as_str() {
            "file" => continue,
            "radio" => {
                let chosen = answer.map_or(control.chosen, |answer| answer == control.value);
                chosen.then_some(control.value)
            }
            "checkbox" => (control.chosen || answer == Some(&*control.value)).then_some(control.value),
            "hidden" => Some(control.value),
            _ => Some(answer.map_or(control.value, str::to_owned)),
        };
        entries.extend(value.map(|value| (control.name, value)));
    }
    entries.push(("to".to_owned(), to.to_owned()));
    entries
}

pub(super) fn pairs(entries: &[(String, String)]) -> Vec<(&str, &str)> {
    entries.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A walk through pages, and what it costs whoever walks.
struct Walk<'a> {
    seat: &'a Seat,
    page: Page,
    screens: usize,
    taps: usize,
    typed: usize,
}

impl<'a> Walk<'a> {
    fn from(seat: &'a Seat, address: &str) -> Self {
        let page = seat.get(address).with(200);
        Self { seat, page, screens: 1, taps: 0, typed: 0 }
    }

    #[track_caller]
    fn select(&mut self, link: &str) {
        let address = self.page.link(link);
        self.taps += 1;
        self.arrive(self.seat.get(&address).with(200));
    }

    /// Answers what the page asks, and selects the button that leads there.
    #[track_caller]
    fn answer(&mut self, answers: &[(&str, &str)], to: &str) {
        let controls = controls(&self.page);
        for (name, value) in answers {
            let control = controls.iter().find(|control| control.name == *name);
            let control = control.unwrap_or_else(|| panic!("{name} is not asked: {}", self.page.text()));
            self.taps += 1;
            if !matches!(control.kind.as_str(), "radio" | "checkbox") {
                self.typed += value.chars().count();
            }
        }
        self.taps += 1;
        let entries = entries(&self.page, answers, to);
        let page = self.seat.post(&self.page.action(), &pairs(&entries)).with(200);
        self.arrive(page);
    }

    fn arrive(&mut self, page: Page) {
        self.page = page;
        self.screens += 1;
    }
}

const HEALING: [(&str, &str); 2] =
    [("fact.clinical.needs-recovery-care", "yes"), ("fact.clinical.inpatient-level-needed", "no")];
const NIGHTS: [(&str, &str); 2] = [("first", "2026-03-02"), ("last", "2026-03-15")];

/// A person of whom an earlier case of Casa Puente tells where the person lives, and that the person agrees.
pub(super) fn known(county: &County, plan: &str) -> (Person, String) {
    let person = county.person(plan);
    let case = county.submit(county.key_of("casa-puente"), "referrals", &ecm_referral(&person));
    (person, text(&case, "/member_id").to_owned())
}

pub(super) fn seat(county: &County) -> Seat {
    Seat::at(county, &county.provider("casa-puente").id, &["coordinator"])
}

/// The page on which a request for recuperative care of this person is checked, everything answered.
#[track_caller]
pub(super) fn checked(seat: &Seat, member: &str, giver: &str) -> Page {
    let page = seat.get(&format!("/portal/ask?member={member}")).with(200);
    let chosen = [("service", "recuperative-care"), ("giver", giver)];
    let page = seat.post(&page.action(), &pairs(&entries(&page, &chosen, "tasks"))).with(200);
    let page = seat.post(&page.action(), &pairs(&entries(&page, &[], "questions"))).with(200);
    let answers: Vec<(&str, &str)> = HEALING.into_iter().chain(NIGHTS).collect();
    seat.post(&page.action(), &pairs(&entries(&page, &answers, "check"))).with(200)
}

/// Cases of a person that Casa Puente sees.
fn cases(county: &County, list: &str, member: &str) -> Vec<Value> {
    let path = format!("/v1/{list}?member={member}&service=recuperative-care&limit=200");
    let page = county.client().read(county.key_of("casa-puente"), &path);
    page["items"].as_array().expect("a list").clone()
}

fn a_known_person_is_referred_in_few_steps(database: Database) {
    let county = County::shared(database);
    let (person, member) = known(county, "valle-vista");
    let seat = seat(county);
    let mut walk = Walk::from(&seat, "/portal");
    walk.select("Ask");
    walk.answer(&[("number", person.cin.as_str())], "");
    assert_eq!(walk.page.address, format!("/portal/ask?member={member}"), "no number in an address");
    walk.answer(&[("service", "recuperative-care"), ("giver", "we")], "tasks");
    assert!(walk.page.text().contains("2 questions that nobody answered yet"), "{}", walk.page.text());
    walk.answer(&[], "questions");
    // What the earlier case tells is not asked again.
    let asked: Vec<String> = controls(&walk.page).into_iter().map(|control| control.name).collect();
    let asked_again = ["fact.consent.member-agrees", "fact.housing.status"];
    let again = asked_again.iter().filter(|name| asked.iter().any(|asked| asked == *name)).count();
    assert_eq!(again, 0, "{asked:?}");
    walk.answer(&[HEALING[0], HEALING[1], ("last", "2026-03-15")], "check");
    let check = walk.page.text();
    assert!(check.contains("Homeless, without shelter"), "{check}");
    assert!(check.contains("March 2, 2026. Still true?"), "{check}");
    assert!(check.contains("Referral: the plan would take it."), "{check}");
    assert!(check.contains("Authorization: the plan would approve all of it."), "{check}");
    assert!(check.contains("before the plan decides"), "{check}");
    assert_eq!(
        (cases(county, "referrals", &member), cases(county, "authorizations", &member)),
        (vec![], vec![])
    );
    walk.answer(&[], "send");
    let (screens, taps, typed) = (walk.screens, walk.taps, walk.typed);
    assert!(screens <= 9 && taps <= 20 && typed <= 60, "{screens} screens, {taps} taps, {typed} characters");

    // The confirmation keeps apart what was received, delivered and decided.
    let sent = walk.page.text();
    for part in
        ["It was sent", "Received by Crosswalk", "With the plan Yes, its rules read it", "Decided Approved"]
    {
        assert!(sent.contains(part), "{part}: {sent}");
    }
    let (referrals, requests) =
        (cases(county, "referrals", &member), cases(county, "authorizations", &member));
    assert_eq!((referrals.len(), requests.len()), (1, 1));
    assert_eq!(requests[0]["follows"], referrals[0]["id"]);
    assert_eq!(requests[0]["state"], "approved");
    let request = county.again(county.key_of("casa-puente"), &requests[0]);
    assert_eq!(request["request"]["lines"][0]["units"], 14, "one for each day");
    let stated = request["request"]["facts"].as_array().expect("a list");
    let of = |code: &str| stated.iter().find(|fact| fact["code"] == code).expect("it is stated").clone();
    assert_eq!(of("housing.status")["value"], "homeless-unsheltered", "as the earlier case had it");
    assert_eq!(of("consent.member-agrees")["value"], true);
    assert_eq!(of("clinical.inpatient-level-needed")["value"], false);
    for word in [FAMILY, GIVEN, BORN, &person.cin] {
        assert!(!walk.page.address.contains(word), "{}", walk.page.address);
    }
}

fn a_form_that_is_sent_twice_is_one_request(database: Database) {
    let county = County::shared(database);
    let (_, member) = known(county, "valle-vista");
    let seat = seat(county);
    let check = checked(&seat, &member, "we");
    let entries = entries(&check, &[], "send");
    let pages: Vec<Page> = std::thread::scope(|scope| {
        let send = || seat.post("/portal/ask", &pairs(&entries)).with(200);
        let both = [scope.spawn(send), scope.spawn(send)];
        both.into_iter().map(|one| one.join().expect("it was answered")).collect()
    });
    // And once more, much later.
    let again = seat.post("/portal/ask", &pairs(&entries)).with(200);
    assert!(pages.iter().all(|page| page.address == again.address), "{} {}", pages[0].address, again.address);
    assert!(again.address.starts_with("/portal/ask/sent?referral="), "{}", again.address);
    assert_eq!(cases(county, "referrals", &member).len(), 1);
    assert_eq!(cases(county, "authorizations", &member).len(), 1);

    // The same key with other answers sends nothing, and says so.
    let mut changed = entries.clone();
    for (name, value) in &mut changed {
        if name == "last" {
            "2026-03-20".clone_into(value);
        }
    }
    let refused = seat.post("/portal/ask", &pairs(&changed)).with(409);
    assert!(refused.text().contains("was sent before with other answers"), "{}", refused.text());
    assert_eq!(cases(county, "authorizations", &member).len(), 1);

    // A second referral to the same is shown the first.
    let second = checked(&seat, &member, "other");
    assert!(second.text().contains("You have an open referral to this service"), "{}", second.text());
    let open = second.link("Read the open one");
    assert_eq!(open, format!("/portal/referrals/{}", text(&cases(county, "referrals", &member)[0], "/id")));
    let refused = seat.post("/portal/ask", &pairs(&self::entries(&second, &[], "send"))).with(409);
    assert!(refused.text().contains("No second one was sent"), "{}", refused.text());
    assert_eq!(cases(county, "referrals", &member).len(), 1);
}

fn rules_that_change_before_sending_are_said(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista"]);
    let (_, member) = known(&county, "valle-vista");
    let seat = seat(&county);
    let check = checked(&seat, &member, "we");
    let digest = county.activate("valle-vista", "valle-vista-next");
    let said = seat.post("/portal/ask", &pairs(&entries(&check, &[], "send"))).with(409);
    let text = said.text();
    assert!(text.contains("Valle Vista Health Plan changed its rules while you were here"), "{text}");
    assert!(text.contains("Nothing was sent"), "{text}");
    assert_eq!(
        (cases(&county, "referrals", &member), cases(&county, "authorizations", &member)),
        (vec![], vec![])
    );
    // The page has the new rules' answer, and everything that was entered; now it goes.
    assert_eq!(said.value("rules"), digest);
    let sent = seat.post("/portal/ask", &pairs(&entries(&said, &[], "send"))).with(200);
    assert!(sent.address.starts_with("/portal/ask/sent?"), "{}", sent.address);
    let requests = cases(&county, "authorizations", &member);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["evaluation"]["digest"], digest);
    // Once it went, another change of the rules does not make it go again.
    county.activate("valle-vista", "valle-vista-strict");
    let again = seat.post("/portal/ask", &pairs(&entries(&said, &[], "send"))).with(200);
    assert_eq!(again.address, sent.address);
    assert_eq!(cases(&county, "authorizations", &member).len(), 1);
}

/// Sends the form of a page with one file, and the button that leads there.
#[track_caller]
fn with_file(seat: &Seat, page: &Page, to: &str, file: Chosen<'_>) -> Page {
    seat.upload(&page.action(), &pairs(&entries(page, &[], to)), &[file])
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

fn documents_go_along(database: Database) {
    let county = County::shared(database);
    let (_, member) = known(county, "harbor-crest");
    let seat = seat(county);
    let check = checked(&seat, &member, "we");
    assert!(check.text().contains("Documents None"), "{}", check.text());
    let page = seat.post("/portal/ask", &pairs(&entries(&check, &[], "documents"))).with(200);
    let file = "file.discharge-summary";
    assert!(controls(&page).iter().any(|control| control.name == file && control.kind == "file"));

    // What is no document of a kind that is taken, or not what it says, is refused at its field.
    for (name, media_type, bytes) in [
        ("notes.docx", "application/msword", &b"PK\x03\x04"[..]),
        ("photo.png", "image/png", &b"GIF89a"[..]),
        ("nothing.pdf", "application/pdf", &b""[..]),
    ] {
        let refused = with_file(&seat, &page, "check", (file, name, media_type, bytes)).with(422);
        assert!(refused.text().contains("We cannot open this file"), "{name}: {}", refused.text());
        assert_eq!(refused.value("last"), "2026-03-15", "{name}: nothing is lost");
    }
    let added = with_file(&seat, &page, "documents", (file, "a.pdf", "application/pdf", PDF)).with(200);
    assert!(added.text().contains("These go along"), "{}", added.text());
    let twice = with_file(&seat, &page, "documents", (file, "a.pdf", "application/pdf", PDF)).with(200);
    assert_eq!(twice.value("document"), added.value("document"), "the same file is the same document");
    // The page is a form with files, also when there is none to add.
    let none = (file, "", "application/octet-stream", &b""[..]);
    let check = with_file(&seat, &added, "check", none).with(200);
    assert!(!check.text().contains("Documents None"), "{}", check.text());
    let sent = seat.post("/portal/ask", &pairs(&entries(&check, &[], "send"))).with(200);
    assert!(sent.address.contains("&authorization="), "{}", sent.address);

    let key = county.key_of("casa-puente");
    let request = county.again(key, &cases(county, "authorizations", &member)[0]);
    let document = &request["request"]["documents"][0];
    assert_eq!(document["kind"], "discharge-summary");
    let path = format!("/v1/documents/{}/content", text(document, "/content"));
    let content = county.client().send(&Request::get(path).by(key));
    assert_eq!((content.status, content.bytes.as_slice()), (200, PDF));

    // Whoever sent it reads it in pages too, from the case and from the person; another provider does not.
    let case = seat.get(&format!("/portal/authorizations/{}", text(&request, "/id"))).with(200);
    let address = case.link("Discharge summary");
    assert_eq!(address, format!("/portal/documents/{}", text(document, "/content")));
    let read = seat.send(Request::get(&*address));
    assert_eq!((read.status, read.bytes.as_slice()), (200, PDF));
    let person = seat.get(&format!("/portal/people/{member}")).with(200);
    assert_eq!(person.link("Discharge summary"), address);
    let agreed = county.client().read(key, "/v1/dictionary/facts");
    let agreed = agreed["items"].as_array().expect("a list").iter();
    let agreed = agreed.clone().find(|fact| fact["code"] == "consent.member-agrees").expect("it is there");
    let permits = format!("{} Yes", text(agreed, "/question/en"));
    assert!(person.text().contains(&permits), "{permits}: {}", person.text());
    let stranger = Seat::at(county, &county.provider("new-leaf").id, &["coordinator"]);
    stranger.get(&address).with(404);
}

fn what_is_wrong_is_said_and_nothing_is_lost(database: Database) {
    let county = County::shared(database);
    let (_, member) = known(county, "valle-vista");
    let seat = seat(county);
    let page = seat.get(&format!("/portal/ask?member={member}")).with(200);
    let refused = seat.post("/portal/ask", &pairs(&entries(&page, &[("giver", "we")], "tasks"))).with(422);
    assert!(refused.text().starts_with("Error: "), "{}", refused.text());
    assert!(refused.text().contains("Choose a service"), "{}", refused.text());
    assert_eq!(refused.value("giver"), "we");

    let chosen = [("service", "recuperative-care")];
    let tasks = seat.post("/portal/ask", &pairs(&entries(&refused, &chosen, "tasks"))).with(200);
    let questions = seat.post("/portal/ask", &pairs(&entries(&tasks, &[], "questions"))).with(200);
    for (wrong, said) in [
        (("last", "2026-03-01"), "The last day must be the first day or later"),
        (("last", "soon"), "Enter a day of the calendar"),
        (("units", "many"), "Enter how many units"),
    ] {
        let answers = [HEALING[0], wrong];
        let refused = seat.post("/portal/ask", &pairs(&entries(&questions, &answers, "check"))).with(422);
        assert!(refused.text().matches(said).count() >= 2, "above and at the field: {}", refused.text());
        assert_eq!(refused.value(wrong.0), wrong.1);
        assert_eq!(refused.value(HEALING[0].0), "yes");
    }
    // Back is never refused, and what was entered goes along.
    let answers = [HEALING[0], ("units", "many")];
    let tasks = seat.post("/portal/ask", &pairs(&entries(&questions, &answers, "tasks"))).with(200);
    assert_eq!(tasks.value("units"), "many");
    // An answer that is none of the question's is no answer.
    let mut forged = entries(&questions, &HEALING, "check");
    forged.push(("fact.housing.status".to_owned(), "<script>alert(1)</script>".to_owned()));
    let refused = seat.post("/portal/ask", &pairs(&forged)).with(422);
    assert!(refused.text().contains("Choose one of the answers"), "{}", refused.text());
    assert!(!refused.html.contains("<script>alert"));
}

fn what_the_plan_asks_for_is_sent_by_a_page(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista"]);
    let key = county.key_of("casa-puente");
    let mut request = ecm(&county.person("valle-vista"));
    take_fact(&mut request, "clinical.complex-need");
    let case = county.submit(key, "authorizations", &request);
    assert_eq!(case["state"], "pended");
    let seat = seat(&county);

    // The card of Today leads to what is asked for.
    let today = seat.get("/portal").with(200);
    let address = format!("/portal/authorizations/{}/needed", text(&case, "/id"));
    assert!(today.html.contains(&format!("href=\"{address}\"")), "{}", today.text());
    let of_case = seat.get(&format!("/portal/authorizations/{}", text(&case, "/id"))).with(200);
    assert_eq!(of_case.link("Send what the plan asks for"), address);

    let needed = seat.get(&address).with(200);
    let fact = "fact.clinical.complex-need";
    let nobody = (fact, "", "application/octet-stream", &b""[..]);
    // "We do not have it" is an answer: there is nothing to send then.
    let mut lacking = needed.clone();
    lacking.html = lacking.html.replace("name=\"lacks\"", "checked name=\"lacks\" checked");
    let refused = with_file(&seat, &lacking, "do", nobody).with(422);
    assert!(refused.text().contains("There is nothing to send yet"), "{}", refused.text());
    assert_eq!(county.again(key, &case)["version"], case["version"]);

    let mut answered = needed.clone();
    let yes = format!("name=\"{fact}\" type=\"radio\" value=\"yes\"");
    assert!(answered.html.contains(&yes), "{}", answered.html);
    answered.html = answered.html.replace(&yes, &format!("{yes} checked"));
    let done = with_file(&seat, &answered, "do", nobody).with(200);
    assert_eq!(done.address, format!("/portal/authorizations/{}", text(&case, "/id")));
    assert!(done.text().contains("Approved"), "{}", done.text());
    assert_eq!(county.again(key, &case)["state"], "approved");
    // Sent twice, it was sent once; and what is decided is not offered any more.
    let again = with_file(&seat, &answered, "do", nobody).with(200);
    assert_eq!(again.address, done.address);
    assert!(!done.text().contains("Send what the plan asks for"), "{}", done.text());
    let over = seat.get(&address);
    assert!(over.text().contains("Somebody changed this meanwhile"), "{}", over.text());
}

fn two_people_on_one_case_overwrite_nothing(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("casa-puente");
    let case = county.submit(key, "referrals", &ecm_referral(&county.person("valle-vista")));
    assert_eq!(case["state"], "accepted");
    let (one, other) = (seat(county), seat(county));
    let of_case = format!("/portal/referrals/{}", text(&case, "/id"));
    let close = one.get(&format!("{of_case}/close")).with(200);
    let accept = other.get(&format!("{of_case}/accept")).with(200);
    let taken = other.post(&accept.action(), &pairs(&entries(&accept, &[], "do"))).with(200);
    assert_eq!(taken.address, of_case);
    assert!(taken.text().contains("A provider has it"), "{}", taken.text());

    // Without a reason nothing is closed; with one, the other's step is said first.
    let refused = one.post(&close.action(), &pairs(&entries(&close, &[], "do"))).with(422);
    assert!(refused.text().contains("Choose a reason"), "{}", refused.text());
    let reason = [("reason", "services-received")];
    let said = one.post(&close.action(), &pairs(&entries(&close, &reason, "do"))).with(409);
    assert!(said.text().contains("Somebody changed this meanwhile"), "{}", said.text());
    assert!(said.text().contains("A provider took it."), "{}", said.text());
    assert_eq!(said.value("reason"), "services-received", "what was chosen stays");
    assert_eq!(county.again(key, &case)["state"], "provider-accepted", "nothing was overwritten");
    let closed = one.post(&said.action(), &pairs(&entries(&said, &[], "do"))).with(200);
    assert!(closed.text().contains("Closed"), "{}", closed.text());
    assert_eq!(county.again(key, &case)["closure"]["reason"], "services-received");

    // Taking back takes two steps, and who did not send it is not offered it.
    let case = county.submit(key, "referrals", &ecm_referral(&county.person("valle-vista")));
    let of_case = format!("/portal/referrals/{}", text(&case, "/id"));
    let shown = one.get(&of_case).with(200);
    let withdraw = one.get(&shown.link("Take it back")).with(200);
    assert_eq!(county.again(key, &case)["state"], "accepted", "looking at the page does nothing");
    one.post(&withdraw.action(), &pairs(&entries(&withdraw, &[], "do"))).with(200);
    assert_eq!(county.again(key, &case)["state"], "closed");
    assert!(!one.get(&of_case).text().contains("What you can do"), "a closed case offers nothing");
}

fn an_offer_is_declined_with_a_reason_or_taken(database: Database) {
    let county = County::shared(database);
    let (referrer, kitchen) = (county.key_of("open-door"), county.provider("mesa-verde"));
    let seat = Seat::at(county, &kitchen.id, &["coordinator"]);
    let offered = || {
        let referral = json!({
            "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
            "preferred_provider": kitchen.id, "facts": facts(&[("consent.member-agrees", json!(true))]),
        });
        let case = county.submit(referrer, "referrals", &referral);
        let decision = json!({ "decision": "accept" });
        county.change(&county.plan("costa-alta").reviewer, &case, "decisions", &decision).with(200)
    };
    let case = offered();
    let address = format!("/portal/offers/{}", text(&case, "/id"));
    let offer = seat.get(&address).with(200);
    for private in [FAMILY, GIVEN, BORN] {
        assert!(!offer.html.contains(private), "who is offered a referral is not told whose it is");
    }
    let refused = seat.post(&address, &pairs(&entries(&offer, &[], "decline"))).with(422);
    assert!(refused.text().contains("Choose a reason"), "{}", refused.text());
    let reason = [("reason", "no-capacity")];
    let declined = seat.post(&address, &pairs(&entries(&offer, &reason, "decline"))).with(200);
    assert_eq!(declined.address, "/portal");
    seat.get(&address).with(404);
    assert_eq!(county.again(referrer, &case)["assigned_provider"], Value::Null);

    let case = offered();
    let address = format!("/portal/offers/{}", text(&case, "/id"));
    let offer = seat.get(&address).with(200);
    let taken = seat.post(&address, &pairs(&entries(&offer, &[], "accept"))).with(200);
    assert_eq!(taken.address, format!("/portal/referrals/{}", text(&case, "/id")));
    let start = seat.get(&taken.link("Record that you began")).with(200);
    let begun = seat.post(&start.action(), &pairs(&entries(&start, &[], "do"))).with(200);
    assert!(begun.text().contains("Service started"), "{}", begun.text());
    assert_eq!(county.again(referrer, &case)["state"], "in-service");
    // Another provider has no such page.
    let stranger = self::seat(county);
    stranger.get(&address).with(404);
    stranger.get(&format!("{}/close", taken.address)).with(404);
}

fn the_form_speaks_spanish_and_keeps_what_was_entered(database: Database) {
    let county = County::shared(database);
    let (_, member) = known(county, "valle-vista");
    let seat = seat(county);
    let page = seat.get(&format!("/portal/ask?member={member}")).with(200);
    let chosen = [("service", "recuperative-care"), ("giver", "we")];
    let tasks = seat.post("/portal/ask", &pairs(&entries(&page, &chosen, "tasks"))).with(200);
    let questions = seat.post("/portal/ask", &pairs(&entries(&tasks, &[], "questions"))).with(200);
    let mut entered = entries(&questions, &[HEALING[0], ("last", "2026-03-15")], "");
    entered.retain(|(name, _)| name != "to");
    entered.push(("in-language".to_owned(), "es".to_owned()));
    let spanish = seat.post("/portal/ask", &pairs(&entered)).with(200);
    assert!(spanish.html.contains("<html lang=\"es\">"));
    assert!(spanish.text().contains("Las preguntas que quedan"), "{}", spanish.text());
    assert_eq!(spanish.value(HEALING[0].0), "yes");
    assert_eq!(spanish.value("last"), "2026-03-15");
    let check = seat.post("/portal/ask", &pairs(&entries(&spanish, &[HEALING[1]], "check"))).with(200);
    for words in ["Revisar y enviar", "Autorización: el plan aprobaría todo.", "¿Sigue siendo así?"] {
        assert!(check.text().contains(words), "{words}: {}", check.text());
    }
    let sent = seat.post("/portal/ask", &pairs(&entries(&check, &[], "send"))).with(200);
    assert!(sent.text().contains("Recibido por Crosswalk"), "{}", sent.text());
    assert!(sent.html.contains("<html lang=\"es\">"), "the language stays");
}

fn nobody_asks_for_who_is_not_theirs(database: Database) {
    let county = County::shared(database);
    let (_, member) = known(county, "valle-vista");
    let ours = seat(county);
    let check = checked(&ours, &member, "we");
    let sent = ours.post("/portal/ask", &pairs(&entries(&check, &[], "send"))).with(200);
    let stranger = Seat::at(county, &county.provider("new-leaf").id, &["coordinator"]);
    let of_nobody = "mem_0198c0de0000700080000000000000ff";
    for (theirs, nobodys) in [
        (format!("/portal/ask?member={member}"), format!("/portal/ask?member={of_nobody}")),
        (sent.address.clone(), "/portal/ask/sent?referral=case_0198c0de0000700080000000000000ff".to_owned()),
    ] {
        let (theirs, nobodys) = (stranger.get(&theirs).with(404), stranger.get(&nobodys).with(404));
        let without_numbers =
            |page: &Page| page.text().split("Number for your question").next().map(str::to_owned);
        assert_eq!(without_numbers(&theirs), without_numbers(&nobodys), "not theirs looks like not there");
    }
    // A form of ours in their hands sends nothing.
    stranger.post("/portal/ask", &pairs(&entries(&check, &[], "send"))).with(404);
    assert_eq!(cases(county, "authorizations", &member).len(), 1);
    // A plan's people ask for nothing.
    let plan = Seat::at(county, &county.organization_of("valle-vista"), &["plan-operations"]);
    plan.get("/portal/ask").with(403);
}

fn today_says_that_there_are_older_notices(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista"]);
    let (client, key) = (county.client(), county.key_of("open-door"));
    let told = || -> Vec<Value> {
        client.read(key, "/v1/notices?limit=200")["items"].as_array().expect("a list").clone()
    };
    let seat = Seat::at(&county, &county.provider("open-door").id, &["coordinator"]);
    // Of each decision the provider is told behind the answer.
    let decide = || {
        let case = county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
        when_told(&county, key, &case, "authorization-provider-notice");
    };
    decide();
    let few = seat.get("/portal").with(200);
    assert!(few.text().contains("Latest notices"), "{}", few.text());
    assert!(!few.text().contains("newest") && !few.html.contains("/portal/news"), "these are all of them");
    while told().len() < 12 {
        decide();
    }
    let all = told();
    let today = seat.get("/portal").with(200);
    let more = format!("Read {} more notices", all.len() - 10);
    assert!(today.text().contains("Here are the 10 newest."), "{}", today.text());
    let page = seat.get(&today.link(&more)).with(200);
    assert_eq!(page.address, "/portal/news");
    let cards = |page: &Page| page.html.matches("class=\"card").count();
    assert_eq!(cards(&page), all.len(), "{}", page.text());
    let spanish = [("in-language", "es"), ("back", "/portal/news")];
    let spanish = seat.post("/portal/language", &spanish).with(200);
    assert!(spanish.text().contains("Primero lo más nuevo"), "{}", spanish.text());
}

fn somebody_new_is_met_by_what_stands_on_the_card(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let (client, person) = (county.client(), county.person("costa-alta"));
    let kitchen = &county.provider("open-door");
    let seat = Seat::at(&county, &kitchen.id, &["coordinator"]);
    let card = |cin: &'static str, born: &'static str| {
        [
            ("number", cin),
            ("born", born),
            ("family", FAMILY),
            ("given", GIVEN),
            ("county", COUNTY),
            ("language", "es"),
        ]
    };
    let form = seat.get("/portal/people").with(200).link("Somebody new");
    let form = seat.get(&form).with(200);

    // Everything that is missing is said at once.
    let empty = seat.send_on(&form, &[("number", "12")]).with(422);
    for field in ["number", "born", "family", "given", "county"] {
        assert!(empty.html.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", empty.text());
    }
    assert_eq!(empty.value("number"), "12");

    // A member of a plan, with a day of birth that is not theirs: which part is wrong is not said.
    let known: Vec<(&str, &str)> = card("", BORN)
        .into_iter()
        .map(|(name, value)| if name == "number" { (name, person.cin.as_str()) } else { (name, value) })
        .collect();
    let mut other = known.clone();
    other[1] = ("born", "1990-01-01");
    let refused = seat.send_on(&form, &other).with(422);
    assert!(refused.text().contains("No plan’s file here names a person"), "{}", refused.text());
    assert_eq!((refused.value("family"), refused.value("born")), (FAMILY.into(), "1990-01-01".into()));
    let found = seat.send_on(&refused, &known).with(200);
    assert!(found.address.starts_with("/portal/people/mem_"), "{}", found.address);
    assert!(found.text().contains(FAMILY), "{}", found.text());

    // Whom nobody knows is kept for who asked for it, and once.
    let stranger = card("99530007A", BORN);
    let form = seat.get("/portal/people/new").with(200);
    let unknown = seat.send_on(&form, &stranger).with(422);
    assert!(unknown.text().contains("Keep this person"), "{}", unknown.text());
    let mut spanish = stranger.to_vec();
    spanish.push(("in-language", "es"));
    let spanish = seat.send_on(&unknown, &spanish).with(200);
    assert!(spanish.text().contains("Buscar a esta persona"), "{}", spanish.text());
    assert_eq!(spanish.value("number"), "99530007A");
    let mut kept = stranger.to_vec();
    kept.push(("keep", "yes"));
    let page = seat.send_on(&unknown, &kept).with(200);
    assert!(page.address.starts_with("/portal/people/mem_"), "{}", page.address);
    assert_eq!(seat.send_on(&unknown, &kept).with(200).address, page.address, "twice is once");
    let id = page.address.rsplit('/').next().expect("an id");
    let path = format!("/v1/members/{id}?purpose=care-coordination");
    assert_eq!(client.read(&kitchen.key, &path)["standing"], "provisional");
    client.send(&Request::get(&*path).by(county.key_of("hospital"))).with(404);

    // A plan's people meet nobody: their member file says who their members are.
    let plan = Seat::at(&county, &county.organization_of("costa-alta"), &["plan-operations"]);
    plan.get("/portal/people/new").with(403);
    plan.post("/portal/people/new", &kept).with(403);
}

fn a_telephone_and_a_home_are_put_right(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let kitchen = &county.provider("open-door");
    let case = county.submit(&kitchen.key, "referrals", &ecm_referral(&county.person("costa-alta")));
    let member = text(&case, "/member_id");
    let seat = Seat::at(&county, &kitchen.id, &["coordinator"]);
    let person = format!("/portal/people/{member}");
    let form = seat.get(&seat.get(&person).with(200).link("Change telephone or home")).with(200);
    let in_another_tab = seat.get(&form.address).with(200);

    // What is wrong is said at each field, in the language of the reader, and nothing is lost.
    let empty = seat.send_on(&form, &[]).with(422);
    assert!(empty.text().contains("Enter a telephone number or a home"), "{}", empty.text());
    let typed = [("telephone", "555-01"), ("street", "12 Alder Street"), ("city", ""), ("zip", "9599")];
    let wrong = seat.send_on(&form, &typed).with(422);
    for field in ["telephone", "city", "zip"] {
        assert!(wrong.html.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", wrong.text());
    }
    assert_eq!(wrong.value("street"), "12 Alder Street");
    let mut spanish = typed.to_vec();
    spanish.push(("in-language", "es"));
    let spanish = seat.send_on(&wrong, &spanish).with(200);
    assert!(spanish.text().contains("Número y calle"), "{}", spanish.text());
    assert_eq!(spanish.value("telephone"), "555-01");
    let home = [("street", "12 Alder Street"), ("city", "San Ravel"), ("zip", "95999")];
    let mut both = home.to_vec();
    both.push(("home", "none"));
    assert!(seat.send_on(&form, &both).with(422).html.contains("<a href=\"#home\">"));

    // One field changes what it says, and nothing else; sent twice it is one change.
    let number = [("telephone", "(530) 555-0142")];
    let kept = seat.send_on(&form, &number).with(200);
    assert_eq!(kept.address, person);
    assert!(kept.text().contains("+15305550142"), "{}", kept.text());
    assert_eq!(seat.send_on(&form, &number).with(200).address, person);
    let path = format!("/v1/members/{member}?purpose=care-coordination");
    let read = || county.client().read(&kitchen.key, &path);
    let contact = &read()["contact"];
    assert_eq!(
        (&contact["phone"]["value"], &contact["phone"]["source"]),
        (&json!("+15305550142"), &json!("provider"))
    );

    // Whoever was second overwrites nothing, reads what stands now, and may then save.
    let second = seat.send_on(&in_another_tab, &home).with(409);
    assert!(second.text().contains("alguien cambió a esta persona"), "{}", second.text());
    assert!(second.text().contains("+15305550142"), "{}", second.text());
    assert_eq!(second.value("street"), "12 Alder Street");
    seat.send_on(&form, &home).with(409);
    let saved = seat.send_on(&second, &home).with(200);
    assert!(saved.text().contains("12 Alder Street"), "{}", saved.text());
    let none = seat.get(&format!("{person}/contact")).with(200);
    let moved = seat.send_on(&none, &[("home", "none")]).with(200);
    assert!(moved.text().contains("Sin domicilio fijo"), "{}", moved.text());
    assert_eq!(read()["contact"]["phone"]["value"], "+15305550142");

    // Who does not serve the person finds nobody, and a plan corrects its own file.
    let other = Seat::at(&county, &county.provider("hospital").id, &["coordinator"]);
    other.get(&format!("{person}/contact")).with(404);
    let plan = Seat::at(&county, &county.organization_of("costa-alta"), &["plan-operations"]);
    plan.get(&format!("{person}/contact")).with(403);
}
