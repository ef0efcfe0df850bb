"""What Silver Oak pays. Invented amounts, in cents; the procedures are those of the DHCS HCPCS Coding Guidance for ECM and
Community Supports (version 1.3, 2026-01)."""

from crosswalk_plan import between, price, since
from wit_world.exports.profile import PaymentModel

SINCE_2026 = since("2026-01-01")
IN_2025 = between("2025-01-01", "2025-12-31")
FEE_FOR_SERVICE = PaymentModel.FEE_FOR_SERVICE
PER_DIEM = PaymentModel.PER_DIEM
PROJECT_COST = PaymentModel.PROJECT_COST

# Every procedure that the plan prices, a line each.
RATES = [
    price("so.h0043-u6", "housing-transition-navigation", "H0043 U6", FEE_FOR_SERVICE, 1_600, SINCE_2026),
    price("so.h2016-u6", "housing-transition-navigation", "H2016 U6", FEE_FOR_SERVICE, 1_670, SINCE_2026),
    price("so.h0043-u3", "short-term-post-hospitalization-housing", "H0043 U3", PER_DIEM, 10_570, SINCE_2026),
    price("so.h0044-u3", "short-term-post-hospitalization-housing", "H0044 U3", FEE_FOR_SERVICE, 308_460, SINCE_2026),
    price("so.t2033-u6", "recuperative-care", "T2033 U6", PER_DIEM, 19_790, SINCE_2026),
    price("so.t2033-u6.2025", "recuperative-care", "T2033 U6", PER_DIEM, 18_890, IN_2025),
    price("so.s5130-u6", "personal-care-homemaker", "S5130 U6", FEE_FOR_SERVICE, 840, SINCE_2026),
    price("so.t1019-u6", "personal-care-homemaker", "T1019 U6", FEE_FOR_SERVICE, 880, SINCE_2026),
    price("so.s5165-u6", "home-modifications", "S5165 U6", PROJECT_COST, 750_000, SINCE_2026),
    price("so.s5170-u6", "medically-tailored-meals", "S5170 U6", FEE_FOR_SERVICE, 1_140, SINCE_2026),
    price("so.s9470-u6", "medically-tailored-meals", "S9470 U6", FEE_FOR_SERVICE, 6_210, SINCE_2026),
    price("so.s9977-u6", "medically-tailored-meals", "S9977 U6", PER_DIEM, 1_450, SINCE_2026),
    price("so.s9452-u5", "medically-tailored-meals", "S9452 U5", FEE_FOR_SERVICE, 5_040, SINCE_2026),
    price("so.s9452-u6", "medically-tailored-meals", "S9452 U6", FEE_FOR_SERVICE, 2_230, SINCE_2026),
    price("so.s9977-u4", "medically-tailored-meals", "S9977 U4", FEE_FOR_SERVICE, 3_980, SINCE_2026),
    price("so.s9977-u5", "medically-tailored-meals", "S9977 U5", FEE_FOR_SERVICE, 3_780, SINCE_2026),
    price("so.s9977-u7", "medically-tailored-meals", "S9977 U7", FEE_FOR_SERVICE, 5_140, SINCE_2026),
    price("so.s9977-u8", "medically-tailored-meals", "S9977 U8", FEE_FOR_SERVICE, 4_460, SINCE_2026),
    price("so.s9977-u9", "medically-tailored-meals", "S9977 U9", FEE_FOR_SERVICE, 4_270, SINCE_2026),
]
