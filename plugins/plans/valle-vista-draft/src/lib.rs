//! A draft of Valle Vista's rules for next year that breaks what the plan expects of its own rules. They are
//! in `valle-vista/rules`.

use valle_vista_rules::next::DRAFT;

crosswalk_plan::plugin!(ValleVistaDraft answers with DRAFT: profile, referral, authorization, billing, credentialing);
