//! The plan's example cases under next year's rules, answered natively, each a test of its own.

crosswalk_plan::cases!(valle_vista_next::ValleVistaNext: referral, authorization, billing, credentialing in
    "cases/authorization.json",
);
