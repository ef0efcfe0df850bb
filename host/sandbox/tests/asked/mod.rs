//! Questions to plugins in these tests, and the place of their components.

use std::path::{Path, PathBuf};

use domain::plan::authorization::{AuthorizationRequest, RequestKind, RequestedLine};
use domain::plan::question::Question;
use domain::plan::types::{
    Context, Coverage, Fact, FactSource, FactValue, Member, Period, Provider, Urgency,
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 3, 2);

/// The bytes of a built plugin.
pub(crate) fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("CROSSWALK_PLUGINS_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins"), PathBuf::from);
    let path = folder.join(name).with_extension("wasm");
    match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{}: {error}; run `cargo xtask plugins` first", path.display()),
    }
}

/// A question that makes the hostile plugin behave as `id` says.
pub(crate) fn question(id: &str) -> Question {
    Question::Determine { request: request(id), context: context() }
}

fn request(id: &str) -> AuthorizationRequest {
    let provider = Provider {
        npi: "1234567893".to_owned(),
        kinds: vec!["recuperative-care".to_owned()],
        taxonomies: vec![],
        counties: vec!["SRV".to_owned()],
        contracted: true,
    };
    let days = Period { first: TODAY, last: Some(date(2026, 3, 31)) };
    AuthorizationRequest {
        id: id.to_owned(),
        service: "recuperative-care".to_owned(),
        populations: vec![],
        kind: RequestKind::Initial,
        urgency: Urgency::Standard,
        member: Member {
            identity: None,
            birth_date: date(1970, 5, 17),
            county: "SRV".to_owned(),
            language: "es".to_owned(),
        },
        provider,
        lines: vec![RequestedLine { procedure: "T2033 U6".parse().expect("a procedure"), units: 30, days }],
        facts: vec![Fact {
            code: "housing.status".to_owned(),
            value: FactValue::Coded("homeless-unsheltered".to_owned()),
            source: FactSource::Referrer,
            as_of: TODAY,
        }],
        documents: vec![],
    }
}

fn context() -> Context {
    Context {
        as_of: TODAY,
        today: TODAY,
        received: jiff::Timestamp::from_second(1_772_467_200).expect("an instant"),
        coverage: Coverage {
            line: "medi-cal".to_owned(),
            days: Period { first: date(2025, 1, 1), last: None },
            dual_status: "00".to_owned(),
            other_d_snp: false,
            group: None,
            delegate: None,
        },
        history: vec![],
        capacity: vec![],
        open_cases: vec![],
        tables: vec![],
    }
}
