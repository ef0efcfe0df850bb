//! Rates that Silver Oak pays. Invented amounts, in cents; the procedures are those of the DHCS HCPCS Coding
//! Guidance for ECM and Community Supports (version 1.3, 2026-01).

use crosswalk_plan::profile::PaymentModel::{FeeForService, PerDiem, ProjectCost};
use crosswalk_plan::types::Period;
use crosswalk_plan::{Price, between, day, since};

const SINCE_2026: Period = since(day(2026, 1, 1));
const IN_2025: Period = between(day(2025, 1, 1), day(2025, 12, 31));

/// Every procedure that the plan prices, a line each.
#[rustfmt::skip]
pub(crate) const RATES: &[Price] = &[
    Price::of("so.h0043-u6", "housing-transition-navigation", "H0043", &["U6"], FeeForService, 1_600, SINCE_2026),
    Price::of("so.h2016-u6", "housing-transition-navigation", "H2016", &["U6"], FeeForService, 1_670, SINCE_2026),
    Price::of("so.h0043-u3", "short-term-post-hospitalization-housing", "H0043", &["U3"], PerDiem, 10_570, SINCE_2026),
    Price::of("so.h0044-u3", "short-term-post-hospitalization-housing", "H0044", &["U3"], FeeForService, 308_460, SINCE_2026),
    Price::of("so.t2033-u6", "recuperative-care", "T2033", &["U6"], PerDiem, 19_790, SINCE_2026),
    Price::of("so.t2033-u6.2025", "recuperative-care", "T2033", &["U6"], PerDiem, 18_890, IN_2025),
    Price::of("so.s5130-u6", "personal-care-homemaker", "S5130", &["U6"], FeeForService, 840, SINCE_2026),
    Price::of("so.t1019-u6", "personal-care-homemaker", "T1019", &["U6"], FeeForService, 880, SINCE_2026),
    Price::of("so.s5165-u6", "home-modifications", "S5165", &["U6"], ProjectCost, 750_000, SINCE_2026),
    Price::of("so.s5170-u6", "medically-tailored-meals", "S5170", &["U6"], FeeForService, 1_140, SINCE_2026),
    Price::of("so.s9470-u6", "medically-tailored-meals", "S9470", &["U6"], FeeForService, 6_210, SINCE_2026),
    Price::of("so.s9977-u6", "medically-tailored-meals", "S9977", &["U6"], PerDiem, 1_450, SINCE_2026),
    Price::of("so.s9452-u5", "medically-tailored-meals", "S9452", &["U5"], FeeForService, 5_040, SINCE_2026),
    Price::of("so.s9452-u6", "medically-tailored-meals", "S9452", &["U6"], FeeForService, 2_230, SINCE_2026),
    Price::of("so.s9977-u4", "medically-tailored-meals", "S9977", &["U4"], FeeForService, 3_980, SINCE_2026),
    Price::of("so.s9977-u5", "medically-tailored-meals", "S9977", &["U5"], FeeForService, 3_780, SINCE_2026),
    Price::of("so.s9977-u7", "medically-tailored-meals", "S9977", &["U7"], FeeForService, 5_140, SINCE_2026),
    Price::of("so.s9977-u8", "medically-tailored-meals", "S9977", &["U8"], FeeForService, 4_460, SINCE_2026),
    Price::of("so.s9977-u9", "medically-tailored-meals", "S9977", &["U9"], FeeForService, 4_270, SINCE_2026),
];
