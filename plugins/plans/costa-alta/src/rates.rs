//! Rates that Costa Alta pays. Invented amounts, in cents; the procedures are those of the DHCS HCPCS Coding
//! Guidance for ECM and Community Supports (version 1.3, 2026-01).

use crosswalk_plan::profile::PaymentModel::{FeeForService, Outreach, PerDiem};
use crosswalk_plan::types::Period;
use crosswalk_plan::{Price, between, day, since};

const SINCE_2026: Period = since(day(2026, 1, 1));
const IN_2025: Period = between(day(2025, 1, 1), day(2025, 12, 31));

/// Every procedure that the plan prices, a line each.
#[rustfmt::skip]
pub(crate) const RATES: &[Price] = &[
    Price::of("ca.g9008-u1", "ecm", "G9008", &["U1"], FeeForService, 9_700, SINCE_2026),
    Price::of("ca.g9008-u1-gq", "ecm", "G9008", &["U1", "GQ"], FeeForService, 6_040, SINCE_2026),
    Price::of("ca.g9012-u2", "ecm", "G9012", &["U2"], FeeForService, 7_130, SINCE_2026),
    Price::of("ca.g9012-u2-gq", "ecm", "G9012", &["U2", "GQ"], FeeForService, 4_650, SINCE_2026),
    Price::of("ca.g9008-u8", "ecm", "G9008", &["U8"], Outreach, 3_860, SINCE_2026),
    Price::of("ca.g9008-u8-gq", "ecm", "G9008", &["U8", "GQ"], Outreach, 1_880, SINCE_2026),
    Price::of("ca.g9012-u8", "ecm", "G9012", &["U8"], Outreach, 3_070, SINCE_2026),
    Price::of("ca.g9012-u8-gq", "ecm", "G9012", &["U8", "GQ"], Outreach, 1_480, SINCE_2026),
    Price::of("ca.h0043-u6", "housing-transition-navigation", "H0043", &["U6"], FeeForService, 1_630, SINCE_2026),
    Price::of("ca.h2016-u6", "housing-transition-navigation", "H2016", &["U6"], FeeForService, 1_700, SINCE_2026),
    Price::of("ca.t2033-u6", "recuperative-care", "T2033", &["U6"], PerDiem, 20_200, SINCE_2026),
    Price::of("ca.t2033-u6.2025", "recuperative-care", "T2033", &["U6"], PerDiem, 19_300, IN_2025),
    Price::of("ca.s5170-u6", "medically-tailored-meals", "S5170", &["U6"], FeeForService, 1_170, SINCE_2026),
    Price::of("ca.s9470-u6", "medically-tailored-meals", "S9470", &["U6"], FeeForService, 6_340, SINCE_2026),
    Price::of("ca.s9977-u6", "medically-tailored-meals", "S9977", &["U6"], PerDiem, 1_480, SINCE_2026),
    Price::of("ca.s9452-u5", "medically-tailored-meals", "S9452", &["U5"], FeeForService, 5_150, SINCE_2026),
    Price::of("ca.s9452-u6", "medically-tailored-meals", "S9452", &["U6"], FeeForService, 2_280, SINCE_2026),
    Price::of("ca.s9977-u4", "medically-tailored-meals", "S9977", &["U4"], FeeForService, 4_060, SINCE_2026),
    Price::of("ca.s9977-u5", "medically-tailored-meals", "S9977", &["U5"], FeeForService, 3_860, SINCE_2026),
    Price::of("ca.s9977-u7", "medically-tailored-meals", "S9977", &["U7"], FeeForService, 5_250, SINCE_2026),
    Price::of("ca.s9977-u8", "medically-tailored-meals", "S9977", &["U8"], FeeForService, 4_550, SINCE_2026),
    Price::of("ca.s9977-u9", "medically-tailored-meals", "S9977", &["U9"], FeeForService, 4_360, SINCE_2026),
];
