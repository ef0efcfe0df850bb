//! The plan's example cases, answered natively, each a test of its own.

crosswalk_plan::cases!(harbor_crest::HarborCrest: referral, authorization, billing, credentialing in
    "cases/referral.json",
    "cases/authorization.json",
    "cases/billing.json",
    "cases/credentialing.json",
);
