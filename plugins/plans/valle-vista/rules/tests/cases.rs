//! The plan's example cases, answered natively.

use crosswalk_plan::cases::{Answers, run};

#[test]
fn every_case_holds() {
    let answers = Answers {
        triage: Some(|request, context| Ok(valle_vista_rules::triage(&request, &context))),
        presume: Some(|request, context| Ok(valle_vista_rules::presume(&request, &context))),
        determine: Some(|request, context| Ok(valle_vista_rules::determine(&request, &context))),
        adjudicate: Some(|claim, context| valle_vista_rules::adjudicate(&claim, &context)),
        review: Some(|application, today| Ok(valle_vista_rules::review(&application, today))),
    };
    let files = [
        include_str!("../../cases/referral.json"),
        include_str!("../../cases/authorization.json"),
        include_str!("../../cases/billing.json"),
        include_str!("../../cases/credentialing.json"),
    ];
    for file in files {
        let (_, wrong) = run(file, &answers).expect("the file of cases is well made");
        assert_eq!(wrong, Vec::<String>::new());
    }
}
