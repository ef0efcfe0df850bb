//! A component that imports something, which the gate must refuse: its profile's version is the time of a
//! clock.

wit_bindgen::generate!({
    inline: "
        package crosswalk:clock;

        interface wall-clock {
            now: func() -> u64;
        }

        world imports-clock {
            import wall-clock;
        }
    ",
});

use crosswalk_plan::profile::{ClaimForm, ClaimRoute, Guest, PlanProfile};

/// A plan that looks at a clock.
pub struct ImportsClock;

impl Guest for ImportsClock {
    fn describe() -> PlanProfile {
        PlanProfile {
            plan_id: "imports-clock".to_owned(),
            name: "Plan with a clock".to_owned(),
            version: format!("1.0.{}", crosswalk::clock::wall_clock::now()),
            lines: vec!["medi-cal".to_owned()],
            counties: vec!["SRV".to_owned()],
            languages: vec!["en".to_owned()],
            modes: Vec::new(),
            elections: Vec::new(),
            criteria: Vec::new(),
            facts: Vec::new(),
            presumptive: Vec::new(),
            defaults: Vec::new(),
            turn_arounds: Vec::new(),
            rates: Vec::new(),
            claims: ClaimRoute { form: ClaimForm::Invoice, payer_id: "CLOCK".to_owned(), filing_days: 180 },
            requirements: Vec::new(),
            layouts: Vec::new(),
            delegates: Vec::new(),
            contacts: Vec::new(),
            calendar: Vec::new(),
            tables: Vec::new(),
        }
    }
}

crosswalk_plan::export!(ImportsClock: profile);
