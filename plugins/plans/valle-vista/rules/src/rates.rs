//! Rates that Valle Vista pays. Invented amounts, in cents; the procedures are those of the DHCS HCPCS Coding
//! Guidance for ECM and Community Supports (version 1.3, 2026-01).

use crosswalk_plan::profile::PaymentModel::{
    CaseRate, EncounterOnly, FeeForService, Monthly, Outreach, PerDiem, ProjectCost,
};
use crosswalk_plan::types::Period;
use crosswalk_plan::{Price, between, day, since};

const SINCE_2026: Period = since(day(2026, 1, 1));
const IN_2025: Period = between(day(2025, 1, 1), day(2025, 12, 31));

/// Every procedure that the plan prices, a line each.
#[rustfmt::skip]
pub(crate) const RATES: &[Price] = &[
    Price::of("vv.g9008-u1", "ecm", "G9008", &["U1"], Monthly, 42_500, SINCE_2026),
    Price::of("vv.g9008-u1-gq", "ecm", "G9008", &["U1", "GQ"], Monthly, 42_500, SINCE_2026),
    Price::of("vv.g9012-u2", "ecm", "G9012", &["U2"], Monthly, 42_500, SINCE_2026),
    Price::of("vv.g9012-u2-gq", "ecm", "G9012", &["U2", "GQ"], Monthly, 42_500, SINCE_2026),
    Price::of("vv.g9008-u8", "ecm", "G9008", &["U8"], Outreach, 3_900, SINCE_2026),
    Price::of("vv.g9008-u8-gq", "ecm", "G9008", &["U8", "GQ"], Outreach, 1_900, SINCE_2026),
    Price::of("vv.g9012-u8", "ecm", "G9012", &["U8"], Outreach, 3_100, SINCE_2026),
    Price::of("vv.g9012-u8-gq", "ecm", "G9012", &["U8", "GQ"], Outreach, 1_500, SINCE_2026),
    Price::of("vv.h0043-u6", "housing-transition-navigation", "H0043", &["U6"], FeeForService, 1_650, SINCE_2026),
    Price::of("vv.h2016-u6", "housing-transition-navigation", "H2016", &["U6"], FeeForService, 1_720, SINCE_2026),
    Price::of("vv.h0044-u2", "housing-deposits", "H0044", &["U2"], ProjectCost, 500_000, SINCE_2026),
    Price::of("vv.t2040-u6", "housing-tenancy-sustaining", "T2040", &["U6"], FeeForService, 1_510, SINCE_2026),
    Price::of("vv.t2041-u6", "housing-tenancy-sustaining", "T2041", &["U6"], FeeForService, 1_510, SINCE_2026),
    Price::of("vv.t2050-u6", "housing-tenancy-sustaining", "T2050", &["U6"], FeeForService, 1_890, SINCE_2026),
    Price::of("vv.t2051-u6", "housing-tenancy-sustaining", "T2051", &["U6"], FeeForService, 1_890, SINCE_2026),
    Price::of("vv.h0043-u3", "short-term-post-hospitalization-housing", "H0043", &["U3"], PerDiem, 10_900, SINCE_2026),
    Price::of("vv.h0044-u3", "short-term-post-hospitalization-housing", "H0044", &["U3"], FeeForService, 318_000, SINCE_2026),
    Price::of("vv.t2033-u6", "recuperative-care", "T2033", &["U6"], PerDiem, 20_400, SINCE_2026),
    Price::of("vv.t2033-u6.2025", "recuperative-care", "T2033", &["U6"], PerDiem, 19_500, IN_2025),
    Price::of("vv.h0045-u6", "respite", "H0045", &["U6"], PerDiem, 18_200, SINCE_2026),
    Price::of("vv.s5151-u6", "respite", "S5151", &["U6"], PerDiem, 17_600, SINCE_2026),
    Price::of("vv.s9125-u6", "respite", "S9125", &["U6"], PerDiem, 18_900, SINCE_2026),
    Price::of("vv.t2012-u6", "day-habilitation", "T2012", &["U6"], PerDiem, 6_700, SINCE_2026),
    Price::of("vv.t2014-u6", "day-habilitation", "T2014", &["U6"], PerDiem, 6_900, SINCE_2026),
    Price::of("vv.t2018-u6", "day-habilitation", "T2018", &["U6"], PerDiem, 7_100, SINCE_2026),
    Price::of("vv.t2020-u6", "day-habilitation", "T2020", &["U6"], PerDiem, 6_800, SINCE_2026),
    Price::of("vv.h2014-u6", "day-habilitation", "H2014", &["U6"], FeeForService, 1_420, SINCE_2026),
    Price::of("vv.h2024-u6", "day-habilitation", "H2024", &["U6"], PerDiem, 7_000, SINCE_2026),
    Price::of("vv.h2026-u6", "day-habilitation", "H2026", &["U6"], PerDiem, 7_300, SINCE_2026),
    Price::of("vv.h2038-u6", "day-habilitation", "H2038", &["U6"], PerDiem, 6_600, SINCE_2026),
    Price::of("vv.t2038-u4", "assisted-living-transitions", "T2038", &["U4"], CaseRate, 142_000, SINCE_2026),
    Price::of("vv.h2022-u5", "assisted-living-transitions", "H2022", &["U5"], PerDiem, 9_300, SINCE_2026),
    Price::of("vv.t2038-u5", "community-home-transition", "T2038", &["U5"], CaseRate, 151_000, SINCE_2026),
    Price::of("vv.h0044-u5", "community-home-transition", "H0044", &["U5"], ProjectCost, 750_000, SINCE_2026),
    Price::of("vv.s5130-u6", "personal-care-homemaker", "S5130", &["U6"], FeeForService, 870, SINCE_2026),
    Price::of("vv.t1019-u6", "personal-care-homemaker", "T1019", &["U6"], FeeForService, 910, SINCE_2026),
    Price::of("vv.s5165-u6", "home-modifications", "S5165", &["U6"], ProjectCost, 750_000, SINCE_2026),
    Price::of("vv.s5170-u6", "medically-tailored-meals", "S5170", &["U6"], FeeForService, 1_180, SINCE_2026),
    Price::of("vv.s9470-u6", "medically-tailored-meals", "S9470", &["U6"], FeeForService, 6_400, SINCE_2026),
    Price::of("vv.s9977-u6", "medically-tailored-meals", "S9977", &["U6"], PerDiem, 1_490, SINCE_2026),
    Price::of("vv.s9452-u5", "medically-tailored-meals", "S9452", &["U5"], FeeForService, 5_200, SINCE_2026),
    Price::of("vv.s9452-u6", "medically-tailored-meals", "S9452", &["U6"], FeeForService, 2_300, SINCE_2026),
    Price::of("vv.s9977-u4", "medically-tailored-meals", "S9977", &["U4"], FeeForService, 4_100, SINCE_2026),
    Price::of("vv.s9977-u5", "medically-tailored-meals", "S9977", &["U5"], FeeForService, 3_900, SINCE_2026),
    Price::of("vv.s9977-u7", "medically-tailored-meals", "S9977", &["U7"], FeeForService, 5_300, SINCE_2026),
    Price::of("vv.s9977-u8", "medically-tailored-meals", "S9977", &["U8"], FeeForService, 4_600, SINCE_2026),
    Price::of("vv.s9977-u9", "medically-tailored-meals", "S9977", &["U9"], FeeForService, 4_400, SINCE_2026),
    Price::of("vv.h0014-u6", "sobering-centers", "H0014", &["U6"], FeeForService, 17_500, SINCE_2026),
    Price::of("vv.s5165-u5", "asthma-remediation", "S5165", &["U5"], ProjectCost, 750_000, SINCE_2026),
    Price::of("vv.h0044-u6", "transitional-rent", "H0044", &["U6"], FeeForService, 214_000, SINCE_2026),
    Price::of("vv.h0043-u2", "transitional-rent", "H0043", &["U2"], FeeForService, 7_100, SINCE_2026),
    Price::of("vv.h0040-u2", "transitional-rent", "H0040", &["U2"], FeeForService, 19_500, SINCE_2026),
    Price::of("vv.h0040-u1", "transitional-rent", "H0040", &["U1"], FeeForService, 48_000, SINCE_2026),
    Price::of("vv.t1016-u8", "housing-outreach", "T1016", &["U8"], EncounterOnly, 0, SINCE_2026),
    Price::of("vv.t1016-u8-gq", "housing-outreach", "T1016", &["U8", "GQ"], EncounterOnly, 0, SINCE_2026),
];
