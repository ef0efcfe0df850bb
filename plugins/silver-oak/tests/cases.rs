//! The plan's example cases, answered natively.

use crosswalk_plan::authorization::Guest as _;
use crosswalk_plan::cases::{Answers, run};
use crosswalk_plan::credentialing::Guest as _;
use crosswalk_plan::referral::Guest as _;
use silver_oak::SilverOak;

#[test]
fn every_case_holds() {
    let answers = Answers {
        triage: Some(SilverOak::triage),
        presume: Some(SilverOak::presume),
        determine: Some(SilverOak::determine),
        adjudicate: None,
        review: Some(SilverOak::review),
    };
    let files = [
        include_str!("../cases/referral.json"),
        include_str!("../cases/authorization.json"),
        include_str!("../cases/credentialing.json"),
    ];
    for file in files {
        let (_, wrong) = run(file, &answers).expect("the file of cases is well made");
        assert_eq!(wrong, Vec::<String>::new());
    }
}
