//! Valle Vista Health Plan's rules: a local initiative that answers every workflow itself.
//!
//! What is its own: service in recuperative care may start at once for 14 days, many kinds of providers may
//! start ECM for 30 days, and ECM is paid by the month. It adds nothing to the state's criteria.

pub mod next;
mod rates;

use crosswalk_plan::authorization::{AuthorizationRequest, Determination, Presumption};
use crosswalk_plan::billing::{Adjudication, Claim};
use crosswalk_plan::credentialing::{Application, ReviewResult};
use crosswalk_plan::profile::{ClaimForm, ClockUnit, FileKind, Mode, PlanProfile};
use crosswalk_plan::referral::{ReferralRequest, TriageResult};
use crosswalk_plan::types::{Context, Date, Period, PlanError, Urgency, Workflow};
use crosswalk_plan::{
    Answer, ClaimCriteria, Desk, Elected, File, Length, Needed, Plan, Presume, Promise, YearDay, day, since,
    state_rules, text,
};

/// The plan as data.
pub const PLAN: Plan = Plan {
    id: "valle-vista",
    name: "Valle Vista Health Plan",
    version: "1.0.0",
    lines: &["medi-cal"],
    counties: BOTH,
    languages: &["en", "es", "hmn"],
    modes: &[
        (Workflow::Referral, Mode::Decides),
        (Workflow::Authorization, Mode::Decides),
        (Workflow::Billing, Mode::Decides),
        (Workflow::Credentialing, Mode::Decides),
    ],
    elections: ELECTIONS,
    rules: &[state_rules!("vv", room_and_board_days: ROOM_AND_BOARD_DAYS)],
    facts: &[],
    presumptive: PRESUMPTIVE,
    defaults: DEFAULTS,
    promises: &[
        Promise {
            workflow: Workflow::Authorization,
            urgency: Urgency::Standard,
            amount: 3,
            unit: ClockUnit::BusinessDays,
        },
        Promise {
            workflow: Workflow::Authorization,
            urgency: Urgency::Expedited,
            amount: 48,
            unit: ClockUnit::Hours,
        },
    ],
    rates: rates::RATES,
    claims: (ClaimForm::X12837p, "VVHP1", 365),
    claim_criteria: Some(ClaimCriteria {
        coverage: "vv.claim.coverage",
        timely: "vv.claim.timely",
        procedure: "vv.claim.procedure",
        authorization: "vv.claim.authorization",
        duplicate: "vv.claim.duplicate",
    }),
    requirements: REQUIREMENTS,
    files: FILES,
    delegates: &[],
    desks: DESKS,
    calendar: &[YearDay { day: day(2026, 2, 12), works: false, name: "Staff day" }],
    tables: &[],
};

/// Answers a referral: accepted, redirected, pended or not eligible.
pub fn triage(request: &ReferralRequest, context: &Context) -> TriageResult {
    PLAN.triage(request, context)
}

/// The presumptive window, if service may start before the decision.
pub fn presume(request: &AuthorizationRequest, context: &Context) -> Option<Presumption> {
    PLAN.presume(request, context)
}

/// Decides a request for authorization.
pub fn determine(request: &AuthorizationRequest, context: &Context) -> Determination {
    PLAN.determine(request, context)
}

/// Judges a claim.
///
/// # Errors
/// `unsupported` for voided claims.
pub fn adjudicate(claim: &Claim, context: &Context) -> Result<Adjudication, PlanError> {
    PLAN.adjudicate(claim, context)
}

/// Judges a credentialing file.
pub fn review(application: &Application, today: Date) -> ReviewResult {
    PLAN.review(application, today)
}

/// The profile that the plan declares.
pub fn describe() -> PlanProfile {
    PLAN.describe()
}

/// Six months, as the plan counts them (CMS approval of 2024-12: six months in any twelve).
const ROOM_AND_BOARD_DAYS: i64 = 182;

const BOTH: &[&str] = &["SRV", "LDM"];
const SINCE_2024: Period = since(day(2024, 1, 1));

const ELECTIONS: &[Elected] = &[
    Elected::of("ecm", BOTH, SINCE_2024),
    Elected::of("housing-transition-navigation", BOTH, SINCE_2024),
    Elected::of("housing-deposits", BOTH, SINCE_2024),
    Elected::of("housing-tenancy-sustaining", BOTH, SINCE_2024),
    Elected::of("short-term-post-hospitalization-housing", BOTH, SINCE_2024),
    Elected::of("recuperative-care", BOTH, SINCE_2024),
    Elected::of("respite", BOTH, SINCE_2024),
    Elected::of("day-habilitation", &["SRV"], SINCE_2024),
    Elected::of("assisted-living-transitions", BOTH, SINCE_2024),
    Elected::of("community-home-transition", BOTH, SINCE_2024),
    Elected::of("personal-care-homemaker", BOTH, SINCE_2024),
    Elected::of("home-modifications", BOTH, SINCE_2024),
    Elected::of("medically-tailored-meals", BOTH, SINCE_2024),
    Elected::of("sobering-centers", &["SRV"], since(day(2025, 7, 1))),
    Elected::of("asthma-remediation", BOTH, SINCE_2024),
    Elected::of("transitional-rent", BOTH, since(day(2026, 1, 1))),
];

/// 30 days for ECM since 2025-01-01 (DHCS ECM Policy Guide, presumptive authorization); 14 for recuperative
/// care by the plan's own choice, because without it people wait in hospital beds.
const PRESUMPTIVE: &[Presume] = &[
    ecm_presumption(
        "vv.presume.ecm.homelessness",
        "homelessness",
        &["street-medicine", "housing-provider"],
        &["housing.status", "clinical.complex-need"],
    ),
    ecm_presumption(
        "vv.presume.ecm.utilization",
        "avoidable-utilization",
        &["fqhc", "primary-care"],
        &["utilization.ed-visits-6m"],
    ),
    ecm_presumption(
        "vv.presume.ecm.smi-sud",
        "serious-mental-health-sud",
        &["county-behavioral-health", "behavioral-health"],
        &["clinical.smi-or-sud"],
    ),
    ecm_presumption(
        "vv.presume.ecm.incarceration",
        "incarceration-transition",
        &["justice-involved"],
        &["justice.release-date"],
    ),
    ecm_presumption("vv.presume.ecm.ltc-risk", "ltc-risk", &["cct-lead"], &["clinical.adl-support-hours"]),
    ecm_presumption(
        "vv.presume.ecm.nursing-facility",
        "nursing-facility-transition",
        &["cct-lead"],
        &["nursing.days-in-facility"],
    ),
    ecm_presumption("vv.presume.ecm.ccs", "ccs", &["ccs-paneled"], &["social.complex-factor"]),
    ecm_presumption(
        "vv.presume.ecm.child-welfare",
        "child-welfare",
        &["child-welfare-wraparound"],
        &["consent.member-agrees"],
    ),
    ecm_presumption(
        "vv.presume.ecm.birth-equity",
        "birth-equity",
        &["birth-equity-program"],
        &["pregnancy.status"],
    ),
    Presume {
        id: "vv.presume.recuperative",
        service: "recuperative-care",
        population: None,
        days: 14,
        provider_kinds: &["hospital", "recuperative-care"],
        attest: &["clinical.needs-recovery-care", "housing.status"],
        effective: since(day(2025, 1, 1)),
    },
];

const fn ecm_presumption(
    id: &'static str,
    population: &'static str,
    provider_kinds: &'static [&'static str],
    attest: &'static [&'static str],
) -> Presume {
    Presume {
        id,
        service: "ecm",
        population: Some(population),
        days: 30,
        provider_kinds,
        attest,
        effective: since(day(2025, 1, 1)),
    }
}

const DEFAULTS: &[Length] = &[
    Length::of("ecm", 365, 180, None),
    Length::of("housing-transition-navigation", 365, 180, None),
    Length::of("housing-deposits", 180, 180, Some(1)),
    Length::of("housing-tenancy-sustaining", 365, 180, None),
    Length::of("short-term-post-hospitalization-housing", 90, 60, None),
    Length::of("recuperative-care", 90, 60, None),
    Length::of("respite", 365, 365, Some(336)),
    Length::of("day-habilitation", 180, 180, None),
    Length::of("assisted-living-transitions", 180, 180, None),
    Length::of("community-home-transition", 180, 180, None),
    Length::of("personal-care-homemaker", 180, 180, None),
    Length::of("home-modifications", 180, 90, Some(1)),
    Length::of("medically-tailored-meals", 84, 84, Some(168)),
    Length::of("sobering-centers", 1, 1, Some(1)),
    Length::of("asthma-remediation", 180, 90, Some(1)),
    Length::of("transitional-rent", 182, 182, Some(168)),
];

const VETTING: &str = "DHCS APL 22-013; DHCS ECM and Community Supports Policy Guides, vetting of providers without an enrollment pathway";
const PLAN_MANUAL: &str = "Valle Vista provider manual, 2026-01, credentialing";

const REQUIREMENTS: &[Needed] = &[
    Needed::document("vv.w9", "w9", text("An IRS form W-9.", "Un formulario W-9 del IRS."), PLAN_MANUAL),
    Needed::document(
        "vv.liability",
        "liability-certificate",
        text(
            "General liability insurance of at least $1,000,000 for each claim.",
            "Seguro de responsabilidad general de al menos $1,000,000 por reclamo.",
        ),
        PLAN_MANUAL,
    )
    .at_least(100_000_000)
    .valid_for(365),
    Needed::document(
        "vv.business-license",
        "business-license",
        text("A current business license.", "Una licencia comercial vigente."),
        VETTING,
    )
    .valid_for(730),
    Needed::document(
        "vv.attestation",
        "attestation",
        text(
            "A signed attestation no older than 180 days.",
            "Una declaración firmada de no más de 180 días.",
        ),
        PLAN_MANUAL,
    )
    .valid_for(180),
    Needed::document(
        "vv.ownership",
        "disclosure-of-ownership",
        text("A disclosure of ownership and control.", "Una declaración de propiedad y control."),
        "42 CFR 455.104",
    ),
    Needed::document(
        "vv.privacy",
        "privacy-policy",
        text("A privacy policy.", "Una política de privacidad."),
        "45 CFR 164.530(i)",
    ),
    Needed::document(
        "vv.fire-clearance",
        "fire-clearance",
        text("A fire clearance for the site.", "Una autorización de bomberos para el sitio."),
        PLAN_MANUAL,
    )
    .only_for(&["recuperative-care", "short-term-post-hospitalization-housing", "sobering-centers"])
    .valid_for(365),
    Needed::document(
        "vv.food-permit",
        "food-permit",
        text("A food permit.", "Un permiso de alimentos."),
        PLAN_MANUAL,
    )
    .only_for(&["medically-tailored-meals"])
    .valid_for(365),
    Needed::answer(
        "vv.referrals",
        "org.can-receive-referrals",
        Answer::Yes,
        text(
            "The organization can receive referrals from plans.",
            "La organización puede recibir referencias de los planes.",
        ),
        VETTING,
    ),
    Needed::answer(
        "vv.billing",
        "org.can-bill",
        Answer::Yes,
        text("It can send claims or invoices.", "Puede enviar facturas."),
        VETTING,
    ),
    Needed::answer(
        "vv.experience",
        "org.similar-experience",
        Answer::Yes,
        text("It has experience with similar services.", "Tiene experiencia con servicios similares."),
        VETTING,
    ),
    Needed::answer(
        "vv.reporting",
        "org.reporting-capability",
        Answer::Yes,
        text(
            "It can meet reporting and oversight requirements.",
            "Puede cumplir con los informes y la supervisión.",
        ),
        VETTING,
    ),
    Needed::answer(
        "vv.no-fraud",
        "org.fraud-history",
        Answer::No,
        text(
            "It has no history of fraud, waste or abuse.",
            "No tiene antecedentes de fraude, desperdicio ni abuso.",
        ),
        VETTING,
    ),
    Needed::answer(
        "vv.no-crime",
        "org.criminal-history",
        Answer::No,
        text("It has no recent criminal history.", "No tiene antecedentes penales recientes."),
        VETTING,
    ),
];

/// Valle Vista's own files: fields between bars, no headers, and letters for codes.
const FILES: &[File] = &[
    File {
        id: "vv.return",
        kind: FileKind::ReturnFile,
        name_pattern: "VVHP_RTF_{npi}_{yyyymm}.txt",
        delimiter: "|",
        header_row: false,
        date_format: "MM-DD-YYYY",
        columns: &[
            ("member.plan-member-id", "MEMBER", &[]),
            ("member.cin", "CIN", &[]),
            ("member.birth-date", "DOB", &[]),
            ("member.family-name", "LAST", &[]),
            ("member.given-name", "FIRST", &[]),
            ("enrollment.contact-on", "CONTACT", &[]),
            ("enrollment.starts", "EFFECTIVE", &[]),
            ("enrollment.ends", "TERM", &[]),
            ("enrollment.status", "ENROLLED", &[("enrolled", "1"), ("ended", "0"), ("pending", "0")]),
            (
                "closure.reason",
                "REASON",
                &[
                    ("goals-met", "SC"),
                    ("lower-level-of-care", "WM"),
                    ("declined", "DP"),
                    ("no-longer-wishes", "DP"),
                    ("unable-to-connect", "UE"),
                    ("unsafe", "UBE"),
                    ("deceased", "EXP"),
                    ("switched-plan", "NE"),
                    ("lost-medi-cal", "OH"),
                    ("provider-full", "CAP"),
                    ("other", "OTH"),
                ],
            ),
            ("provider.tin", "TIN", &[]),
            ("provider.npi", "NPI", &[]),
        ],
    },
    File {
        id: "vv.outreach",
        kind: FileKind::Outreach,
        name_pattern: "VVHP_OTF_{npi}_{yyyymm}.txt",
        delimiter: "|",
        header_row: false,
        date_format: "MM-DD-YYYY",
        columns: &[
            ("member.plan-member-id", "MEMBER", &[]),
            ("member.cin", "CIN", &[]),
            ("outreach.on", "CONTACT", &[]),
            ("outreach.result", "RESULT", &[("reached", "1"), ("not-reached", "2")]),
            (
                "outreach.method",
                "METHOD",
                &[
                    ("in-person", "P"),
                    ("phone", "T"),
                    ("video", "V"),
                    ("text", "X"),
                    ("email", "E"),
                    ("mail", "M"),
                ],
            ),
            ("outreach.minutes", "MINUTES", &[]),
            ("provider.npi", "NPI", &[]),
        ],
    },
];

const DESKS: &[Desk] = &[
    Desk {
        purpose: "authorizations",
        name: "Utilization desk",
        phone: "+15550100101",
        email: "auth@valle-vista.example",
    },
    Desk {
        purpose: "claims",
        name: "Claims desk",
        phone: "+15550100102",
        email: "claims@valle-vista.example",
    },
    Desk {
        purpose: "credentialing",
        name: "Network desk",
        phone: "+15550100103",
        email: "network@valle-vista.example",
    },
    Desk {
        purpose: "care-coordination",
        name: "Care coordination desk",
        phone: "+15550100104",
        email: "care@valle-vista.example",
    },
    Desk {
        purpose: "privacy",
        name: "Privacy office",
        phone: "+15550100105",
        email: "privacy@valle-vista.example",
    },
    Desk {
        purpose: "files",
        name: "Data exchange desk",
        phone: "+15550100106",
        email: "files@valle-vista.example",
    },
];
