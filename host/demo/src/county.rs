//! San Ravel County: its plans, its providers and its member files, all invented and the same on every run.

use domain::identifiers::Npi;
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The county in which everything happens.
pub(super) const COUNTY: &str = "SRV";
/// It and its neighbors, all invented: code, name. The instance knows none of them before they are added.
pub(super) const COUNTIES: [(&str, &str); 3] =
    [(COUNTY, "San Ravel"), ("LDM", "Loma del Mar"), ("TRB", "Tres Brazos")];
/// A street line that is a provider's own: exporters put it where a member has no address.
pub(super) const AGENCY_ADDRESS: &str = "400 Harbor Way Suite 2";

/// One of the county's plans.
pub(super) struct Plan {
    /// Its id, and its plugin's file name.
    pub(super) id: &'static str,
    /// Name, as people read it.
    pub(super) name: &'static str,
    /// The license of the person who decides for it.
    pub(super) license: &'static str,
    /// Rows that its member file gets besides the cast and the defects.
    crowd: usize,
}

/// The four plans of the county.
pub(super) const PLANS: [Plan; 4] = [
    Plan { id: "valle-vista", name: "Valle Vista Health Plan", license: "RN 555012", crowd: 820 },
    Plan { id: "harbor-crest", name: "Harbor Crest Health", license: "RN 555038", crowd: 640 },
    Plan { id: "silver-oak", name: "Silver Oak Advantage", license: "MD 555101", crowd: 420 },
    Plan { id: "costa-alta", name: "Costa Alta Community Plan", license: "RN 555077", crowd: 260 },
];

/// A provider: name, what kind it is, and the neighboring county that it serves too, if any.
pub(super) struct Provider {
    /// Name, as people read it.
    pub(super) name: &'static str,
    /// Its kinds, from the host's list.
    pub(super) kinds: &'static [&'static str],
    /// A county besides [`COUNTY`].
    pub(super) also: Option<&'static str>,
}

/// The street medicine team.
pub(super) const OPEN_DOOR: usize = 0;
/// The recuperative care house.
pub(super) const CASA_PUENTE: usize = 1;
/// Place of the meals program among the providers.
pub(super) const MESA_VERDE: usize = 2;
/// Place of the hospital among the providers.
pub(super) const HOSPITAL: usize = 3;
/// Place of the housing organization among the providers.
pub(super) const LLAVE: usize = 4;
/// The organization that no plan knows yet.
pub(super) const NEW_LEAF: usize = 5;

/// The county's providers. Those that act have a constant above.
pub(super) const PROVIDERS: [Provider; 40] = [
    provider("Open Door Street Medicine", &["street-medicine", "clinic"]),
    provider("Casa Puente Recuperative Care", &["recuperative-care", "housing-provider"]),
    provider("Mesa Verde Meals", &["meals", "community-based-organization"]),
    provider("San Ravel General Hospital", &["hospital"]),
    provider("Llave Housing Navigators", &["housing-provider", "community-based-organization"]),
    provider("New Leaf Neighbors", &["community-based-organization", "meals"]),
    provider("Riverbend Family Health Center", &["fqhc", "primary-care"]),
    provider("Eastside Community Clinic", &["fqhc", "primary-care"]),
    provider("San Ravel County Behavioral Health", &["county-behavioral-health", "behavioral-health"]),
    neighbor("Loma Counseling Collective", &["behavioral-health"], "LDM"),
    provider("Second Gate Reentry Services", &["justice-involved", "community-based-organization"]),
    provider("Puente Nuevo Reentry", &["justice-involved"]),
    provider("Little Steps Pediatric Network", &["ccs-paneled", "clinic"]),
    provider("San Ravel Children's Specialty Group", &["ccs-paneled", "primary-care"]),
    provider("Home Again Transitions", &["cct-lead", "home-care"]),
    provider("Bridgeway Wraparound", &["child-welfare-wraparound"]),
    provider("Kinship House", &["child-welfare-wraparound", "community-based-organization"]),
    provider("First Cradle Birth Program", &["birth-equity-program"]),
    provider("Tres Brazos Doula Circle", &["birth-equity-program", "community-based-organization"]),
    neighbor("Brazos Valley Hospital", &["hospital"], "TRB"),
    provider("Cottonwood Respite House", &["recuperative-care"]),
    provider("Harbor Light Recovery", &["behavioral-health", "recuperative-care"]),
    provider("Sunrise Home Care", &["home-care"]),
    provider("Manos Home Helpers", &["home-care", "community-based-organization"]),
    neighbor("Loma Home Care Cooperative", &["home-care"], "LDM"),
    provider("Nopal Kitchen", &["meals"]),
    provider("Good Table Food Pharmacy", &["meals", "community-based-organization"]),
    provider("Ravel Street Outreach", &["street-medicine"]),
    provider("Night Lamp Sobering Center", &["behavioral-health", "community-based-organization"]),
    provider("Clear Air Asthma Project", &["community-based-organization"]),
    provider("Ramp and Rail Home Modifications", &["community-based-organization"]),
    provider("Keystone Tenancy Support", &["housing-provider"]),
    neighbor("Tres Brazos Housing Alliance", &["housing-provider"], "TRB"),
    provider("Alder Court Assisted Living", &["community-based-organization"]),
    provider("Day Bright Habilitation", &["community-based-organization"]),
    provider("Vista Primary Care", &["primary-care"]),
    neighbor("Del Mar Family Practice", &["primary-care"], "LDM"),
    provider("Canyon Rural Health", &["clinic", "primary-care"]),
    provider("Elder Grove Care Partners", &["home-care", "cct-lead"]),
    provider("Poppy Field Community Services", &["community-based-organization"]),
];

const fn provider(name: &'static str, kinds: &'static [&'static str]) -> Provider {
    Provider { name, kinds, also: None }
}

const fn neighbor(name: &'static str, kinds: &'static [&'static str], county: &'static str) -> Provider {
    Provider { name, kinds, also: Some(county) }
}

/// The identifier of the provider at this place: its prefix 2 is not given out yet, so it is nobody's.
pub(super) fn npi(place: usize) -> String {
    (0..10)
        .map(|check| format!("{:09}{check}", 200_555_000 + place))
        .find(|number| number.parse::<Npi>().is_ok())
        .expect("one of ten check digits is right")
}

/// A member who has a part in a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Client Index Number, an invented one.
    pub(super) cin: &'static str,
    /// Given name, an invented one.
    pub(super) given: &'static str,
    /// Family name, an invented one.
    pub(super) family: &'static str,
    /// Day on which the person was born.
    pub(super) born: Date,
    /// Preferred language, as a BCP 47 tag.
    pub(super) language: &'static str,
    /// The plan whose file has the member.
    plan: &'static str,
    /// Code of the medical group in the plan's file.
    group: &'static str,
}

impl Person {
    /// Name of the member in the story: given name and initial.
    pub(super) fn short(&self) -> String {
        format!("{} {}", self.given, &self.family[..1])
    }

    const fn of(
        plan: &'static str,
        cin: &'static str,
        given: &'static str,
        family: &'static str,
        born: Date,
    ) -> Self {
        Self { cin, given, family, born, language: "en", plan, group: "" }
    }

    const fn speaking(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    const fn in_group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }
}

pub(super) const ROSA: Person =
    Person::of("valle-vista", "90410011A", "Rosa", "Almendra", date(1968, 4, 17)).speaking("es");
pub(super) const DANIEL: Person = Person::of("valle-vista", "90410022C", "Daniel", "Brisk", date(1979, 9, 2));
pub(super) const LUCIA: Person =
    Person::of("valle-vista", "90410033D", "Lucía", "Cordero", date(1985, 1, 30)).speaking("es");
pub(super) const OMAR: Person = Person::of("valle-vista", "90410044E", "Omar", "Dahl", date(1991, 6, 11));
pub(super) const MEI: Person = Person::of("valle-vista", "90410055F", "Mei", "Eastwood", date(1974, 12, 5));
pub(super) const THEO: Person = Person::of("valle-vista", "90410066G", "Theo", "Farrow", date(1959, 3, 22));
pub(super) const NADIA: Person = Person::of("valle-vista", "90410077H", "Nadia", "Gale", date(1988, 8, 8));
pub(super) const ELENA: Person =
    Person::of("valle-vista", "90410088M", "Elena", "Herrera", date(1966, 2, 9)).speaking("es");
/// The member of `docs/integrating.md`; no journey is hers.
const VERA: Person = Person::of("valle-vista", "90410099N", "Vera", "Ibsen", date(1982, 5, 14));
/// Asked for by her house three weeks ago, and to be asked for again.
pub(super) const INES: Person =
    Person::of("valle-vista", "90410111A", "Inés", "Quintero", date(1969, 9, 14)).speaking("es");
/// Healed in recuperative care for two weeks, which are to be billed.
pub(super) const BEA: Person = Person::of("valle-vista", "90410122C", "Bea", "Lindqvist", date(1972, 3, 3));
/// Asked for three weeks ago, and not answered by the plan's people since.
pub(super) const CARLA: Person = Person::of("valle-vista", "90410133D", "Carla", "Mendes", date(1980, 12, 1));
/// The plan still needs one answer about him.
pub(super) const AMOS: Person = Person::of("valle-vista", "90410144E", "Amos", "Nyland", date(1957, 11, 8));
/// Offered to a house.
pub(super) const JUNE: Person = Person::of("valle-vista", "90410155F", "June", "Okonjo", date(1983, 4, 2));
/// The plan's rules advise a denial.
pub(super) const OTTO: Person = Person::of("valle-vista", "90410166G", "Otto", "Pavlik", date(1961, 7, 25));
pub(super) const PAUL: Person = Person::of("harbor-crest", "90420011A", "Paul", "Hollis", date(1963, 10, 19));
pub(super) const HUGO: Person =
    Person::of("harbor-crest", "90420022C", "Hugo", "Ibarra", date(1971, 2, 14)).in_group("SRM1");
pub(super) const WALTER: Person =
    Person::of("silver-oak", "90430011A", "Walter", "Juniper", date(1947, 5, 3));
pub(super) const IRENE: Person =
    Person::of("silver-oak", "90430022C", "Irene", "Kestrel", date(1951, 11, 27));
pub(super) const CELIA: Person =
    Person::of("costa-alta", "90440011A", "Celia", "Lagos", date(1990, 7, 16)).speaking("es");

const CAST: [Person; 20] = [
    ROSA, DANIEL, LUCIA, OMAR, MEI, THEO, NADIA, ELENA, VERA, INES, BEA, CARLA, AMOS, JUNE, OTTO, PAUL, HUGO,
    WALTER, IRENE, CELIA,
];

/// The columns of a member file, in the order in which [`Row::cells`] has them.
const HEADERS: [&str; 21] = [
    "CIN",
    "Plan Member ID",
    "Last Name",
    "First Name",
    "Date of Birth",
    "Sex",
    "Spoken Language",
    "County",
    "Residential Address",
    "City",
    "Zip",
    "Homelessness Indicator",
    "Phone Number",
    "Coverage Start Date",
    "Coverage End Date",
    "Line of Business",
    "Group Code",
    "Dual Status Code",
    "Renewal Month",
    "PCP NPI",
    "Address As Of",
];

/// A row of a member file, as a plan's exporter writes it.
#[derive(Clone)]
struct Row {
    cin: String,
    plan_member_id: String,
    family: String,
    given: String,
    born: String,
    sex: &'static str,
    language: &'static str,
    address: String,
    homeless: &'static str,
    phone: String,
    first: String,
    last: String,
    line: &'static str,
    group: &'static str,
    dual: &'static str,
    renewal_month: usize,
    address_as_of: String,
}

impl Row {
    fn cells(&self) -> [String; HEADERS.len()] {
        let word = |text: &str| text.to_owned();
        [
            self.cin.clone(),
            self.plan_member_id.clone(),
            self.family.clone(),
            self.given.clone(),
            self.born.clone(),
            word(self.sex),
            word(self.language),
            word(COUNTY),
            self.address.clone(),
            word("San Ravel"),
            word("96191"),
            word(self.homeless),
            self.phone.clone(),
            self.first.clone(),
            self.last.clone(),
            word(self.line),
            word(self.group),
            word(self.dual),
            self.renewal_month.to_string(),
            String::new(),
            self.address_as_of.clone(),
        ]
    }
}

/// The first day of everybody's Medi-Cal coverage, unless said otherwise.
const COVERED_SINCE: Date = date(2024, 1, 1);
/// The first day of D-SNP coverage.
const D_SNP_SINCE: Date = date(2026, 1, 1);

/// A member without a part of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Neighbor {
    /// Client Index Number, an invented one.
    pub(super) cin: String,
    /// Given name of the person.
    pub(super) given: String,
    /// Family name of the person.
    pub(super) family: String,
    /// Day of birth, as the member file has it.
    pub(super) born: String,
}

/// The first members of the crowd in a plan's member file of that day.
pub(super) fn neighbors(plan: &Plan, today: Date, count: usize) -> Vec<Neighbor> {
    let place = place_of(plan);
    let mut dice = dice_of(place);
    let rows = (0..count.min(plan.crowd)).map(|number| crowd_row(place, number, today, &mut dice));
    rows.map(|row| Neighbor { cin: row.cin, given: row.given, family: row.family, born: row.born }).collect()
}

fn place_of(plan: &Plan) -> usize {
    PLANS.iter().position(|other| other.id == plan.id).unwrap_or_default()
}

/// The chance by which a plan's crowd is made.
fn dice_of(place: usize) -> Dice {
    Dice(0x5AFE_0000 + place as u64)
}

/// A plan's member file: the cast, a crowd, and the defects that real files have.
pub(super) fn member_file(plan: &Plan, today: Date) -> Vec<u8> {
    let place = place_of(plan);
    let mut dice = dice_of(place);
    let mut rows: Vec<Row> = CAST
        .iter()
        .filter(|person| person.plan == plan.id)
        .flat_map(|person| coverages(&cast_row(person), plan))
        .collect();
    for number in 0..plan.crowd {
        rows.extend(coverages(&crowd_row(place, number, today, &mut dice), plan));
    }
    rows.extend(defects(&crowd_row(place, plan.crowd, today, &mut dice), place));
    file(&rows)
}

/// The old plan's later file: the member's coverage has ended.
pub(super) fn leaving_file(person: &Person, last: Date) -> Vec<u8> {
    file(&[Row { last: last.to_string(), ..cast_row(person) }])
}

/// The new plan's later file: the member's coverage begins.
pub(super) fn arriving_file(person: &Person, first: Date) -> Vec<u8> {
    let plan_member_id = format!("NEW{}", &person.cin[1..8]);
    file(&[Row { first: first.to_string(), plan_member_id, ..cast_row(person) }])
}

fn file(rows: &[Row]) -> Vec<u8> {
    let mut text = HEADERS.join(",");
    for row in rows {
        text += "\r\n";
        text += &row.cells().join(",");
    }
    text += "\r\n";
    text.into_bytes()
}

/// A D-SNP's members are in its matching Medi-Cal plan too: two rows for one person.
fn coverages(row: &Row, plan: &Plan) -> Vec<Row> {
    if plan.id != "silver-oak" {
        return vec![row.clone()];
    }
    let medi_cal = Row { dual: "02", ..row.clone() };
    let d_snp = Row { line: "d-snp", first: D_SNP_SINCE.to_string(), ..medi_cal.clone() };
    vec![medi_cal, d_snp]
}

fn cast_row(person: &Person) -> Row {
    Row {
        cin: person.cin.to_owned(),
        plan_member_id: format!("M{}", &person.cin[1..8]),
        family: person.family.to_owned(),
        given: person.given.to_owned(),
        born: person.born.to_string(),
        sex: "U",
        language: person.language,
        address: String::new(),
        homeless: "Y",
        phone: "209-555-0100".to_owned(),
        first: COVERED_SINCE.to_string(),
        last: String::new(),
        line: "medi-cal",
        group: person.group,
        dual: "00",
        renewal_month: 6,
        address_as_of: String::new(),
    }
}

const GIVEN: [&str; 32] = [
    "Ada", "Alma", "Amir", "Ana", "Beto", "Carmen", "Chidi", "Dolores", "Elena", "Ezra", "Farid", "Gloria",
    "Hana", "Ines", "Jorge", "Kai", "Lan", "Leila", "Marco", "Mina", "Noor", "Olga", "Pilar", "Quinn",
    "Ramón", "Sana", "Teo", "Uma", "Vera", "Wen", "Ximena", "Yusuf",
];
const FAMILY: [&str; 32] = [
    "Abbot", "Arroyo", "Banda", "Becker", "Castaño", "Chau", "Diallo", "Espino", "Fuentes", "Gupta",
    "Haddad", "Ito", "Jensen", "Kaur", "Lozano", "Marsh", "Nguyen", "Okafor", "Pineda", "Quiroz", "Reyes",
    "Sato", "Tran", "Ueda", "Vang", "Whitlock", "Xiong", "Yang", "Zamora", "Oduya", "Penn", "Rivas",
];
const STREETS: [&str; 8] =
    ["Alder St", "Briar Ave", "Cannery Row", "Dock Rd", "Elm Ct", "Fig Ln", "Grove Blvd", "Heron Way"];
/// The last letters of issued numbers.
const LETTERS: &[u8] = b"ACDEFGHMNTUVWXYZ";

fn crowd_row(plan: usize, number: usize, today: Date, dice: &mut Dice) -> Row {
    let months_ago = if dice.below(25) == 0 { 30 } else { dice.below(20) };
    let letter = char::from(LETTERS[number % LETTERS.len()]);
    let group =
        if PLANS[plan].id == "harbor-crest" { ["SRM1", "SRM2", "HCD0", "HCD0"][dice.below(4)] } else { "" };
    Row {
        // Plan and number keep the seven digits unique; the factor scatters them.
        cin: format!("9{}{:06}{letter}", plan + 1, (number * 7_919 + 104_729) % 1_000_000),
        plan_member_id: format!("P{plan}{number:06}"),
        family: FAMILY[dice.below(FAMILY.len())].to_owned(),
        given: GIVEN[dice.below(GIVEN.len())].to_owned(),
        born: today
            .saturating_sub(((19 + dice.below(66)) as i64 * 365 + dice.below(365) as i64).days())
            .to_string(),
        sex: ["F", "M", "X", "U"][dice.below(4)],
        language: ["en", "en", "en", "es", "es", "vi", "hmn", "pa"][dice.below(8)],
        address: format!("{} {}", 100 + dice.below(900), STREETS[dice.below(STREETS.len())]),
        homeless: if dice.below(12) == 0 { "Y" } else { "N" },
        phone: format!("209-555-{:04}", 100 + dice.below(100)),
        first: COVERED_SINCE.to_string(),
        last: String::new(),
        line: "medi-cal",
        group,
        dual: "00",
        renewal_month: 1 + dice.below(12),
        address_as_of: today.saturating_sub((months_ago as i64).months()).to_string(),
    }
}

/// One row for each way in which real member files go wrong.
fn defects(good: &Row, place: usize) -> Vec<Row> {
    let numbered = |number: usize| Row { cin: format!("9{}99900{number}A", place + 1), ..good.clone() };
    vec![
        Row { cin: format!("9{}999010", place + 1), ..good.clone() },
        Row { cin: "90000000A".to_owned(), ..good.clone() },
        Row { cin: "900-55-0101".to_owned(), ..good.clone() },
        Row { cin: format!("9{}999011B", place + 1), ..good.clone() },
        numbered(1),
        numbered(1),
        Row { born: "2026-02-30".to_owned(), ..numbered(2) },
        Row { first: "2026-06-01".to_owned(), last: "2026-05-01".to_owned(), ..numbered(3) },
        Row { address: AGENCY_ADDRESS.to_owned(), ..numbered(4) },
        Row { address_as_of: "2019-03-01".to_owned(), ..numbered(5) },
        Row { line: "dental", ..numbered(6) },
        Row { phone: "000-000-0000".to_owned(), ..numbered(7) },
    ]
}

/// Chance that is the same on every run (SplitMix64).
struct Dice(u64);

impl Dice {
    /// A number from 0 up to, and without, `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        (mixed % end as u64) as usize
    }
}

#[cfg(test)]
mod tests;
