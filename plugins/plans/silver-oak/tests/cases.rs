//! The plan's example cases, answered natively, each a test of its own.

crosswalk_plan::cases!(silver_oak::SilverOak: referral, authorization, credentialing in
    "cases/referral.json",
    "cases/authorization.json",
    "cases/credentialing.json",
);
