//! The last page of the story: who can sign in, how, and what waits for each.

use super::people::{Entry, Invitations, SIGN_IN, Worker, invitation};
use super::story::Story;

/// State of the service once the story is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It keeps serving, so that the people can sign in.
    Serves,
    /// It ends with the story.
    Stops,
}

/// Tells how each of the people signs in, and what waits for them.
pub(super) fn tell(
    story: &mut Story<'_>,
    people: &[Worker],
    base_url: &str,
    (invitations, after): (Invitations, After),
) {
    let base_url = in_a_browser(base_url);
    story.heading("Sign in as each of six people");
    match after {
        After::Serves => story.say(how(invitations, &base_url)),
        After::Stops => story.say(
            "The service stops now, since `--exit` was said: what follows opens nothing any more. Without it, it goes on.",
        ),
    }
    for person in people {
        tell_one(story, person, &base_url);
    }
}

fn how(invitations: Invitations, base_url: &str) -> String {
    let sentence = match invitations {
        Invitations::TakenUp => format!(
            "Open {base_url}{SIGN_IN}, enter the e-mail address, choose \"Use a recovery code\" and enter one of the \
             person's codes. A code is good once; another one is asked for before what cannot be undone."
        ),
        Invitations::Open => {
            "Open a person's link, which is good once and for 72 hours, and take the invitation up \
                              with an authenticator of your own: you are signed in."
                .to_owned()
        }
    };
    format!("{sentence} A browser holds one person at a time: take a private window for the next.")
}

fn tell_one(story: &mut Story<'_>, person: &Worker, base_url: &str) {
    story.line("");
    story.say(format!("{}, {}, {}", person.name, person.role_in_words, person.organization));
    if let Some(problem) = &person.problem {
        story.say(format!("NOT AS TOLD: {problem}"));
    }
    story.detail(" ", format!("e-mail address: {}", person.email));
    match &person.entry {
        Entry::Codes { codes, authenticator } => {
            story.detail(" ", format!("codes, each good once: {}", codes.join(" ")));
            story.detail(" ", format!("or an authenticator with the secret {authenticator}"));
        }
        Entry::Link(secret) => story.line(&format!("       {}", invitation(base_url, secret))),
        Entry::None => {}
    }
    for waiting in &person.waits {
        story.detail("▸", &waiting.what);
        story.line(&format!("       {base_url}{}", waiting.opens));
    }
}

/// The address by which a browser keeps a session: without TLS it does so for `localhost` only.
fn in_a_browser(base_url: &str) -> String {
    base_url.replacen("//127.0.0.1", "//localhost", 1)
}

#[cfg(test)]
mod tests {
    use super::super::story::Voice;
    use super::super::work::{Recorded, Waiting};
    use super::*;

    fn codes() -> Entry {
        Entry::Codes {
            codes: vec!["aaaa-bbbb-cccc-dddd".to_owned(), "eeee-ffff-gggg-hhhh".to_owned()],
            authenticator: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned(),
        }
    }

    fn told(entry: Entry, invitations: Invitations, after: After) -> String {
        let waiting = Waiting {
            what: "A bill was sent back. Correct it.".to_owned(),
            listed: "/portal/claims".to_owned(),
            opens: "/portal/claims/case_1/correct".to_owned(),
            record: Recorded {
                read: "/v1/claims/case_1".to_owned(),
                field: "state",
                is: "rejected".to_owned(),
            },
        };
        let person = Worker {
            name: "Tomás Orellana",
            organization: "Casa Puente Recuperative Care".to_owned(),
            role: "biller",
            role_in_words: "biller",
            email: "tomas.orellana@casa-puente.example".to_owned(),
            entry,
            first_page: "/portal",
            leads_to: String::new(),
            waits: vec![waiting],
            problem: None,
        };
        let mut out = Vec::new();
        let mut story = Story::new(&mut out, Voice::Aloud);
        tell(&mut story, &[person], "http://127.0.0.1:8080", (invitations, after));
        assert!(story.end().is_ok());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn who_signs_in_where_with_what_for_which_work() {
        let told = told(codes(), Invitations::TakenUp, After::Serves);
        for part in [
            "http://localhost:8080/portal/sign-in,",
            "Tomás Orellana, biller, Casa Puente Recuperative Care",
            "tomas.orellana@casa-puente.example",
            "aaaa-bbbb-cccc-dddd eeee-ffff-gggg-hhhh",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "▸ A bill was sent back. Correct it.",
            "http://localhost:8080/portal/claims/case_1/correct\n",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("stops now"), "{told}");
    }

    #[test]
    fn a_service_that_stops_says_so_above_the_same_list() {
        let told = told(codes(), Invitations::TakenUp, After::Stops);
        assert!(told.contains("The service stops now"), "{told}");
        assert!(told.contains("Tomás Orellana, biller") && told.contains("/portal/claims/case_1/correct"));
    }

    #[test]
    fn an_open_invitation_is_told_by_its_link() {
        let link = Entry::Link("cwi_0123".to_owned());
        let told = told(link, Invitations::Open, After::Serves);
        assert!(told.contains("http://localhost:8080/portal/invitation?link=cwi_0123\n"), "{told}");
        assert!(told.contains("take the invitation up") && !told.contains("recovery"), "{told}");
    }
}
