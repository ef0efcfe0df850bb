//! Harbor Crest Health's plugin: a commercial plan that adds rules of its own, pays by the unit, caps one service, and has
//! a medical group that decides for some members.
//!
//! Its additions are declared as overlays, so that everybody can see where it is narrower than the state's text. Its
//! adjudication advises: the plan's claims system has the last word. Where it uploads a fee schedule, that prices a line in
//! place of the published rate.

mod rates;

use crosswalk_plan::authorization::{AuthorizationRequest, Determination, Presumption};
use crosswalk_plan::billing::{Adjudication, Claim};
use crosswalk_plan::credentialing::{Application, ReviewResult};
use crosswalk_plan::profile::CriterionKind::{Administrative, Documentation, Inclusion};
use crosswalk_plan::profile::{ClaimForm, ClockUnit, FactKind, FileKind, Mode, PlanProfile};
use crosswalk_plan::referral::{Destination, Disposition, Redirection, ReferralRequest, TriageResult};
use crosswalk_plan::types::{Context, Date, FindingOutcome, Period, PlanError, Urgency, Workflow};
use crosswalk_plan::{
    Answer, Asked, Cap, Capped, ClaimCriteria, Delegation, Desk, Elected, File, Length, Needed, Plan,
    Presume, Promise, Reference, Rule, Stage, Test, YearDay, authorization, between, bi, billing,
    credentialing, day, key_of, profile, referral, since, state_rules, text,
};

/// The plan.
pub struct HarborCrest;

impl profile::Guest for HarborCrest {
    fn describe() -> PlanProfile {
        PLAN.describe()
    }
}

impl referral::Guest for HarborCrest {
    fn triage(request: ReferralRequest, context: Context) -> Result<TriageResult, PlanError> {
        if delegate_of(&context).is_none() {
            return Ok(TriageResult { notes: risk_tier(&context), ..PLAN.triage(&request, &context) });
        }
        let finding = PLAN.rule(DELEGATED).map(|rule| rule.finding(FindingOutcome::NotMet));
        let redirection = Redirection {
            to: Destination::Delegate(SIERRA_RIDGE.to_owned()),
            reason: bi(
                "Sierra Ridge Medical Group decides for members of this group.",
                "Sierra Ridge Medical Group decide por los miembros de este grupo.",
            ),
        };
        Ok(TriageResult {
            disposition: Disposition::Redirected(redirection),
            findings: finding.into_iter().collect(),
            notes: Vec::new(),
        })
    }
}

impl authorization::Guest for HarborCrest {
    fn presume(request: AuthorizationRequest, context: Context) -> Result<Option<Presumption>, PlanError> {
        Ok(delegate_of(&context).is_none().then(|| PLAN.presume(&request, &context)).flatten())
    }

    fn determine(request: AuthorizationRequest, context: Context) -> Result<Determination, PlanError> {
        match delegate_of(&context) {
            Some(delegate) => Err(PlanError::Unsupported(format!("{delegate} decides for this member"))),
            None => Ok(Determination { notes: risk_tier(&context), ..PLAN.determine(&request, &context) }),
        }
    }
}

impl billing::Guest for HarborCrest {
    fn adjudicate(claim: Claim, context: Context) -> Result<Adjudication, PlanError> {
        let schedule = context.table(&FEE_SCHEDULE);
        let mut amounts = Vec::new();
        for line in &claim.lines {
            if let Some(row) = schedule.row(&[&key_of(&line.procedure)])? {
                amounts.push((line.number, row.cents("amount")?));
            }
        }
        PLAN.adjudicate_at(&claim, &context, |line, price| {
            let scheduled = amounts.iter().find(|(number, _)| *number == line.number);
            scheduled.map_or(price.amount, |(_, amount)| *amount)
        })
    }
}

impl credentialing::Guest for HarborCrest {
    fn review(application: Application, today: Date) -> Result<ReviewResult, PlanError> {
        Ok(PLAN.review(&application, today))
    }
}

crosswalk_plan::export!(HarborCrest: profile, referral, authorization, billing, credentialing);

const SIERRA_RIDGE: &str = "sierra-ridge";
const SIERRA_RIDGE_GROUPS: &[&str] = &["SRM1", "SRM2"];
const DELEGATED: &str = "hc.delegate";

/// The delegate that the host found, or that the member's group belongs to.
fn delegate_of(context: &Context) -> Option<&str> {
    let by_group = context.coverage.group.as_deref().filter(|group| SIERRA_RIDGE_GROUPS.contains(group));
    context.coverage.delegate.as_deref().or(by_group.map(|_| SIERRA_RIDGE))
}

/// The member's risk tier, for the plan's own log, if the plan uploaded a table of tiers.
fn risk_tier(context: &Context) -> Vec<String> {
    let tiers = context.table(&RISK_TIERS).rows().filter_map(|row| row.cell("tier"));
    tiers.map(|tier| format!("risk tier {tier}")).collect()
}

/// The plan's constants.
pub const PLAN: Plan = Plan {
    id: "harbor-crest",
    name: "Harbor Crest Health",
    version: "1.0.0",
    lines: &["medi-cal"],
    counties: SRV,
    languages: &["en", "es", "vi"],
    modes: &[
        (Workflow::Referral, Mode::Decides),
        (Workflow::Authorization, Mode::Decides),
        (Workflow::Billing, Mode::Advises),
        (Workflow::Credentialing, Mode::Decides),
    ],
    elections: ELECTIONS,
    rules: &[state_rules!("hc", room_and_board_days: 182), OVERLAYS],
    facts: &[Asked {
        code: "plan.harbor-crest.kitchen",
        kind: FactKind::Coded,
        codes: &["full", "microwave", "none"],
        question: text(
            "What does the member have to store and heat food?",
            "¿Con qué cuenta el miembro para guardar y calentar alimentos?",
        ),
        proof: None,
        source: GUIDE,
    }],
    presumptive: &[
        ecm_presumption(
            "hc.presume.ecm.homelessness",
            "homelessness",
            &["street-medicine"],
            &["housing.status", "clinical.complex-need"],
        ),
        ecm_presumption(
            "hc.presume.ecm.utilization",
            "avoidable-utilization",
            &["fqhc"],
            &["utilization.ed-visits-6m"],
        ),
        ecm_presumption(
            "hc.presume.ecm.smi-sud",
            "serious-mental-health-sud",
            &["county-behavioral-health"],
            &["clinical.smi-or-sud"],
        ),
        ecm_presumption(
            "hc.presume.ecm.incarceration",
            "incarceration-transition",
            &["justice-involved"],
            &["justice.release-date"],
        ),
        ecm_presumption(
            "hc.presume.ecm.birth-equity",
            "birth-equity",
            &["birth-equity-program"],
            &["pregnancy.status"],
        ),
    ],
    defaults: DEFAULTS,
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
    claims: (ClaimForm::X12837p, "HCH77", 180),
    claim_criteria: Some(ClaimCriteria {
        coverage: "hc.claim.coverage",
        timely: "hc.claim.timely",
        procedure: "hc.claim.procedure",
        authorization: "hc.claim.authorization",
        duplicate: "hc.claim.duplicate",
    }),
    requirements: REQUIREMENTS,
    files: FILES,
    delegates: &[Delegation {
        id: SIERRA_RIDGE,
        name: "Sierra Ridge Medical Group",
        groups: SIERRA_RIDGE_GROUPS,
        responsibilities: &[("*", &[Workflow::Referral, Workflow::Authorization], since(day(2025, 1, 1)))],
    }],
    desks: DESKS,
    calendar: &[
        YearDay { day: day(2026, 6, 19), works: false, name: "Juneteenth" },
        YearDay { day: day(2026, 3, 31), works: true, name: "Open on Cesar Chavez Day" },
    ],
    tables: &[RISK_TIERS, FEE_SCHEDULE],
};

/// Where a member's housing and county put the member.
const RISK_TIERS: Reference = Reference {
    name: "risk-tiers",
    keys: &["county", "housing.status"],
    columns: &["county", "housing.status", "tier"],
    text: text(
        "Risk tier by county and housing status.",
        "Nivel de riesgo por condado y situación de vivienda.",
    ),
};

/// What the plan pays from a day on, in dollars, where that is no longer what its profile publishes.
const FEE_SCHEDULE: Reference = Reference {
    name: "fee-schedule",
    keys: &["procedure"],
    columns: &["procedure", "amount"],
    text: text(
        "Amounts that take the place of the published rates.",
        "Montos que reemplazan las tarifas publicadas.",
    ),
};

const SRV: &[&str] = &["SRV"];
const GUIDE: &str = "Harbor Crest Health Community Supports authorization guide, 2026-01";
const MANUAL: &str = "Harbor Crest Health provider manual, 2026-01, credentialing";
const SINCE_2024: Period = since(day(2024, 1, 1));
const SINCE_2026: Period = since(day(2026, 1, 1));

/// What Harbor Crest asks beyond the state's text. The thresholds for meals follow a published referral packet's.
const OVERLAYS: &[Rule] = &[
    Rule::overlay("hc.meals.threshold", "medically-tailored-meals", Inclusion,
        text("HbA1c is 9.0 % or more, or the malnutrition screening score is 3 or more.", "La HbA1c es de 9.0 % o más, o el puntaje de desnutrición es de 3 o más."), GUIDE,
        Test::Any(&[Test::Measures("clinical.hba1c", 9_000), Test::AtLeast("clinical.malnutrition-score", 3)])).within(SINCE_2026),
    Rule::overlay("hc.meals.kitchen", "medically-tailored-meals", Inclusion,
        text("Nothing says that the member cannot store and heat food.", "Nada indica que el miembro no pueda guardar y calentar alimentos."), GUIDE,
        Test::NotSaidOf("plan.harbor-crest.kitchen", &["none"])).within(SINCE_2026),
    Rule::overlay("hc.navigation.support-plan", "housing-transition-navigation", Documentation,
        text("A housing support plan is attached.", "Se adjunta un plan de apoyo de vivienda."), GUIDE, Test::Document("housing-support-plan")).within(SINCE_2026),
    Rule::overlay("hc.recuperative.discharge-summary", "recuperative-care", Documentation,
        text("A discharge summary is attached.", "Se adjunta un resumen de alta."), GUIDE, Test::Document("discharge-summary")).within(SINCE_2026),
    Rule::overlay("hc.post-hospital.capacity", "short-term-post-hospitalization-housing", Administrative,
        text("Fewer than 15 members were admitted in the last six months; others are put on the wait list.",
            "Se admitieron menos de 15 miembros en los últimos seis meses; los demás pasan a la lista de espera."),
        "DHCS-approved capacity plan of Harbor Crest Health, 2026-01", Test::Room).within(SINCE_2026),
    Rule::overlay("hc.modifications.landlord", "home-modifications", Documentation,
        text("The owner of the home gives permission.", "El dueño de la vivienda da permiso."), GUIDE, Test::Document("landlord-permission")).within(SINCE_2026),
    Rule::overlay("hc.modifications.home-assessment", "home-modifications", Documentation,
        text("A home assessment is attached.", "Se adjunta una evaluación del hogar."), GUIDE, Test::Document("home-assessment")).within(SINCE_2026),
    Rule::overlay(DELEGATED, "*", Administrative,
        text("The plan itself decides for the member, not a delegate.", "El plan mismo decide por el miembro, no un delegado."),
        "Division of financial responsibility between Harbor Crest Health and Sierra Ridge Medical Group, 2025-01-01", Test::ByPlan)
        .at(Stage::Apart).within(since(day(2025, 1, 1))),
];

const ELECTIONS: &[Elected] = &[
    Elected::of("ecm", SRV, SINCE_2024),
    Elected::of("housing-transition-navigation", SRV, SINCE_2024),
    Elected::of("housing-deposits", SRV, SINCE_2024),
    Elected::of("housing-tenancy-sustaining", SRV, SINCE_2024),
    Elected {
        service: "short-term-post-hospitalization-housing",
        counties: SRV,
        days: SINCE_2024,
        cap: Some(Cap { members: 15, months: 6, full: Capped::WaitList }),
    },
    Elected::of("recuperative-care", SRV, SINCE_2024),
    Elected::of("assisted-living-transitions", SRV, SINCE_2024),
    Elected::of("community-home-transition", SRV, SINCE_2024),
    Elected::of("personal-care-homemaker", SRV, SINCE_2024),
    Elected::of("home-modifications", SRV, SINCE_2024),
    Elected::of("medically-tailored-meals", SRV, SINCE_2024),
    Elected::of("asthma-remediation", SRV, between(day(2024, 7, 1), day(2026, 12, 31))),
    Elected::of("transitional-rent", SRV, SINCE_2026),
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
    Length::of("ecm", 365, 180, Some(120)),
    Length::of("housing-transition-navigation", 180, 180, None),
    Length::of("housing-deposits", 90, 90, Some(1)),
    Length::of("housing-tenancy-sustaining", 180, 180, None),
    Length::of("short-term-post-hospitalization-housing", 60, 30, None),
    Length::of("recuperative-care", 30, 30, None),
    Length::of("assisted-living-transitions", 180, 180, None),
    Length::of("community-home-transition", 180, 180, None),
    Length::of("personal-care-homemaker", 180, 180, None),
    Length::of("home-modifications", 90, 90, Some(1)),
    Length::of("medically-tailored-meals", 84, 42, Some(168)),
    Length::of("asthma-remediation", 90, 90, Some(1)),
    Length::of("transitional-rent", 182, 182, Some(168)),
];

const REQUIREMENTS: &[Needed] = &[
    Needed::document(
        "hc.w9",
        "w9",
        text(
            "An IRS form W-9 of the last three years.",
            "Un formulario W-9 del IRS de los últimos tres años.",
        ),
        MANUAL,
    )
    .valid_for(1_095),
    Needed::document(
        "hc.liability",
        "liability-certificate",
        text(
            "General liability insurance of at least $2,000,000 for each claim.",
            "Seguro de responsabilidad general de al menos $2,000,000 por reclamo.",
        ),
        MANUAL,
    )
    .at_least(200_000_000)
    .valid_for(365),
    Needed::document(
        "hc.professional-liability",
        "professional-liability-certificate",
        text(
            "Professional liability insurance of at least $1,000,000.",
            "Seguro de responsabilidad profesional de al menos $1,000,000.",
        ),
        MANUAL,
    )
    .at_least(100_000_000)
    .valid_for(365)
    .only_for(&["ecm", "recuperative-care", "personal-care-homemaker"]),
    Needed::document(
        "hc.workers-compensation",
        "workers-compensation-certificate",
        text("Workers' compensation insurance.", "Seguro de compensación laboral."),
        MANUAL,
    )
    .valid_for(365),
    Needed::document(
        "hc.business-license",
        "business-license",
        text(
            "A business license issued in the last year.",
            "Una licencia comercial emitida en el último año.",
        ),
        MANUAL,
    )
    .valid_for(365),
    Needed::document(
        "hc.attestation",
        "attestation",
        text(
            "A signed attestation no older than 120 days.",
            "Una declaración firmada de no más de 120 días.",
        ),
        MANUAL,
    )
    .valid_for(120),
    Needed::document(
        "hc.ownership",
        "disclosure-of-ownership",
        text("A disclosure of ownership and control.", "Una declaración de propiedad y control."),
        "42 CFR 455.104",
    ),
    Needed::document(
        "hc.privacy",
        "privacy-policy",
        text(
            "A privacy policy reviewed in the last year.",
            "Una política de privacidad revisada en el último año.",
        ),
        MANUAL,
    )
    .valid_for(365),
    Needed::document(
        "hc.fwa-training",
        "fwa-training",
        text(
            "Yearly training on fraud, waste and abuse.",
            "Capacitación anual sobre fraude, desperdicio y abuso.",
        ),
        MANUAL,
    )
    .valid_for(365),
    Needed::document(
        "hc.site-visit",
        "site-visit",
        text("A site visit in the last three years.", "Una visita al sitio en los últimos tres años."),
        MANUAL,
    )
    .only_for(&["recuperative-care", "short-term-post-hospitalization-housing"])
    .valid_for(1_095),
    Needed::answer(
        "hc.years",
        "org.years-in-operation",
        Answer::AtLeast(2),
        text("At least two years in operation.", "Al menos dos años de operación."),
        MANUAL,
    ),
    Needed::answer(
        "hc.mfa",
        "org.mfa",
        Answer::Yes,
        text("Sign-in with a second factor.", "Acceso con un segundo factor."),
        MANUAL,
    ),
    Needed::answer(
        "hc.incident-plan",
        "org.incident-plan",
        Answer::Yes,
        text("A plan for security incidents.", "Un plan para incidentes de seguridad."),
        "45 CFR 164.308(a)(6)",
    ),
    Needed::answer(
        "hc.billing",
        "org.can-bill",
        Answer::Yes,
        text("It can send 837P claims.", "Puede enviar facturas 837P."),
        "DHCS APL 22-013",
    ),
    Needed::answer(
        "hc.no-fraud",
        "org.fraud-history",
        Answer::No,
        text(
            "It has no history of fraud, waste or abuse.",
            "No tiene antecedentes de fraude, desperdicio ni abuso.",
        ),
        "DHCS APL 22-013",
    ),
    Needed::answer(
        "hc.no-claims",
        "org.liability-claims",
        Answer::No,
        text(
            "It has no history of liability claims.",
            "No tiene antecedentes de reclamos de responsabilidad.",
        ),
        "DHCS APL 22-013",
    ),
];

const FILES: &[File] = &[
    File {
        id: "hc.return",
        kind: FileKind::ReturnFile,
        name_pattern: "PRTF_{npi}_{yyyymm}_{yyyymmdd}.csv",
        delimiter: ",",
        header_row: true,
        date_format: "MM/DD/YYYY",
        columns: &[
            ("plan.id", "Primary Payer (MCP) Identifier", &[]),
            ("plan.name", "MCP Name", &[]),
            ("member.cin", "Member CIN", &[]),
            ("member.family-name", "Member Last Name", &[]),
            ("member.given-name", "Member First Name", &[]),
            ("member.new-address", "Member New Address Indicator", YES_NO),
            ("member.homeless", "Member Homelessness Indicator", YES_NO),
            ("member.street", "Member Residential Address", &[]),
            ("member.city", "Member Residential City", &[]),
            ("member.state", "Member Residential State", &[]),
            ("member.zip", "Member Residential Zip", &[]),
            ("member.new-phone", "Member New Phone Number Indicator", YES_NO),
            ("member.phone", "Member Phone Number", &[]),
            ("enrollment.population", "Member PoF", &[]),
            (
                "enrollment.status",
                "Member ECM Status",
                &[
                    ("enrolled", "Currently receiving ECM"),
                    ("pending", "Pending outreach"),
                    ("ended", "Discontinued"),
                ],
            ),
            ("enrollment.acuity", "Member Acuity Level", &[]),
            ("enrollment.starts", "ECM Enrollment Start Date", &[]),
            ("enrollment.ends", "ECM Enrollment End Date", &[]),
            ("enrollment.care-plan-on", "Latest Care Plan Revision", &[]),
            ("enrollment.assessment-on", "Most Recent Completed Assessment", &[]),
            ("enrollment.contact-on", "Most Recent Encounter with Member", &[]),
            ("care-manager.name", "Lead Care Manager Name", &[]),
            ("care-manager.phone", "Lead Care Manager Phone", &[]),
            ("closure.on", "Discontinuation Date", &[]),
            (
                "closure.reason",
                "Discontinuation Reason Code",
                &[
                    ("goals-met", "1"),
                    ("lower-level-of-care", "2"),
                    ("no-longer-wishes", "3"),
                    ("unable-to-connect", "4"),
                    ("incarcerated", "5"),
                    ("declined", "6"),
                    ("duplicative-program", "7"),
                    ("lost-medi-cal", "8"),
                    ("switched-plan", "9"),
                    ("moved-out-of-county", "10"),
                    ("moved-out-of-country", "11"),
                    ("unsafe", "12"),
                    ("not-reauthorized", "13"),
                    ("deceased", "14"),
                    ("other", "15"),
                ],
            ),
            ("file.made-on", "RTF Production Date", &[]),
            ("provider.name", "ECM Provider Name", &[]),
            ("provider.npi", "ECM Provider NPI", &[]),
            ("provider.tin", "ECM Provider TIN", &[]),
            ("provider.phone", "ECM Provider Phone", &[]),
            ("referral.state", "Referral Status", &[]),
            ("referral.state-on", "Date of Referral Status Update", &[]),
            ("referral.closure-reason", "Reason for Referral Loop Closure", &[]),
        ],
    },
    File {
        id: "hc.authorizations",
        kind: FileKind::Authorization,
        name_pattern: "HCH_CSASF_{npi}_{yyyymmdd}.csv",
        delimiter: ",",
        header_row: true,
        date_format: "MM/DD/YYYY",
        columns: &[
            ("member.cin", "CIN", &[]),
            ("authorization.number", "Authorization ID", &[]),
            ("authorization.service", "Service", &[]),
            ("authorization.status", "Auth Status", &[("approved", "A"), ("denied", "D"), ("pended", "P")]),
            ("authorization.starts", "Auth Start", &[]),
            ("authorization.ends", "Auth End", &[]),
            ("authorization.units", "Total Units", &[]),
            ("authorization.used", "Used Units", &[]),
        ],
    },
];

const YES_NO: &[(&str, &str)] = &[("yes", "1"), ("no", "0")];

const DESKS: &[Desk] = &[
    Desk {
        purpose: "authorizations",
        name: "Prior authorization",
        phone: "+15550100201",
        email: "um@harbor-crest.example",
    },
    Desk {
        purpose: "claims",
        name: "Provider claims",
        phone: "+15550100202",
        email: "claims@harbor-crest.example",
    },
    Desk {
        purpose: "credentialing",
        name: "Credentialing",
        phone: "+15550100203",
        email: "credentialing@harbor-crest.example",
    },
    Desk {
        purpose: "care-coordination",
        name: "Case management",
        phone: "+15550100204",
        email: "cm@harbor-crest.example",
    },
    Desk {
        purpose: "privacy",
        name: "Privacy office",
        phone: "+15550100205",
        email: "privacy@harbor-crest.example",
    },
    Desk {
        purpose: "files",
        name: "Data services",
        phone: "+15550100206",
        email: "data@harbor-crest.example",
    },
];
