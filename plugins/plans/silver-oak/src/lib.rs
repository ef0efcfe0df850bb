//! Silver Oak Advantage's plugin: a D-SNP, with the Medi-Cal plan that matches it.
//!
//! Its members have California Integrated Care Management (CICM) in place of ECM, so an ECM referral is
//! redirected to that service and told why. Long stays in recuperative care are for its clinicians to look
//! at. People judge its claims.

mod rates;

use crosswalk_plan::authorization::{AuthorizationRequest, Determination, Presumption};
use crosswalk_plan::credentialing::{Application, ReviewResult};
use crosswalk_plan::profile::CriterionKind::{Administrative, Exclusion, Inclusion};
use crosswalk_plan::profile::{ClaimForm, ClockUnit, FileKind, Mode, PlanProfile};
use crosswalk_plan::referral::{Destination, Disposition, Redirection, ReferralRequest, TriageResult};
use crosswalk_plan::types::{Context, Date, FindingOutcome, Period, PlanError, Urgency, Workflow};
use crosswalk_plan::{
    Answer, Desk, Elected, File, Length, Needed, Plan, Promise, Rule, Stage, Test, YearDay, authorization,
    bi, credentialing, day, profile, referral, since, state_rules, text,
};

/// The plan, with what it decides by code.
pub struct SilverOak;

impl profile::Guest for SilverOak {
    fn describe() -> PlanProfile {
        PLAN.describe()
    }
}

impl referral::Guest for SilverOak {
    fn triage(request: ReferralRequest, context: Context) -> Result<TriageResult, PlanError> {
        if request.service != "ecm" || context.coverage.line != "d-snp" {
            return Ok(PLAN.triage(&request, &context));
        }
        let finding = PLAN.rule(NO_ECM).map(|rule| rule.finding(FindingOutcome::NotMet));
        let redirection = Redirection {
            to: Destination::Service("cicm".to_owned()),
            reason: bi(
                "A member of a D-SNP has California Integrated Care Management here in place of Enhanced Care Management.",
                "Un miembro de un D-SNP recibe aquí el Manejo Integrado de la Atención de California en lugar del Manejo Mejorado.",
            ),
        };
        Ok(TriageResult {
            disposition: Disposition::Redirected(redirection),
            findings: finding.into_iter().collect(),
            notes: Vec::new(),
        })
    }
}

impl authorization::Guest for SilverOak {
    fn presume(request: AuthorizationRequest, context: Context) -> Result<Option<Presumption>, PlanError> {
        Ok(PLAN.presume(&request, &context))
    }

    fn determine(request: AuthorizationRequest, context: Context) -> Result<Determination, PlanError> {
        if request.service == "cicm" {
            // No procedure stands for CICM: an accepted referral is all it needs.
            return Err(PlanError::Unsupported(
                "cicm is arranged by referral and has no procedure to authorize".to_owned(),
            ));
        }
        Ok(PLAN.determine(&request, &context))
    }
}

impl credentialing::Guest for SilverOak {
    fn review(application: Application, today: Date) -> Result<ReviewResult, PlanError> {
        Ok(PLAN.review(&application, today))
    }
}

crosswalk_plan::export!(SilverOak: profile, referral, authorization, credentialing);

const NO_ECM: &str = "so.not-ecm";

/// The plan as data.
pub const PLAN: Plan = Plan {
    id: "silver-oak",
    name: "Silver Oak Advantage",
    version: "1.0.0",
    lines: &["d-snp", "medi-cal"],
    counties: SRV,
    languages: &["en", "es", "zh"],
    modes: &[
        (Workflow::Referral, Mode::Decides),
        (Workflow::Authorization, Mode::Decides),
        (Workflow::Billing, Mode::People),
        (Workflow::Credentialing, Mode::Decides),
    ],
    elections: &[
        Elected::of("cicm", SRV, SINCE_2026),
        Elected::of("recuperative-care", SRV, SINCE_2026),
        Elected::of("short-term-post-hospitalization-housing", SRV, SINCE_2026),
        Elected::of("medically-tailored-meals", SRV, SINCE_2026),
        Elected::of("housing-transition-navigation", SRV, SINCE_2026),
        Elected::of("home-modifications", SRV, SINCE_2026),
        Elected::of("personal-care-homemaker", SRV, SINCE_2026),
    ],
    rules: &[state_rules!("so", room_and_board_days: 182), CICM, OVERLAYS],
    facts: &[],
    presumptive: &[],
    defaults: &[
        Length::of("cicm", 365, 365, None),
        Length::of("recuperative-care", 30, 30, None),
        Length::of("short-term-post-hospitalization-housing", 60, 60, None),
        Length::of("medically-tailored-meals", 84, 84, Some(168)),
        Length::of("housing-transition-navigation", 180, 180, None),
        Length::of("home-modifications", 180, 180, Some(1)),
        Length::of("personal-care-homemaker", 180, 180, None),
    ],
    promises: &[
        Promise {
            workflow: Workflow::Authorization,
            urgency: Urgency::Standard,
            amount: 4,
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
    claims: (ClaimForm::Invoice, "SOA01", 365),
    claim_criteria: None,
    requirements: REQUIREMENTS,
    files: FILES,
    delegates: &[],
    desks: DESKS,
    calendar: &[YearDay { day: day(2026, 10, 12), works: false, name: "Indigenous Peoples' Day" }],
    tables: &[],
};

const SRV: &[&str] = &["SRV"];
const SINCE_2026: Period = since(day(2026, 1, 1));
const DSNP: &str = "DHCS D-SNP Policy Guide, contract year 2026, California Integrated Care Management";
const MANUAL: &str = "Silver Oak Advantage provider manual, 2026-01";
const HOMELESS: &[&str] = &["homeless-sheltered", "homeless-unsheltered"];

/// The populations of CICM: ECM's adult populations, and dementia.
const CICM: &[Rule] = &[
    Rule::state("so.cicm.d-snp", "cicm", Administrative,
        text("The member is a full dual in this plan's D-SNP.", "El miembro tiene Medicare y Medi-Cal completos en el D-SNP de este plan."), DSNP, Test::InThisDsnp),
    Rule::state("so.cicm.not-hospice", "cicm", Exclusion,
        text("The member is not in hospice.", "El miembro no está en cuidados paliativos terminales."), DSNP, Test::NotSaid("program.hospice")).administrative(),
    Rule::state("so.cicm.homelessness", "cicm", Inclusion,
        text("The member is homeless and has a complex need.", "El miembro no tiene hogar y tiene una necesidad compleja."), DSNP,
        Test::All(&[Test::OneOf("housing.status", HOMELESS), Test::Yes("clinical.complex-need")])).of_population("homelessness"),
    Rule::state("so.cicm.avoidable-utilization", "cicm", Inclusion,
        text("The member had 5 emergency visits or 3 unplanned stays in 6 months.", "El miembro tuvo 5 visitas a urgencias o 3 estancias no planeadas en 6 meses."), DSNP,
        Test::Any(&[Test::AtLeast("utilization.ed-visits-6m", 5), Test::AtLeast("utilization.inpatient-stays-6m", 3)])).of_population("avoidable-utilization"),
    Rule::state("so.cicm.smi-sud", "cicm", Inclusion,
        text("The member has a serious mental illness or substance use disorder and a complex social factor.",
            "El miembro tiene una enfermedad mental grave o un trastorno por sustancias y un factor social complejo."), DSNP,
        Test::All(&[Test::Yes("clinical.smi-or-sud"), Test::Yes("social.complex-factor")])).of_population("serious-mental-health-sud"),
    Rule::state("so.cicm.incarceration", "cicm", Inclusion,
        text("The member left a correctional facility within the last 12 months.", "El miembro salió de un centro penitenciario en los últimos 12 meses."), DSNP,
        Test::WithinMonths("justice.release-date", 12)).of_population("incarceration-transition"),
    Rule::state("so.cicm.ltc-risk", "cicm", Inclusion,
        text("The member needs help with daily living and is at risk of long-term care.", "El miembro necesita ayuda diaria y corre riesgo de cuidado a largo plazo."), DSNP,
        Test::AtLeast("clinical.adl-support-hours", 1)).of_population("ltc-risk"),
    Rule::state("so.cicm.nursing-facility", "cicm", Inclusion,
        text("The member is moving from a nursing facility to the community.", "El miembro pasa de un centro de enfermería a la comunidad."), DSNP,
        Test::AtLeast("nursing.days-in-facility", 1)).of_population("nursing-facility-transition"),
    Rule::state("so.cicm.birth-equity", "cicm", Inclusion,
        text("The member is pregnant or within 12 months after birth.", "La persona está en embarazo o dentro de 12 meses tras el parto."), DSNP,
        Test::OneOf("pregnancy.status", &["pregnant", "postpartum"])).of_population("birth-equity"),
    Rule::state("so.cicm.dementia", "cicm", Inclusion,
        text("The member has documented dementia needs.", "El miembro tiene necesidades documentadas por demencia."), DSNP,
        Test::Yes("clinical.dementia")).of_population("dementia"),
];

const OVERLAYS: &[Rule] = &[
    Rule::overlay("so.recuperative.long-stay", "recuperative-care", Inclusion,
        text("The stay is not expected to last more than 30 days; longer ones are for a clinician to judge.",
            "No se espera que la estancia dure más de 30 días; las más largas las evalúa un profesional clínico."), MANUAL,
        Test::NotSaidAbove("stay.expected-days", 30)).within(SINCE_2026),
    Rule::state(NO_ECM, "*", Exclusion,
        text("The service is not ECM, which members of a D-SNP cannot have.", "El servicio no es ECM, que los miembros de un D-SNP no pueden recibir."), DSNP,
        Test::ByPlan).administrative().at(Stage::Apart),
];

const REQUIREMENTS: &[Needed] = &[
    Needed::document("so.w9", "w9", text("An IRS form W-9.", "Un formulario W-9 del IRS."), MANUAL),
    Needed::document(
        "so.liability",
        "liability-certificate",
        text(
            "General liability insurance of at least $1,000,000 for each claim.",
            "Seguro de responsabilidad general de al menos $1,000,000 por reclamo.",
        ),
        MANUAL,
    )
    .at_least(100_000_000)
    .valid_for(365),
    Needed::document(
        "so.auto",
        "auto-certificate",
        text("Automobile insurance of at least $500,000.", "Seguro de automóvil de al menos $500,000."),
        MANUAL,
    )
    .at_least(50_000_000)
    .valid_for(365),
    Needed::document(
        "so.business-license",
        "business-license",
        text(
            "A business license issued in the last three years.",
            "Una licencia comercial emitida en los últimos tres años.",
        ),
        MANUAL,
    )
    .valid_for(1_095),
    Needed::document(
        "so.attestation",
        "attestation",
        text(
            "A signed attestation no older than 180 days.",
            "Una declaración firmada de no más de 180 días.",
        ),
        MANUAL,
    )
    .valid_for(180),
    Needed::document(
        "so.fwa-training",
        "fwa-training",
        text(
            "Yearly training on fraud, waste and abuse.",
            "Capacitación anual sobre fraude, desperdicio y abuso.",
        ),
        "42 CFR 422.503(b)(4)(vi)",
    )
    .valid_for(365),
    Needed::answer(
        "so.hipaa",
        "org.hipaa-policies",
        Answer::Yes,
        text("It has HIPAA policies.", "Tiene políticas de HIPAA."),
        "45 CFR 164.316",
    ),
    Needed::answer(
        "so.background-checks",
        "org.background-checks",
        Answer::Yes,
        text("It checks the background of its staff.", "Verifica los antecedentes de su personal."),
        MANUAL,
    ),
    Needed::answer(
        "so.no-fraud",
        "org.fraud-history",
        Answer::No,
        text(
            "It has no history of fraud, waste or abuse.",
            "No tiene antecedentes de fraude, desperdicio ni abuso.",
        ),
        "DHCS APL 22-013",
    ),
    Needed::answer(
        "so.legal-structure",
        "org.legal-structure",
        Answer::Given,
        text("Its legal structure is known.", "Se conoce su estructura legal."),
        MANUAL,
    ),
];

const FILES: &[File] = &[
    File {
        id: "so.return",
        kind: FileKind::ReturnFile,
        name_pattern: "SOA_CICM_{npi}_{yyyymm}.csv",
        delimiter: ",",
        header_row: true,
        date_format: "YYYY-MM-DD",
        columns: &[
            ("member.plan-member-id", "Member ID", &[]),
            ("member.family-name", "Last Name", &[]),
            ("member.given-name", "First Name", &[]),
            ("enrollment.population", "CICM Population", &[]),
            (
                "enrollment.status",
                "Status",
                &[("enrolled", "Active"), ("pending", "Outreach"), ("ended", "Closed")],
            ),
            ("enrollment.starts", "Start", &[]),
            ("enrollment.ends", "End", &[]),
            ("enrollment.contact-on", "Last Contact", &[]),
            ("care-manager.name", "Care Manager", &[]),
            ("care-manager.phone", "Care Manager Phone", &[]),
            ("closure.reason", "Closure Reason", &[]),
            ("provider.npi", "NPI", &[]),
        ],
    },
    File {
        id: "so.invoice",
        kind: FileKind::Invoice,
        name_pattern: "SOA_INVOICE_{npi}_{yyyymmdd}.csv",
        delimiter: ",",
        header_row: true,
        date_format: "YYYY-MM-DD",
        columns: &[
            ("claim.id", "Invoice Number", &[]),
            ("provider.npi", "Billing NPI", &[]),
            ("provider.tin", "Billing TIN", &[]),
            ("member.cin", "CIN", &[]),
            ("line.starts", "Service Start", &[]),
            ("line.ends", "Service End", &[]),
            ("line.procedure", "HCPCS and Modifiers", &[]),
            ("line.units", "Units", &[]),
            ("line.charge", "Charge", &[]),
            ("line.place", "Place of Service", &[]),
            ("authorization.number", "Authorization", &[]),
        ],
    },
];

const DESKS: &[Desk] = &[
    Desk {
        purpose: "authorizations",
        name: "Clinical services",
        phone: "+15550100301",
        email: "clinical@silver-oak.example",
    },
    Desk { purpose: "claims", name: "Invoices", phone: "+15550100302", email: "invoices@silver-oak.example" },
    Desk {
        purpose: "credentialing",
        name: "Provider network",
        phone: "+15550100303",
        email: "network@silver-oak.example",
    },
    Desk {
        purpose: "care-coordination",
        name: "Integrated care desk",
        phone: "+15550100304",
        email: "cicm@silver-oak.example",
    },
    Desk {
        purpose: "privacy",
        name: "Privacy office",
        phone: "+15550100305",
        email: "privacy@silver-oak.example",
    },
    Desk { purpose: "files", name: "Data desk", phone: "+15550100306", email: "data@silver-oak.example" },
];
