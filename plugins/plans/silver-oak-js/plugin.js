// Silver Oak Advantage's plugin in JavaScript: the twin of `../silver-oak`, which says the same in Rust. Both pass
// the same cases and give the same profile.
//
// Its members have California Integrated Care Management (CICM) in place of ECM, so an ECM referral is redirected to that
// service and told why. Long stays in recuperative care are for its clinicians to look at. People judge its claims.

import {
  Plan,
  all,
  any,
  atLeast,
  byPlan,
  day,
  elected,
  finding,
  inThisDsnp,
  length,
  neededAnswer,
  neededDocument,
  notSaid,
  notSaidAbove,
  oneOf,
  overlay,
  since,
  stateRule,
  stateRules,
  text,
  unsupported,
  withinMonths,
  yes,
} from "./crosswalk/index.js";
import { RATES } from "./rates.js";

const SRV = ["SRV"];
const SINCE_2026 = since("2026-01-01");
const DSNP = "DHCS D-SNP Policy Guide, contract year 2026, California Integrated Care Management";
const MANUAL = "Silver Oak Advantage provider manual, 2026-01";
const HOMELESS = ["homeless-sheltered", "homeless-unsheltered"];
const NO_ECM = "so.not-ecm";

/** The populations of CICM: ECM's adult populations, and dementia. */
const CICM = [
  stateRule("so.cicm.d-snp", "cicm", "administrative",
    text("The member is a full dual in this plan's D-SNP.", "El miembro tiene Medicare y Medi-Cal completos en el D-SNP de este plan."),
    DSNP, inThisDsnp),
  stateRule("so.cicm.not-hospice", "cicm", "administrative",
    text("The member is not in hospice.", "El miembro no está en cuidados paliativos terminales."),
    DSNP, notSaid("program.hospice")),
  stateRule("so.cicm.homelessness", "cicm", "inclusion",
    text("The member is homeless and has a complex need.", "El miembro no tiene hogar y tiene una necesidad compleja."),
    DSNP, all(oneOf("housing.status", HOMELESS), yes("clinical.complex-need")), { population: "homelessness" }),
  stateRule("so.cicm.avoidable-utilization", "cicm", "inclusion",
    text("The member had 5 emergency visits or 3 unplanned stays in 6 months.", "El miembro tuvo 5 visitas a urgencias o 3 estancias no planeadas en 6 meses."),
    DSNP, any(atLeast("utilization.ed-visits-6m", 5), atLeast("utilization.inpatient-stays-6m", 3)), { population: "avoidable-utilization" }),
  stateRule("so.cicm.smi-sud", "cicm", "inclusion",
    text("The member has a serious mental illness or substance use disorder and a complex social factor.",
      "El miembro tiene una enfermedad mental grave o un trastorno por sustancias y un factor social complejo."),
    DSNP, all(yes("clinical.smi-or-sud"), yes("social.complex-factor")), { population: "serious-mental-health-sud" }),
  stateRule("so.cicm.incarceration", "cicm", "inclusion",
    text("The member left a correctional facility within the last 12 months.", "El miembro salió de un centro penitenciario en los últimos 12 meses."),
    DSNP, withinMonths("justice.release-date", 12), { population: "incarceration-transition" }),
  stateRule("so.cicm.ltc-risk", "cicm", "inclusion",
    text("The member needs help with daily living and is at risk of long-term care.", "El miembro necesita ayuda diaria y corre riesgo de cuidado a largo plazo."),
    DSNP, atLeast("clinical.adl-support-hours", 1), { population: "ltc-risk" }),
  stateRule("so.cicm.nursing-facility", "cicm", "inclusion",
    text("The member is moving from a nursing facility to the community.", "El miembro pasa de un centro de enfermería a la comunidad."),
    DSNP, atLeast("nursing.days-in-facility", 1), { population: "nursing-facility-transition" }),
  stateRule("so.cicm.birth-equity", "cicm", "inclusion",
    text("The member is pregnant or within 12 months after birth.", "La persona está en embarazo o dentro de 12 meses tras el parto."),
    DSNP, oneOf("pregnancy.status", ["pregnant", "postpartum"]), { population: "birth-equity" }),
  stateRule("so.cicm.dementia", "cicm", "inclusion",
    text("The member has documented dementia needs.", "El miembro tiene necesidades documentadas por demencia."),
    DSNP, yes("clinical.dementia"), { population: "dementia" }),
];

const OVERLAYS = [
  overlay("so.recuperative.long-stay", "recuperative-care", "inclusion",
    text("The stay is not expected to last more than 30 days; longer ones are for a clinician to judge.",
      "No se espera que la estancia dure más de 30 días; las más largas las evalúa un profesional clínico."),
    MANUAL, notSaidAbove("stay.expected-days", 30), { days: SINCE_2026 }),
  stateRule(NO_ECM, "*", "administrative",
    text("The service is not ECM, which members of a D-SNP cannot have.", "El servicio no es ECM, que los miembros de un D-SNP no pueden recibir."),
    DSNP, byPlan, { stage: "apart" }),
];

const REQUIREMENTS = [
  neededDocument("so.w9", "w9", text("An IRS form W-9.", "Un formulario W-9 del IRS."), MANUAL),
  neededDocument("so.liability", "liability-certificate",
    text("General liability insurance of at least $1,000,000 for each claim.", "Seguro de responsabilidad general de al menos $1,000,000 por reclamo."),
    MANUAL, { minimum: 100_000_000, validDays: 365 }),
  neededDocument("so.auto", "auto-certificate",
    text("Automobile insurance of at least $500,000.", "Seguro de automóvil de al menos $500,000."),
    MANUAL, { minimum: 50_000_000, validDays: 365 }),
  neededDocument("so.business-license", "business-license",
    text("A business license issued in the last three years.", "Una licencia comercial emitida en los últimos tres años."),
    MANUAL, { validDays: 1_095 }),
  neededDocument("so.attestation", "attestation",
    text("A signed attestation no older than 180 days.", "Una declaración firmada de no más de 180 días."),
    MANUAL, { validDays: 180 }),
  neededDocument("so.fwa-training", "fwa-training",
    text("Yearly training on fraud, waste and abuse.", "Capacitación anual sobre fraude, desperdicio y abuso."),
    "42 CFR 422.503(b)(4)(vi)", { validDays: 365 }),
  neededAnswer("so.hipaa", "org.hipaa-policies", "yes",
    text("It has HIPAA policies.", "Tiene políticas de HIPAA."), "45 CFR 164.316"),
  neededAnswer("so.background-checks", "org.background-checks", "yes",
    text("It checks the background of its staff.", "Verifica los antecedentes de su personal."), MANUAL),
  neededAnswer("so.no-fraud", "org.fraud-history", "no",
    text("It has no history of fraud, waste or abuse.", "No tiene antecedentes de fraude, desperdicio ni abuso."), "DHCS APL 22-013"),
  neededAnswer("so.legal-structure", "org.legal-structure", "given",
    text("Its legal structure is known.", "Se conoce su estructura legal."), MANUAL),
];

const column = (value, header, codes = []) => ({ value, header, codes });

const LAYOUTS = [
  {
    id: "so.return",
    kind: "return-file",
    namePattern: "SOA_CICM_{npi}_{yyyymm}.csv",
    delimiter: ",",
    headerRow: true,
    dateFormat: "YYYY-MM-DD",
    columns: [
      column("member.plan-member-id", "Member ID"),
      column("member.family-name", "Last Name"),
      column("member.given-name", "First Name"),
      column("enrollment.population", "CICM Population"),
      column("enrollment.status", "Status", [["enrolled", "Active"], ["pending", "Outreach"], ["ended", "Closed"]]),
      column("enrollment.starts", "Start"),
      column("enrollment.ends", "End"),
      column("enrollment.contact-on", "Last Contact"),
      column("care-manager.name", "Care Manager"),
      column("care-manager.phone", "Care Manager Phone"),
      column("closure.reason", "Closure Reason"),
      column("provider.npi", "NPI"),
    ],
  },
  {
    id: "so.invoice",
    kind: "invoice",
    namePattern: "SOA_INVOICE_{npi}_{yyyymmdd}.csv",
    delimiter: ",",
    headerRow: true,
    dateFormat: "YYYY-MM-DD",
    columns: [
      column("claim.id", "Invoice Number"),
      column("provider.npi", "Billing NPI"),
      column("provider.tin", "Billing TIN"),
      column("member.cin", "CIN"),
      column("line.starts", "Service Start"),
      column("line.ends", "Service End"),
      column("line.procedure", "HCPCS and Modifiers"),
      column("line.units", "Units"),
      column("line.charge", "Charge"),
      column("line.place", "Place of Service"),
      column("authorization.number", "Authorization"),
    ],
  },
];

const desk = (purpose, name, phone, mailbox) => ({ purpose, name, phone, email: `${mailbox}@silver-oak.example` });

const PLAN = new Plan({
  planId: "silver-oak",
  name: "Silver Oak Advantage",
  version: "1.0.0",
  lines: ["d-snp", "medi-cal"],
  counties: SRV,
  languages: ["en", "es", "zh"],
  modes: [
    { workflow: "referral", mode: "decides" },
    { workflow: "authorization", mode: "decides" },
    { workflow: "billing", mode: "people" },
    { workflow: "credentialing", mode: "decides" },
  ],
  elections: [
    elected("cicm", SRV, SINCE_2026),
    elected("recuperative-care", SRV, SINCE_2026),
    elected("short-term-post-hospitalization-housing", SRV, SINCE_2026),
    elected("medically-tailored-meals", SRV, SINCE_2026),
    elected("housing-transition-navigation", SRV, SINCE_2026),
    elected("home-modifications", SRV, SINCE_2026),
    elected("personal-care-homemaker", SRV, SINCE_2026),
  ],
  rules: [stateRules("so", { roomAndBoardDays: 182 }), CICM, OVERLAYS],
  defaults: [
    length("cicm", 365, 365),
    length("recuperative-care", 30, 30),
    length("short-term-post-hospitalization-housing", 60, 60),
    length("medically-tailored-meals", 84, 84, 168),
    length("housing-transition-navigation", 180, 180),
    length("home-modifications", 180, 180, 1),
    length("personal-care-homemaker", 180, 180),
  ],
  turnArounds: [
    { workflow: "authorization", urgency: "standard", amount: 4, unit: "business-days" },
    { workflow: "authorization", urgency: "expedited", amount: 72, unit: "hours" },
  ],
  rates: RATES,
  claims: { form: "invoice", payerId: "SOA01", filingDays: 365 },
  requirements: REQUIREMENTS,
  layouts: LAYOUTS,
  contacts: [
    desk("authorizations", "Clinical services", "+15550100301", "clinical"),
    desk("claims", "Invoices", "+15550100302", "invoices"),
    desk("credentialing", "Provider network", "+15550100303", "network"),
    desk("care-coordination", "Integrated care desk", "+15550100304", "cicm"),
    desk("privacy", "Privacy office", "+15550100305", "privacy"),
    desk("files", "Data desk", "+15550100306", "data"),
  ],
  calendar: [{ day: day("2026-10-12"), works: false, name: "Indigenous Peoples' Day" }],
});

const ECM_BY_CICM = text(
  "A member of a D-SNP has California Integrated Care Management here in place of Enhanced Care Management.",
  "Un miembro de un D-SNP recibe aquí el Manejo Integrado de la Atención de California en lugar del Manejo Mejorado.",
);

export const profile = { describe: () => PLAN.describe() };

export const referral = {
  triage(request, context) {
    if (request.service !== "ecm" || context.coverage.line !== "d-snp") return PLAN.triage(request, context);
    return {
      disposition: { tag: "redirected", val: { to: { tag: "service", val: "cicm" }, reason: ECM_BY_CICM } },
      findings: [finding(PLAN.rule(NO_ECM), "not-met")],
      notes: [],
    };
  },
};

export const authorization = {
  presume: (request, context) => PLAN.presume(request, context),
  determine(request, context) {
    // No procedure stands for CICM: an accepted referral is all it needs.
    if (request.service === "cicm") {
      throw unsupported("cicm is arranged by referral and has no procedure to authorize");
    }
    return PLAN.determine(request, context);
  },
};

export const credentialing = { review: (application, today) => PLAN.review(application, today) };
