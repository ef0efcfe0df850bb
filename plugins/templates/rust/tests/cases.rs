//! The plan's example cases, each a test of its own.

crosswalk_plan::cases!({{crate}}::{{type}}: referral in "cases/referral.json");
