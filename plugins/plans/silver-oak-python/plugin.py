"""Silver Oak Advantage's plugin in Python: the twin of `../silver-oak`, which says the same in Rust.

Both pass the same cases and give the same profile. The plan's members have California Integrated Care Management (CICM) in
place of ECM, so an ECM referral is redirected to that service and told why. Long stays in recuperative care are for its
clinicians to look at. People judge its claims.
"""

from crosswalk_plan import (
    BY_PLAN,
    IN_THIS_DSNP,
    Elected,
    Needed,
    Plan,
    all_of,
    any_of,
    at_least,
    day,
    length,
    not_said,
    not_said_above,
    one_of,
    overlay,
    since,
    state_rule,
    state_rules,
    text,
    unsupported,
    within_months,
    yes,
)
from wit_world import exports
from wit_world.exports.authorization import AuthorizationRequest, Determination, Presumption
from wit_world.exports.credentialing import Application, ReviewResult
from wit_world.exports.profile import (
    CalendarDay,
    ClaimForm,
    ClaimRoute,
    ClockUnit,
    Column,
    Contact,
    CriterionKind,
    FileKind,
    Layout,
    Mode,
    PlanProfile,
    TurnAround,
    WorkflowMode,
)
from wit_world.exports.referral import (
    Destination_Service,
    Disposition_Redirected,
    Redirection,
    ReferralRequest,
    TriageResult,
)
from wit_world.imports.types import Context, Date, DenialKind, FindingOutcome, Urgency, Workflow

from rates import RATES

INCLUSION, EXCLUSION = CriterionKind.INCLUSION, CriterionKind.EXCLUSION
ADMINISTRATIVE = CriterionKind.ADMINISTRATIVE

SRV = ["SRV"]
SINCE_2026 = since("2026-01-01")
DSNP = "DHCS D-SNP Policy Guide, contract year 2026, California Integrated Care Management"
MANUAL = "Silver Oak Advantage provider manual, 2026-01"
HOMELESS = ["homeless-sheltered", "homeless-unsheltered"]
NO_ECM = "so.not-ecm"

# The populations of CICM: ECM's adult populations, and dementia.
CICM = [
    state_rule(
        "so.cicm.d-snp", "cicm", ADMINISTRATIVE,
        text("The member is a full dual in this plan's D-SNP.", "El miembro tiene Medicare y Medi-Cal completos en el D-SNP de este plan."),
        DSNP, IN_THIS_DSNP,
    ),
    state_rule(
        "so.cicm.not-hospice", "cicm", ADMINISTRATIVE,
        text("The member is not in hospice.", "El miembro no está en cuidados paliativos terminales."),
        DSNP, not_said("program.hospice"),
    ),
    state_rule(
        "so.cicm.homelessness", "cicm", INCLUSION,
        text("The member is homeless and has a complex need.", "El miembro no tiene hogar y tiene una necesidad compleja."),
        DSNP, all_of(one_of("housing.status", HOMELESS), yes("clinical.complex-need")), population="homelessness",
    ),
    state_rule(
        "so.cicm.avoidable-utilization", "cicm", INCLUSION,
        text("The member had 5 emergency visits or 3 unplanned stays in 6 months.", "El miembro tuvo 5 visitas a urgencias o 3 estancias no planeadas en 6 meses."),
        DSNP, any_of(at_least("utilization.ed-visits-6m", 5), at_least("utilization.inpatient-stays-6m", 3)),
        population="avoidable-utilization",
    ),
    state_rule(
        "so.cicm.smi-sud", "cicm", INCLUSION,
        text(
            "The member has a serious mental illness or substance use disorder and a complex social factor.",
            "El miembro tiene una enfermedad mental grave o un trastorno por sustancias y un factor social complejo.",
        ),
        DSNP, all_of(yes("clinical.smi-or-sud"), yes("social.complex-factor")), population="serious-mental-health-sud",
    ),
    state_rule(
        "so.cicm.incarceration", "cicm", INCLUSION,
        text("The member left a correctional facility within the last 12 months.", "El miembro salió de un centro penitenciario en los últimos 12 meses."),
        DSNP, within_months("justice.release-date", 12), population="incarceration-transition",
    ),
    state_rule(
        "so.cicm.ltc-risk", "cicm", INCLUSION,
        text("The member needs help with daily living and is at risk of long-term care.", "El miembro necesita ayuda diaria y corre riesgo de cuidado a largo plazo."),
        DSNP, at_least("clinical.adl-support-hours", 1), population="ltc-risk",
    ),
    state_rule(
        "so.cicm.nursing-facility", "cicm", INCLUSION,
        text("The member is moving from a nursing facility to the community.", "El miembro pasa de un centro de enfermería a la comunidad."),
        DSNP, at_least("nursing.days-in-facility", 1), population="nursing-facility-transition",
    ),
    state_rule(
        "so.cicm.birth-equity", "cicm", INCLUSION,
        text("The member is pregnant or within 12 months after birth.", "La persona está en embarazo o dentro de 12 meses tras el parto."),
        DSNP, one_of("pregnancy.status", ["pregnant", "postpartum"]), population="birth-equity",
    ),
    state_rule(
        "so.cicm.dementia", "cicm", INCLUSION,
        text("The member has documented dementia needs.", "El miembro tiene necesidades documentadas por demencia."),
        DSNP, yes("clinical.dementia"), population="dementia",
    ),
]

OVERLAYS = [
    overlay(
        "so.recuperative.long-stay", "recuperative-care", INCLUSION,
        text(
            "The stay is not expected to last more than 30 days; longer ones are for a clinician to judge.",
            "No se espera que la estancia dure más de 30 días; las más largas las evalúa un profesional clínico.",
        ),
        MANUAL, not_said_above("stay.expected-days", 30), days=SINCE_2026,
    ),
    state_rule(
        NO_ECM, "*", ADMINISTRATIVE,
        text("The service is not ECM, which members of a D-SNP cannot have.", "El servicio no es ECM, que los miembros de un D-SNP no pueden recibir."),
        DSNP, BY_PLAN, stage="apart",
    ),
]

REQUIREMENTS = [
    Needed("so.w9", text("An IRS form W-9.", "Un formulario W-9 del IRS."), MANUAL, document="w9"),
    Needed(
        "so.liability",
        text("General liability insurance of at least $1,000,000 for each claim.", "Seguro de responsabilidad general de al menos $1,000,000 por reclamo."),
        MANUAL, document="liability-certificate", minimum=100_000_000, valid_days=365,
    ),
    Needed(
        "so.auto",
        text("Automobile insurance of at least $500,000.", "Seguro de automóvil de al menos $500,000."),
        MANUAL, document="auto-certificate", minimum=50_000_000, valid_days=365,
    ),
    Needed(
        "so.business-license",
        text("A business license issued in the last three years.", "Una licencia comercial emitida en los últimos tres años."),
        MANUAL, document="business-license", valid_days=1_095,
    ),
    Needed(
        "so.attestation",
        text("A signed attestation no older than 180 days.", "Una declaración firmada de no más de 180 días."),
        MANUAL, document="attestation", valid_days=180,
    ),
    Needed(
        "so.fwa-training",
        text("Yearly training on fraud, waste and abuse.", "Capacitación anual sobre fraude, desperdicio y abuso."),
        "42 CFR 422.503(b)(4)(vi)", document="fwa-training", valid_days=365,
    ),
    Needed(
        "so.hipaa", text("It has HIPAA policies.", "Tiene políticas de HIPAA."),
        "45 CFR 164.316", fact="org.hipaa-policies", answer="yes",
    ),
    Needed(
        "so.background-checks",
        text("It checks the background of its staff.", "Verifica los antecedentes de su personal."),
        MANUAL, fact="org.background-checks", answer="yes",
    ),
    Needed(
        "so.no-fraud",
        text("It has no history of fraud, waste or abuse.", "No tiene antecedentes de fraude, desperdicio ni abuso."),
        "DHCS APL 22-013", fact="org.fraud-history", answer="no",
    ),
    Needed(
        "so.legal-structure", text("Its legal structure is known.", "Se conoce su estructura legal."),
        MANUAL, fact="org.legal-structure", answer="given",
    ),
]


def columns(*pairs: tuple[str, str]) -> list[Column]:
    """Columns without codes of the plan's own."""
    return [Column(value, header, []) for value, header in pairs]


STATUS = Column(
    "enrollment.status", "Status", [("enrolled", "Active"), ("pending", "Outreach"), ("ended", "Closed")]
)

LAYOUTS = [
    Layout(
        id="so.return",
        kind=FileKind.RETURN_FILE,
        name_pattern="SOA_CICM_{npi}_{yyyymm}.csv",
        delimiter=",",
        header_row=True,
        date_format="YYYY-MM-DD",
        columns=[
            *columns(
                ("member.plan-member-id", "Member ID"),
                ("member.family-name", "Last Name"),
                ("member.given-name", "First Name"),
                ("enrollment.population", "CICM Population"),
            ),
            STATUS,
            *columns(
                ("enrollment.starts", "Start"),
                ("enrollment.ends", "End"),
                ("enrollment.contact-on", "Last Contact"),
                ("care-manager.name", "Care Manager"),
                ("care-manager.phone", "Care Manager Phone"),
                ("closure.reason", "Closure Reason"),
                ("provider.npi", "NPI"),
            ),
        ],
    ),
    Layout(
        id="so.invoice",
        kind=FileKind.INVOICE,
        name_pattern="SOA_INVOICE_{npi}_{yyyymmdd}.csv",
        delimiter=",",
        header_row=True,
        date_format="YYYY-MM-DD",
        columns=columns(
            ("claim.id", "Invoice Number"),
            ("provider.npi", "Billing NPI"),
            ("provider.tin", "Billing TIN"),
            ("member.cin", "CIN"),
            ("line.starts", "Service Start"),
            ("line.ends", "Service End"),
            ("line.procedure", "HCPCS and Modifiers"),
            ("line.units", "Units"),
            ("line.charge", "Charge"),
            ("line.place", "Place of Service"),
            ("authorization.number", "Authorization"),
        ),
    ),
]


def desk(purpose: str, name: str, phone: str, mailbox: str) -> Contact:
    """A desk of the plan."""
    return Contact(purpose, name, phone, f"{mailbox}@silver-oak.example")


PLAN = Plan(
    plan_id="silver-oak",
    name="Silver Oak Advantage",
    version="1.0.0",
    lines=["d-snp", "medi-cal"],
    counties=SRV,
    languages=["en", "es", "zh"],
    modes=[
        WorkflowMode(Workflow.REFERRAL, Mode.DECIDES),
        WorkflowMode(Workflow.AUTHORIZATION, Mode.DECIDES),
        WorkflowMode(Workflow.BILLING, Mode.PEOPLE),
        WorkflowMode(Workflow.CREDENTIALING, Mode.DECIDES),
    ],
    elections=[
        Elected("cicm", SRV, SINCE_2026),
        Elected("recuperative-care", SRV, SINCE_2026),
        Elected("short-term-post-hospitalization-housing", SRV, SINCE_2026),
        Elected("medically-tailored-meals", SRV, SINCE_2026),
        Elected("housing-transition-navigation", SRV, SINCE_2026),
        Elected("home-modifications", SRV, SINCE_2026),
        Elected("personal-care-homemaker", SRV, SINCE_2026),
    ],
    rules=[state_rules("so", room_and_board_days=182), CICM, OVERLAYS],
    defaults=[
        length("cicm", 365, 365),
        length("recuperative-care", 30, 30),
        length("short-term-post-hospitalization-housing", 60, 60),
        length("medically-tailored-meals", 84, 84, 168),
        length("housing-transition-navigation", 180, 180),
        length("home-modifications", 180, 180, 1),
        length("personal-care-homemaker", 180, 180),
    ],
    turn_arounds=[
        TurnAround(Workflow.AUTHORIZATION, Urgency.STANDARD, 4, ClockUnit.BUSINESS_DAYS),
        TurnAround(Workflow.AUTHORIZATION, Urgency.EXPEDITED, 72, ClockUnit.HOURS),
    ],
    rates=RATES,
    claims=ClaimRoute(ClaimForm.INVOICE, "SOA01", 365),
    requirements=REQUIREMENTS,
    layouts=LAYOUTS,
    contacts=[
        desk("authorizations", "Clinical services", "+15550100301", "clinical"),
        desk("claims", "Invoices", "+15550100302", "invoices"),
        desk("credentialing", "Provider network", "+15550100303", "network"),
        desk("care-coordination", "Integrated care desk", "+15550100304", "cicm"),
        desk("privacy", "Privacy office", "+15550100305", "privacy"),
        desk("files", "Data desk", "+15550100306", "data"),
    ],
    calendar=[CalendarDay(day("2026-10-12"), False, "Indigenous Peoples' Day")],
)

ECM_BY_CICM = text(
    "A member of a D-SNP has California Integrated Care Management here in place of Enhanced Care Management.",
    "Un miembro de un D-SNP recibe aquí el Manejo Integrado de la Atención de California en lugar del Manejo Mejorado.",
)


class Profile(exports.Profile):
    """Who the plan is."""

    def describe(self) -> PlanProfile:
        return PLAN.describe()


class Referral(exports.Referral):
    """Is a referral for this plan to take?"""

    def triage(self, request: ReferralRequest, context: Context) -> TriageResult:
        if request.service != "ecm" or context.coverage.line != "d-snp":
            return PLAN.triage(request, context)
        redirection = Redirection(Destination_Service("cicm"), ECM_BY_CICM)
        finding = PLAN.rule(NO_ECM).finding(FindingOutcome.NOT_MET)
        return TriageResult(Disposition_Redirected(redirection), [finding], [])


class Authorization(exports.Authorization):
    """May service start now, and is it authorized?"""

    def presume(self, request: AuthorizationRequest, context: Context) -> Presumption | None:
        return PLAN.presume(request, context)

    def determine(self, request: AuthorizationRequest, context: Context) -> Determination:
        if request.service == "cicm":
            # No procedure stands for CICM: an accepted referral is all it needs.
            raise unsupported("cicm is arranged by referral and has no procedure to authorize")
        return PLAN.determine(request, context)


class Credentialing(exports.Credentialing):
    """Does a provider's file satisfy this plan?"""

    def review(self, application: Application, today: Date) -> ReviewResult:
        return PLAN.review(application, today)
