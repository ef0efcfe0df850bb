// The contract's types, written from wit/; not to be edited.
//
// Money, counts and instants are `bigint`. A function that gives a `result` returns its value and throws
// `{ payload: PlanError }`.
/** Why permission is asked for. */
export type RequestKind = "initial" | "renewal" | "extension" | "retrospective";
/** Units of one procedure. */
export interface RequestedLine {
  /** The procedure. */
  procedure: Procedure;
  /** Units, in the unit of the procedure. */
  units: number;
  /** The days asked for. */
  days: Period;
}
/** A request for permission. */
export interface AuthorizationRequest {
  /** The host's id of the case. */
  id: string;
  /** Service id in the catalog. */
  service: string;
  /** Populations of focus. */
  populations: Array<string>;
  /** Why it is asked for. */
  kind: RequestKind;
  /** How soon. */
  urgency: Urgency;
  /** The member. */
  member: Member;
  /** The organization that will deliver. */
  provider: Provider;
  /** What is asked for. */
  lines: Array<RequestedLine>;
  /** What is known. */
  facts: Array<Fact>;
  /** What was attached. */
  documents: Array<Document>;
}
/** Permission to start before the decision. */
export interface Presumption {
  /** The id of a presumptive rule in the profile. */
  rule: string;
  /** First day of service under it. */
  starts: Date;
  /** Calendar days it lasts, counting the first; never fewer than the rule's. */
  days: number;
  /** The criteria it rests on. */
  findings: Array<Finding>;
}
/** What is authorized. */
export interface GrantedLine {
  /** The procedure. */
  procedure: Procedure;
  /** Units. */
  units: number;
  /** The days. They must lie inside coverage. */
  days: Period;
}
/** An approval. */
export interface Grant {
  /** What is authorized. */
  lines: Array<GrantedLine>;
  /** What the provider must keep to, in sentences. */
  conditions: Array<Bilingual>;
}
/** What the plan decides. */
export type Decision =
  | { tag: "approved"; val: Grant }
  | { tag: "partly-approved"; val: Grant }
  | { tag: "modified"; val: Grant }
  | { tag: "pended"; val: Array<Ask> }
  | { tag: "denied"; val: Denial };
/** The answer. */
export interface Determination {
  /** What the plan decides. */
  decision: Decision;
  /** The criteria it rests on. */
  findings: Array<Finding>;
  /** Lines for the plan's own log. Others never see them. */
  notes: Array<string>;
}
/** May service start now, and is it authorized? */
export interface Authorization {
  /** May service start now, and until when? `none`: wait for the decision. */
  presume(request: AuthorizationRequest, context: Context): Presumption | undefined;
  /** Decides. */
  determine(request: AuthorizationRequest, context: Context): Determination;
}
/** Whether a claim is new (X12 CLM05-3). */
export type Frequency = "original" | "replacement" | "void";
/** An authorization that the claim rests on, as the host knows it. */
export interface AuthorizedLine {
  /** The plan's authorization number. */
  number: string;
  /** Whether it is a presumptive one. */
  presumptive: boolean;
  /** The procedure; `none` where a presumptive window covers every procedure of the service. */
  procedure?: Procedure | undefined;
  /** The days. */
  days: Period;
  /** Units authorized; `none` where only the days count. */
  units?: number | undefined;
  /** Units already paid or payable. */
  used: number;
}
/** A billed unit of delivered service. */
export interface ClaimLine {
  /** Line number, from 1. */
  number: number;
  /** Service id that the host read from the procedure on the service day. */
  service: string;
  /** The procedure. */
  procedure: Procedure;
  /** CMS place of service code. */
  place: string;
  /** The days of service. */
  days: Period;
  /** Units. */
  units: number;
  /** Charge in cents for the whole line. */
  charge: Cents;
  /** Minutes, where the provider recorded them. */
  minutes?: number | undefined;
}
/** A claim or invoice. */
export interface Claim {
  /** The host's id of the case. */
  id: string;
  /** Whether it is new. */
  frequency: Frequency;
  /** The member. */
  member: Member;
  /** The billing provider. */
  provider: Provider;
  /** ICD-10-CM codes with their dot, principal first. */
  diagnoses: Array<string>;
  /** The day the plan received it. */
  received: Date;
  /** The lines. */
  lines: Array<ClaimLine>;
  /** The authorizations on file for this member, provider and service. */
  authorizations: Array<AuthorizedLine>;
  /** What is known. */
  facts: Array<Fact>;
  /** What was attached. */
  documents: Array<Document>;
}
/** Why less is paid than was charged (X12 claim adjustment reason codes). */
export interface Adjustment {
  /** Group: CO contractual, PR patient, OA other, PI payer-initiated. */
  group: string;
  /** Claim adjustment reason code (CARC), such as `45`. */
  reason: string;
  /** Remittance advice remark code (RARC), if any. */
  remark?: string | undefined;
  /** The amount in cents that it takes from the charge. */
  amount: Cents;
}
/** What will be paid for a line. Charge less adjustments is the amount. */
export interface Payment {
  /** The id of a rate in the profile. */
  rate: string;
  /** Cents. */
  amount: Cents;
  /** Why it is not the charge. */
  adjustments: Array<Adjustment>;
}
/** A line that cannot be paid as it stands. It can be corrected and sent again. */
export interface Rejection {
  /** The field to mend: a JSON Pointer into the line, such as `/procedure/modifiers`. */
  field: string;
  /** Claim adjustment reason code that the plan's remittance would carry. */
  reasonCode: string;
  /** Remark code, if any. */
  remark?: string | undefined;
  /** What is wrong. */
  reason: Bilingual;
  /** What to do about it. */
  fix: Bilingual;
}
/** What happens to a line. */
export type LineOutcome =
  | { tag: "payable"; val: Payment }
  | { tag: "rejected"; val: Rejection }
  | { tag: "pended"; val: Array<Ask> }
  | { tag: "denied"; val: Denial };
/** One line's result. */
export interface LineResult {
  /** The line's number. */
  number: number;
  /** What happens to it. */
  outcome: LineOutcome;
}
/** The answer: one result for each line of the claim. */
export interface Adjudication {
  /** Results, one for each line. */
  lines: Array<LineResult>;
  /** The criteria they rest on. */
  findings: Array<Finding>;
  /** Lines for the plan's own log. Others never see them. */
  notes: Array<string>;
}
/** What of a claim is payable, line by line? */
export interface Billing {
  /** Judges a claim. */
  adjudicate(claim: Claim, context: Context): Adjudication;
}
/** A provider's one reusable credentialing file (topics: DHCS APL 22-013 and the joint county application). */
export interface Application {
  /** The host's id of the case. */
  id: string;
  /** Legal name. */
  legalName: string;
  /** The organization. */
  provider: Provider;
  /** Service ids that it applies for. */
  services: Array<string>;
  /** Counties that it applies for. */
  counties: Array<string>;
  /** Its answers, as facts. */
  answers: Array<Fact>;
  /** Its documents. */
  documents: Array<Document>;
}
/** How one requirement stands. */
export type Standing =
  | { tag: "satisfied"; val: Date | undefined }
  | { tag: "missing" }
  | { tag: "expired"; val: Date }
  | { tag: "insufficient" }
  | { tag: "needs-person" };
/** One requirement's result. */
export interface RequirementResult {
  /** The id of a requirement in the profile. */
  requirement: string;
  /** How it stands. */
  standing: Standing;
  /** Why, in a sentence, and what would satisfy it. */
  reason: Bilingual;
}
/** The answer: one result for each requirement that applies. */
export interface ReviewResult {
  /** Results. */
  requirements: Array<RequirementResult>;
  /** Lines for the plan's own log. Others never see them. */
  notes: Array<string>;
}
/** Does a provider's one credentialing file satisfy this plan? */
export interface Credentialing {
  /** Judges a credentialing file as of a day. */
  review(application: Application, today: Date): ReviewResult;
}
/** One value of a row. */
export interface Cell {
  /** The host's name for it, such as `member.cin`. */
  name: string;
  /** The value, as the host writes it: dates as YYYY-MM-DD, money in dollars with a dot. */
  value: string;
}
/** Rows for the plan. */
export interface Outgoing {
  /** The id of the layout in the profile. */
  layout: string;
  /** Rows of named values. */
  rows: Array<Array<Cell>>;
}
/** A file ready to send. */
export interface Rendered {
  /** File name. */
  name: string;
  /** Media type. */
  mediaType: string;
  /** The bytes. */
  bytes: Uint8Array;
}
/** A file from the plan. */
export interface Received {
  /** The id of the layout in the profile. */
  layout: string;
  /** The bytes. */
  bytes: Uint8Array;
}
/** A row that could not be read. */
export interface RowIssue {
  /** Row number, from 1, the header counted. */
  row: number;
  /** Column header. */
  column: string;
  /** What is wrong and how to mend it. */
  problem: Bilingual;
}
/** What was read. */
export interface Parsed {
  /** Rows of named values. */
  rows: Array<Array<Cell>>;
  /** Rows that were refused; the rest stand. */
  refused: Array<RowIssue>;
}
/** Files and messages that a profile's layouts cannot describe. Most plans need none of this. */
export interface Exchange {
  /** Writes a file. */
  render(document: Outgoing): Rendered;
  /** Reads a file. */
  parse(file: Received): Parsed;
}
/** Who has the last word in a workflow. */
export type Mode = "decides" | "advises" | "people";
/** The mode of one workflow. A workflow that is not listed, or not exported, is in mode `people`. */
export interface WorkflowMode {
  /** Which workflow. */
  workflow: Workflow;
  /** Who has the last word. */
  mode: Mode;
}
/** A limit on how many members a plan takes into a service (needs the state's approval). */
export interface Capacity {
  /** Members who may be admitted in the window. */
  members: number;
  /** Length of the rolling window, in months. */
  windowMonths: number;
  /** Whether members past the cap are put on a wait list. */
  waitList: boolean;
}
/** A service the plan offers in a county (elections change on 1 January and 1 July; DHCS Community Supports
 * Policy Guide). */
export interface Election {
  /** Service id in the host's catalog. */
  service: string;
  /** County code. */
  county: string;
  /** When it is offered. */
  days: Period;
  /** Its cap, if any. */
  capacity?: Capacity | undefined;
}
/** What a criterion is for. */
export type CriterionKind = "inclusion" | "exclusion" | "documentation" | "administrative";
/** Whose rule it is. */
export type CriterionOrigin = "state" | "overlay";
/** One test that a decision rests on. */
export interface Criterion {
  /** Stable id, unique in the profile; findings name it. */
  id: string;
  /** Service id, or `*` for every service. */
  service: string;
  /** What it is for. */
  kind: CriterionKind;
  /** Whose rule it is. */
  origin: CriterionOrigin;
  /** The test, in plain words. */
  text: Bilingual;
  /** Codes of the facts it reads. */
  facts: Array<string>;
  /** Kinds of the documents it reads. */
  documents: Array<string>;
  /** The document that the rule comes from, with its date. */
  source: string;
  /** When it applies. */
  days: Period;
}
/** The kind of a fact's value. */
export type FactKind = "flag" | "count" | "measure" | "day" | "coded" | "text";
/** A fact that only this plan asks for. Its code begins with `plan.<plan-id>.`. */
export interface FactDefinition {
  /** The code. */
  code: string;
  /** The kind of its value. */
  kind: FactKind;
  /** The codes it may take, if it is `coded`. */
  codes: Array<string>;
  /** The question to ask a person. */
  question: Bilingual;
  /** The kind of document that would prove it, if one would. */
  proof?: string | undefined;
  /** The rule that it serves. */
  source: string;
}
/** When service may start before the decision (ECM: DHCS ECM Policy Guide, presumptive authorization from
 * 2025-01-01; Community Supports: only where the plan says so). */
export interface PresumptiveRule {
  /** Stable id, unique in the profile. */
  id: string;
  /** Service id. */
  service: string;
  /** Population of focus it is for, or `none` for any. */
  population?: string | undefined;
  /** Calendar days it lasts, counting the first. */
  days: number;
  /** Provider kinds that may use it; empty for every contracted provider. */
  providerKinds: Array<string>;
  /** Codes of the facts that the provider must attest. */
  attest: Array<string>;
  /** When the rule applies. */
  effective: Period;
}
/** What an approval looks like unless something else is asked. */
export interface AuthorizationDefault {
  /** Service id. */
  service: string;
  /** Length of a first authorization, in days. */
  days: number;
  /** Length of a renewal, in days. */
  renewalDays: number;
  /** Most units in one authorization, for the service's procedures; `none` where only the days count. */
  units?: number | undefined;
}
/** The unit that a clock counts in. */
export type ClockUnit = "business-days" | "calendar-days" | "hours";
/** The plan's own promise, never longer than the state's clock. */
export interface TurnAround {
  /** Which workflow. */
  workflow: Workflow;
  /** For which urgency. */
  urgency: Urgency;
  /** How many. */
  amount: number;
  /** Of what. */
  unit: ClockUnit;
}
/** How a procedure is paid. */
export type PaymentModel = "fee-for-service" | "monthly" | "case-rate" | "outreach" | "per-diem" | "project-cost" | "encounter-only";
/** What the plan pays for a procedure. */
export interface Rate {
  /** Stable id, unique in the profile; adjudications name it. */
  id: string;
  /** Service id. */
  service: string;
  /** The procedure. */
  procedure: Procedure;
  /** How it is paid. */
  model: PaymentModel;
  /** The amount in cents for one unit, month, case, attempt or day, or the ceiling of a project. */
  amount: Cents;
  /** Tier of acuity, area or unit size, where the plan has tiers. */
  tier?: string | undefined;
  /** When it applies, by service date. */
  effective: Period;
}
/** How a claim reaches the plan. */
export type ClaimForm = "x12-837p" | "invoice";
/** Where claims go, and by when. */
export interface ClaimRoute {
  /** The form. */
  form: ClaimForm;
  /** The plan's payer id at its clearinghouse. */
  payerId: string;
  /** Days from the last day of service within which a claim must arrive; at least 90 for contracted providers
   * (28 CCR 1300.71(b)). */
  filingDays: number;
}
/** One thing that a provider must show to be credentialed. */
export interface Requirement {
  /** Stable id, unique in the profile; reviews name it. */
  id: string;
  /** Service ids it is for; empty for all. */
  services: Array<string>;
  /** The kind of document that satisfies it, or `none` where an answer does. */
  document?: string | undefined;
  /** The code of the fact that answers it, or `none` where a document does. */
  fact?: string | undefined;
  /** Least amount that the document must state, in cents. */
  minimum?: Cents | undefined;
  /** Days for which the document counts from the day it was issued, where it bears no expiry of its own. */
  validDays?: number | undefined;
  /** What is required, in plain words. */
  text: Bilingual;
  /** The document that the requirement comes from. */
  source: string;
}
/** Which file a layout is for (DHCS member-level information sharing guidance). */
export type FileKind = "return-file" | "outreach" | "member" | "authorization" | "invoice";
/** One column of a file. */
export interface Column {
  /** The host's name for the value, such as `member.cin`. */
  value: string;
  /** Header text as the plan wants it. */
  header: string;
  /** Pairs of our code and the plan's; a code that is not listed is written as it is. */
  codes: Array<[string, string]>;
}
/** A file as data. What cannot be said here goes through the `exchange` interface. */
export interface Layout {
  /** Stable id, unique in the profile. */
  id: string;
  /** Which file it is. */
  kind: FileKind;
  /** File name, with `{npi}`, `{plan}`, `{yyyymm}` and `{yyyymmdd}`. */
  namePattern: string;
  /** One character between fields. */
  delimiter: string;
  /** Whether the first row holds the headers. */
  headerRow: boolean;
  /** Date format, made of `YYYY`, `MM` and `DD`. */
  dateFormat: string;
  /** Columns in their order. */
  columns: Array<Column>;
}
/** Who answers for a service under a delegation. */
export interface Responsibility {
  /** Service id, or `*`. */
  service: string;
  /** The workflows that are the delegate's. */
  workflows: Array<Workflow>;
  /** When. */
  effective: Period;
}
/** An organization that decides in the plan's place for some members (division of financial responsibility). */
export interface Delegate {
  /** Stable id, unique in the profile. */
  id: string;
  /** Its name. */
  name: string;
  /** Group codes in the plan's member file that belong to it. */
  groups: Array<string>;
  /** What is its to decide. */
  responsibilities: Array<Responsibility>;
}
/** Whom to call about what. */
export interface Contact {
  /** `authorizations`, `claims`, `credentialing`, `care-coordination`, `privacy` or `files`. */
  purpose: string;
  /** Name of the desk; never of a member. */
  name: string;
  /** Telephone, as E.164. */
  phone: string;
  /** E-mail. */
  email: string;
}
/** A day on which the plan does not work although the state does, or works although the state does not. */
export interface CalendarDay {
  /** The day. */
  day: Date;
  /** Whether the plan works. */
  works: boolean;
  /** Why. */
  name: string;
}
/** A reference table: data that changes oftener than code. */
export interface Table {
  /** Its name, unique in the profile. */
  name: string;
  /** Names of the columns that rows are looked up by: codes of facts, or `procedure`, `county`, `provider.npi`. */
  keys: Array<string>;
  /** All columns in their order, keys included. */
  columns: Array<string>;
  /** What it holds. */
  text: Bilingual;
}
/** Everything a plan declares. */
export interface PlanProfile {
  /** The plan's id at this host: lower-case letters, digits and hyphens. */
  planId: string;
  /** Its name. */
  name: string;
  /** The plugin's semantic version. */
  version: string;
  /** Lines of business: `medi-cal`, `d-snp`. */
  lines: Array<string>;
  /** Counties it serves. */
  counties: Array<string>;
  /** Languages its people speak, as BCP 47 tags. */
  languages: Array<string>;
  /** Who has the last word, workflow by workflow. */
  modes: Array<WorkflowMode>;
  /** What it offers, where and when. */
  elections: Array<Election>;
  /** What its decisions rest on. */
  criteria: Array<Criterion>;
  /** Facts that only it asks for. */
  facts: Array<FactDefinition>;
  /** When service may start before the decision. */
  presumptive: Array<PresumptiveRule>;
  /** What an approval looks like. */
  defaults: Array<AuthorizationDefault>;
  /** Its promises of speed. */
  turnArounds: Array<TurnAround>;
  /** What it pays. */
  rates: Array<Rate>;
  /** Where claims go. */
  claims: ClaimRoute;
  /** What a provider must show. */
  requirements: Array<Requirement>;
  /** Its files. */
  layouts: Array<Layout>;
  /** Who decides in its place. */
  delegates: Array<Delegate>;
  /** Whom to call. */
  contacts: Array<Contact>;
  /** How its calendar differs from the state's. */
  calendar: Array<CalendarDay>;
  /** Its reference tables. */
  tables: Array<Table>;
}
/** Who a plan is and what it asks for, as data that the host renders: the criteria grid, the forms, the checklists, the
 * plan's spreadsheets, the routing and the calendar all come from here. Every plugin exports this interface. */
export interface Profile {
  /** The plan, described. Called once when the plugin is uploaded; must always give the same answer. */
  describe(): PlanProfile;
}
/** A request that a member receive a service (DHCS ECM Referral Standards and Form Templates, 2024-08; DHCS
 * Closed-Loop Referral Implementation Guidance, 2025-05). */
export interface ReferralRequest {
  /** The host's id of the case. */
  id: string;
  /** Service id in the catalog. */
  service: string;
  /** Populations of focus that the referrer marked. */
  populations: Array<string>;
  /** How soon. */
  urgency: Urgency;
  /** The member. */
  member: Member;
  /** The organization that refers. */
  referrer: Provider;
  /** The provider that the member or the referrer would like, if any. */
  preferred?: Provider | undefined;
  /** What is known. */
  facts: Array<Fact>;
  /** What was attached. */
  documents: Array<Document>;
}
/** Where the referral should go instead. */
export type Destination =
  | { tag: "plan"; val: string }
  | { tag: "delegate"; val: string }
  | { tag: "service"; val: string };
/** A referral that belongs elsewhere. */
export interface Redirection {
  /** Where. */
  to: Destination;
  /** Why, in a sentence. */
  reason: Bilingual;
}
/** What the plan does with the referral. */
export type Disposition =
  | { tag: "accepted" }
  | { tag: "redirected"; val: Redirection }
  | { tag: "needs-more"; val: Array<Ask> }
  | { tag: "not-eligible"; val: Denial };
/** The answer. */
export interface TriageResult {
  /** What the plan does. */
  disposition: Disposition;
  /** The criteria it rests on. */
  findings: Array<Finding>;
  /** Lines for the plan's own log. Other plans and providers never see them. */
  notes: Array<string>;
}
/** Is this member's referral for this plan to take? */
export interface Referral {
  /** Judges a referral. */
  triage(request: ReferralRequest, context: Context): TriageResult;
}
/** A calendar day in the state's time zone (America/Los_Angeles). Not an instant. */
export interface Date {
  /** Four-digit year. */
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31, valid for the month. */
  day: number;
}
/** An instant, as milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = bigint;
/** United States money, in whole cents. Negative takes money back. */
export type Cents = bigint;
/** A span of days. Both ends belong to it. */
export interface Period {
  /** First day. */
  first: Date;
  /** Last day; `none` while it has no known end. */
  last?: Date | undefined;
}
/** A sentence a person will read, in the two languages that every sentence here exists in.
 * Plain text; no markup. Must not repeat a member's name or identifier. */
export interface Bilingual {
  /** English. */
  en: string;
  /** Spanish. */
  es: string;
}
/** A procedure as billed: one HCPCS code and its modifiers as an UNORDERED set.
 * Order in a claim's four slots carries no meaning (DHCS HCPCS Coding Guidance for ECM and Community Supports). */
export interface Procedure {
  /** HCPCS Level II code: a letter and four digits. */
  code: string;
  /** Two-character modifiers, each at most once, in any order; at most four (ASC X12 005010X222A1, SV101-3..6). */
  modifiers: Array<string>;
}
/** The four workflows a plan may automate, and the files it may speak. */
export type Workflow = "referral" | "authorization" | "billing" | "credentialing" | "exchange";
/** How soon a decision is needed. */
export type Urgency = "standard" | "expedited";
/** The value of a fact. Its kind must be the one the fact dictionary gives for the fact's code. */
export type FactValue =
  | { tag: "flag"; val: boolean }
  | { tag: "count"; val: bigint }
  | { tag: "measure"; val: bigint }
  | { tag: "day"; val: Date }
  | { tag: "coded"; val: string }
  | { tag: "text"; val: string };
/** Who says so. A plan may trust some sources more than others. */
export type FactSource = "member" | "referrer" | "provider" | "plan-file" | "claims" | "document" | "host";
/** One thing that is known about a case. What is not known is simply absent. */
export interface Fact {
  /** Code in the host's fact dictionary, such as `housing.status`, or `plan.<plan-id>.<name>` if the
   * plan's profile declares it. */
  code: string;
  /** The value, of the kind that the dictionary declares. */
  value: FactValue;
  /** Who says so. */
  source: FactSource;
  /** The day on which it was true. */
  asOf: Date;
}
/** A document that travels with a case. The bytes stay with the host; the plugin sees what it needs to judge. */
export interface Document {
  /** Kind, from the host's list of document kinds, such as `housing-support-plan` or `liability-certificate`. */
  kind: string;
  /** The day it was issued or signed. */
  issued?: Date | undefined;
  /** The last day on which it counts. */
  expires?: Date | undefined;
  /** An amount the document states, in cents: an insurance limit, a receipt's total. */
  amount?: Cents | undefined;
}
/** Something more that the plan needs before it can decide. */
export type Ask =
  | { tag: "fact"; val: string }
  | { tag: "document"; val: string };
/** Whether one declared criterion holds. */
export type FindingOutcome = "met" | "not-met" | "unknown";
/** One criterion's result. Every answer carries the findings it rests on. */
export interface Finding {
  /** The id of a criterion that the plan's profile declares. */
  criterion: string;
  /** Whether it holds. */
  outcome: FindingOutcome;
  /** The codes of the facts and the kinds of the documents that were read. */
  evidence: Array<string>;
  /** Why, in a sentence. */
  reason: Bilingual;
}
/** What kind of "no" this is. */
export type DenialKind = "administrative" | "clinical";
/** A refusal, or the recommendation of one. */
export interface Denial {
  /** Who may issue it. */
  kind: DenialKind;
  /** Why, in a sentence. The answer's findings must hold at least one `not-met`. */
  reason: Bilingual;
}
/** Who a member is. Absent when the host asks several plans about one case before the plan is known. */
export interface Identity {
  /** Medi-Cal Client Index Number: a 9, seven digits, a letter. */
  cin: string;
  /** The plan's own number for the member, if its member file gave one. */
  planMemberId?: string | undefined;
  /** Family name. */
  familyName: string;
  /** Given name. */
  givenName: string;
}
/** The person the case is about. The least that rules need. */
export interface Member {
  /** Who it is, for this member's own plan only. */
  identity?: Identity | undefined;
  /** Birth date. */
  birthDate: Date;
  /** County of residence, as the three-letter code of the host's county list. */
  county: string;
  /** Preferred spoken language, as a BCP 47 tag. */
  language: string;
}
/** An organization that refers, delivers or bills. */
export interface Provider {
  /** National Provider Identifier: ten digits, the last a check digit. */
  npi: string;
  /** What kind of provider it is, from the host's list, such as `street-medicine` or `fqhc`. A provider can be
   * several kinds; presumptive rights hang on them (DHCS ECM Policy Guide). */
  kinds: Array<string>;
  /** NUCC taxonomy codes. */
  taxonomies: Array<string>;
  /** Counties it serves. */
  counties: Array<string>;
  /** Whether this plan's credentialing of it was approved on the context's `as-of` day. */
  contracted: boolean;
}
/** The days on which this plan answers for the member. */
export interface Coverage {
  /** The plan's line of business for this member: `medi-cal` or `d-snp`. */
  line: string;
  /** First and last covered day. */
  days: Period;
  /** CMS monthly dual status code on `as-of`: `02`, `04` and `08` are full duals, `00` is not in Medicare,
   * `NA` is not in Medicaid. */
  dualStatus: string;
  /** Whether another of the county's plans covers the member as a D-SNP on `as-of`. */
  otherDSnp: boolean;
  /** The plan's group code for the member, which decides the delegate. */
  group?: string | undefined;
  /** The delegate that answers for the member, by the plan's own profile. */
  delegate?: string | undefined;
}
/** Service that the member has had, under any plan that the host knows of. */
export interface Usage {
  /** Service id in the catalog. */
  service: string;
  /** The days. */
  days: Period;
  /** Units, in the unit of the service's procedure. */
  units: number;
  /** Whether it was under this plan. History under others carries no plan's name. */
  own: boolean;
}
/** How full a capped service is. */
export interface CapacityCount {
  /** Service id. */
  service: string;
  /** County code. */
  county: string;
  /** Members admitted in the plan's window up to `as-of`. */
  admitted: number;
  /** The cap that the plan's election declares. */
  cap: number;
}
/** Another open case of the same member, for the plan to see duplicates. */
export interface OpenCase {
  /** Service id. */
  service: string;
  /** Which workflow it is in. */
  workflow: Workflow;
  /** The day it was received. */
  received: Date;
  /** The provider's NPI, if one is assigned. */
  provider?: string | undefined;
}
/** One row of a reference table that the plan uploaded. */
export interface TableRow {
  /** The version of the table that the row belongs to. */
  version: string;
  /** Cells in the order of the declared columns. */
  cells: Array<string>;
}
/** The rows of one declared table whose keys match the case. */
export interface TableSlice {
  /** The table's name in the profile. */
  name: string;
  /** Matching rows; none if nothing matches. */
  rows: Array<TableRow>;
}
/** What the host knows around a case, and hands over with it. */
export interface Context {
  /** The day that the rule is about: the first day asked for or billed; for a referral, the day it is put to the plan. */
  asOf: Date;
  /** Today, in Pacific time. */
  today: Date;
  /** When the host received the case. */
  received: Instant;
  /** Coverage on `as-of`. */
  coverage: Coverage;
  /** Service in the last 24 months, newest first, at most 200 entries. */
  history: Array<Usage>;
  /** How full the plan's capped services are in the member's county. */
  capacity: Array<CapacityCount>;
  /** The member's other open cases with this plan, at most 50. */
  openCases: Array<OpenCase>;
  /** Rows of the plan's reference tables that match the case. */
  tables: Array<TableSlice>;
}
/** Something wrong with what was sent. */
export interface Issue {
  /** Where: a JSON Pointer into the request, such as `/lines/0/units`. */
  at: string;
  /** What is wrong and how to mend it. */
  problem: Bilingual;
}
/** The plugin will not answer. The case goes to the plan's people; this is never a denial. */
export type PlanError =
  | { tag: "invalid"; val: Array<Issue> }
  | { tag: "unsupported"; val: string }
  | { tag: "internal"; val: string };
