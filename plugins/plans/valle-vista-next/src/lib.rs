//! Valle Vista's rules for next year. They are in `valle-vista/rules`.

use valle_vista_rules::next::PLAN;

crosswalk_plan::plugin!(ValleVistaNext answers with PLAN: profile, referral, authorization, billing, credentialing);
