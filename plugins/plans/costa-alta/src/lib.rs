//! Costa Alta Community Plan's plugin: the least there can be. It declares a profile and exports no workflow,
//! so that the plan's people decide every case. Plan and county are invented.

mod rates;

use crosswalk_plan::profile::{ClaimForm, ClockUnit, FileKind, Mode};
use crosswalk_plan::types::{Period, Urgency, Workflow};
use crosswalk_plan::{
    Answer, Desk, Elected, File, Length, Needed, Plan, Promise, day, since, state_rules, text,
};

crosswalk_plan::plugin!(CostaAlta answers with PLAN: profile);

/// The plan as data.
pub const PLAN: Plan = Plan {
    id: "costa-alta",
    name: "Costa Alta Community Plan",
    version: "1.0.0",
    lines: &["medi-cal"],
    counties: SRV,
    languages: &["en", "es"],
    modes: &[
        (Workflow::Referral, Mode::People),
        (Workflow::Authorization, Mode::People),
        (Workflow::Billing, Mode::People),
        (Workflow::Credentialing, Mode::People),
    ],
    elections: &[
        Elected::of("ecm", SRV, SINCE_2024),
        Elected::of("recuperative-care", SRV, SINCE_2024),
        Elected::of("housing-transition-navigation", SRV, SINCE_2024),
        Elected::of("medically-tailored-meals", SRV, SINCE_2024),
    ],
    // The state's criteria, under ids that begin with `ca.`.
    rules: &[state_rules!("ca", room_and_board_days: 182)],
    facts: &[],
    presumptive: &[],
    defaults: &[
        Length::of("ecm", 365, 180, None),
        Length::of("recuperative-care", 90, 60, None),
        Length::of("housing-transition-navigation", 180, 180, None),
        Length::of("medically-tailored-meals", 84, 84, Some(168)),
    ],
    promises: &[
        Promise {
            workflow: Workflow::Authorization,
            urgency: Urgency::Standard,
            amount: 5,
            unit: ClockUnit::BusinessDays,
        },
        Promise {
            workflow: Workflow::Authorization,
            urgency: Urgency::Expedited,
            amount: 72,
            unit: ClockUnit::Hours,
        },
    ],
    rates: rates::RATES,
    // Claims come as invoices to this payer id, within 180 days of service.
    claims: (ClaimForm::Invoice, "CACP9", 180),
    claim_criteria: None,
    requirements: &[
        Needed::document("ca.w9", "w9", text("An IRS form W-9.", "Un formulario W-9 del IRS."), MANUAL),
        Needed::document(
            "ca.liability",
            "liability-certificate",
            text(
                "General liability insurance of at least $1,000,000.",
                "Seguro de responsabilidad general de al menos $1,000,000.",
            ),
            MANUAL,
        )
        .at_least(100_000_000)
        .valid_for(365),
        Needed::document(
            "ca.business-license",
            "business-license",
            text("A current business license.", "Una licencia comercial vigente."),
            MANUAL,
        )
        .valid_for(730),
        Needed::answer(
            "ca.billing",
            "org.can-bill",
            Answer::Yes,
            text("It can send invoices.", "Puede enviar facturas."),
            "DHCS APL 22-013",
        ),
    ],
    files: &[File {
        id: "ca.return",
        kind: FileKind::ReturnFile,
        name_pattern: "{plan}_{npi}_{yyyymm}.csv",
        delimiter: ",",
        header_row: true,
        date_format: "MM/DD/YYYY",
        columns: &[
            ("member.cin", "CIN", &[]),
            ("enrollment.status", "Status", &[]),
            ("enrollment.contact-on", "Last Contact", &[]),
            ("provider.npi", "NPI", &[]),
        ],
    }],
    delegates: &[],
    desks: &[
        Desk {
            purpose: "authorizations",
            name: "Care desk",
            phone: "+15550100401",
            email: "care@costa-alta.example",
        },
        Desk {
            purpose: "claims",
            name: "Claims desk",
            phone: "+15550100402",
            email: "claims@costa-alta.example",
        },
    ],
    calendar: &[],
    tables: &[],
};

/// San Ravel, the county of the demonstration.
const SRV: &[&str] = &["SRV"];
const SINCE_2024: Period = since(day(2024, 1, 1));
const MANUAL: &str = "Costa Alta Community Plan provider manual, 2026-01";
