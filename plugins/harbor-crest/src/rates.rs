//! What Harbor Crest pays. Invented amounts, in cents; the procedures are those of the DHCS HCPCS Coding Guidance for ECM and
//! Community Supports (version 1.3, 2026-01).

use crosswalk_plan::profile::PaymentModel::{
    CaseRate, EncounterOnly, FeeForService, Outreach, PerDiem, ProjectCost,
};
use crosswalk_plan::types::Period;
use crosswalk_plan::{Price, between, day, since};

const SINCE_2026: Period = since(day(2026, 1, 1));
const IN_2025: Period = between(day(2025, 1, 1), day(2025, 12, 31));

/// Every procedure that the plan prices, a line each.
#[rustfmt::skip]
pub(crate) const RATES: &[Price] = &[
    Price::of("hc.g9008-u1", "ecm", "G9008", &["U1"], FeeForService, 10_390, SINCE_2026),
    Price::of("hc.g9008-u1-gq", "ecm", "G9008", &["U1", "GQ"], FeeForService, 6_470, SINCE_2026),
    Price::of("hc.g9012-u2", "ecm", "G9012", &["U2"], FeeForService, 7_630, SINCE_2026),
    Price::of("hc.g9012-u2-gq", "ecm", "G9012", &["U2", "GQ"], FeeForService, 4_980, SINCE_2026),
    Price::of("hc.g9008-u8", "ecm", "G9008", &["U8"], Outreach, 4_130, SINCE_2026),
    Price::of("hc.g9008-u8-gq", "ecm", "G9008", &["U8", "GQ"], Outreach, 2_010, SINCE_2026),
    Price::of("hc.g9012-u8", "ecm", "G9012", &["U8"], Outreach, 3_290, SINCE_2026),
    Price::of("hc.g9012-u8-gq", "ecm", "G9012", &["U8", "GQ"], Outreach, 1_590, SINCE_2026),
    Price::of("hc.h0043-u6", "housing-transition-navigation", "H0043", &["U6"], FeeForService, 1_750, SINCE_2026),
    Price::of("hc.h2016-u6", "housing-transition-navigation", "H2016", &["U6"], FeeForService, 1_820, SINCE_2026),
    Price::of("hc.h0044-u2", "housing-deposits", "H0044", &["U2"], ProjectCost, 500_000, SINCE_2026),
    Price::of("hc.t2040-u6", "housing-tenancy-sustaining", "T2040", &["U6"], FeeForService, 1_600, SINCE_2026),
    Price::of("hc.t2041-u6", "housing-tenancy-sustaining", "T2041", &["U6"], FeeForService, 1_600, SINCE_2026),
    Price::of("hc.t2050-u6", "housing-tenancy-sustaining", "T2050", &["U6"], FeeForService, 2_000, SINCE_2026),
    Price::of("hc.t2051-u6", "housing-tenancy-sustaining", "T2051", &["U6"], FeeForService, 2_000, SINCE_2026),
    Price::of("hc.h0043-u3", "short-term-post-hospitalization-housing", "H0043", &["U3"], PerDiem, 11_550, SINCE_2026),
    Price::of("hc.h0044-u3", "short-term-post-hospitalization-housing", "H0044", &["U3"], FeeForService, 337_080, SINCE_2026),
    Price::of("hc.t2033-u6", "recuperative-care", "T2033", &["U6"], PerDiem, 21_620, SINCE_2026),
    Price::of("hc.t2033-u6.2025", "recuperative-care", "T2033", &["U6"], PerDiem, 20_720, IN_2025),
    Price::of("hc.t2038-u4", "assisted-living-transitions", "T2038", &["U4"], CaseRate, 150_520, SINCE_2026),
    Price::of("hc.h2022-u5", "assisted-living-transitions", "H2022", &["U5"], PerDiem, 9_860, SINCE_2026),
    Price::of("hc.t2038-u5", "community-home-transition", "T2038", &["U5"], CaseRate, 160_060, SINCE_2026),
    Price::of("hc.h0044-u5", "community-home-transition", "H0044", &["U5"], ProjectCost, 750_000, SINCE_2026),
    Price::of("hc.s5130-u6", "personal-care-homemaker", "S5130", &["U6"], FeeForService, 920, SINCE_2026),
    Price::of("hc.t1019-u6", "personal-care-homemaker", "T1019", &["U6"], FeeForService, 960, SINCE_2026),
    Price::of("hc.s5165-u6", "home-modifications", "S5165", &["U6"], ProjectCost, 750_000, SINCE_2026),
    Price::of("hc.s5170-u6", "medically-tailored-meals", "S5170", &["U6"], FeeForService, 1_250, SINCE_2026),
    Price::of("hc.s9470-u6", "medically-tailored-meals", "S9470", &["U6"], FeeForService, 6_780, SINCE_2026),
    Price::of("hc.s9977-u6", "medically-tailored-meals", "S9977", &["U6"], PerDiem, 1_580, SINCE_2026),
    Price::of("hc.s9452-u5", "medically-tailored-meals", "S9452", &["U5"], FeeForService, 5_510, SINCE_2026),
    Price::of("hc.s9452-u6", "medically-tailored-meals", "S9452", &["U6"], FeeForService, 2_440, SINCE_2026),
    Price::of("hc.s9977-u4", "medically-tailored-meals", "S9977", &["U4"], FeeForService, 4_350, SINCE_2026),
    Price::of("hc.s9977-u5", "medically-tailored-meals", "S9977", &["U5"], FeeForService, 4_130, SINCE_2026),
    Price::of("hc.s9977-u7", "medically-tailored-meals", "S9977", &["U7"], FeeForService, 5_620, SINCE_2026),
    Price::of("hc.s9977-u8", "medically-tailored-meals", "S9977", &["U8"], FeeForService, 4_880, SINCE_2026),
    Price::of("hc.s9977-u9", "medically-tailored-meals", "S9977", &["U9"], FeeForService, 4_660, SINCE_2026),
    Price::of("hc.s5165-u5", "asthma-remediation", "S5165", &["U5"], ProjectCost, 750_000, SINCE_2026),
    Price::of("hc.h0044-u6", "transitional-rent", "H0044", &["U6"], FeeForService, 226_840, SINCE_2026),
    Price::of("hc.h0043-u2", "transitional-rent", "H0043", &["U2"], FeeForService, 7_530, SINCE_2026),
    Price::of("hc.h0040-u2", "transitional-rent", "H0040", &["U2"], FeeForService, 20_670, SINCE_2026),
    Price::of("hc.h0040-u1", "transitional-rent", "H0040", &["U1"], FeeForService, 50_880, SINCE_2026),
    Price::of("hc.t1016-u8", "housing-outreach", "T1016", &["U8"], EncounterOnly, 0, SINCE_2026),
    Price::of("hc.t1016-u8-gq", "housing-outreach", "T1016", &["U8", "GQ"], EncounterOnly, 0, SINCE_2026),
];
