//! Files of a new plugin (`crosswalk plugin new`): the contract, the SDKs and the templates, as they were
//! when this program was built. So a plugin can be written and built without this repository.
//!
//! A file that an SDK or a template gains is named here by hand; the tests of `plugin new` build a plugin of
//! each template, and fail where one is missing.

/// A file: its path in the new plugin's folder, and its text.
pub(super) type Source = (&'static str, &'static str);

/// Files of the repository, by their path from its root, each at its path in the new plugin's folder.
macro_rules! files {
    ($($to:literal from $from:literal),* $(,)?) => {
        &[$(($to, include_str!(concat!("../../../", $from)))),*]
    };
}

/// The contract for Rust, whose SDK looks for `wit/` three folders above its own.
pub(super) const CONTRACT: &[Source] = files! {
    "wit/authorization.wit" from "wit/authorization.wit",
    "wit/billing.wit" from "wit/billing.wit",
    "wit/credentialing.wit" from "wit/credentialing.wit",
    "wit/exchange.wit" from "wit/exchange.wit",
    "wit/profile.wit" from "wit/profile.wit",
    "wit/referral.wit" from "wit/referral.wit",
    "wit/types.wit" from "wit/types.wit",
    "wit/world.wit" from "wit/world.wit",
};

/// The contract for JavaScript and Python: a dependency of the plugin's own world ([`WORLD`]).
pub(super) const CONTRACT_AS_DEPENDENCY: &[Source] = files! {
    "wit/deps/crosswalk-plan/authorization.wit" from "wit/authorization.wit",
    "wit/deps/crosswalk-plan/billing.wit" from "wit/billing.wit",
    "wit/deps/crosswalk-plan/credentialing.wit" from "wit/credentialing.wit",
    "wit/deps/crosswalk-plan/exchange.wit" from "wit/exchange.wit",
    "wit/deps/crosswalk-plan/profile.wit" from "wit/profile.wit",
    "wit/deps/crosswalk-plan/referral.wit" from "wit/referral.wit",
    "wit/deps/crosswalk-plan/types.wit" from "wit/types.wit",
    "wit/deps/crosswalk-plan/world.wit" from "wit/world.wit",
};

/// The SDK for rules in Rust.
pub(super) const RUST_SDK: &[Source] = files! {
    "crosswalk/sdk/rust/Cargo.toml" from "plugins/sdk/rust/Cargo.toml",
    "crosswalk/sdk/rust/build.rs" from "plugins/sdk/rust/build.rs",
    "crosswalk/sdk/rust/src/case.rs" from "plugins/sdk/rust/src/case.rs",
    "crosswalk/sdk/rust/src/cases.rs" from "plugins/sdk/rust/src/cases.rs",
    "crosswalk/sdk/rust/src/claims.rs" from "plugins/sdk/rust/src/claims.rs",
    "crosswalk/sdk/rust/src/contract.rs" from "plugins/sdk/rust/src/contract.rs",
    "crosswalk/sdk/rust/src/credential.rs" from "plugins/sdk/rust/src/credential.rs",
    "crosswalk/sdk/rust/src/days.rs" from "plugins/sdk/rust/src/days.rs",
    "crosswalk/sdk/rust/src/days/tests.rs" from "plugins/sdk/rust/src/days/tests.rs",
    "crosswalk/sdk/rust/src/decide.rs" from "plugins/sdk/rust/src/decide.rs",
    "crosswalk/sdk/rust/src/heap.rs" from "plugins/sdk/rust/src/heap.rs",
    "crosswalk/sdk/rust/src/json.rs" from "plugins/sdk/rust/src/json.rs",
    "crosswalk/sdk/rust/src/lib.rs" from "plugins/sdk/rust/src/lib.rs",
    "crosswalk/sdk/rust/src/plan.rs" from "plugins/sdk/rust/src/plan.rs",
    "crosswalk/sdk/rust/src/rule.rs" from "plugins/sdk/rust/src/rule.rs",
    "crosswalk/sdk/rust/src/state.rs" from "plugins/sdk/rust/src/state.rs",
    "crosswalk/sdk/rust/src/tables.rs" from "plugins/sdk/rust/src/tables.rs",
    "crosswalk/sdk/rust/cases/Cargo.toml" from "plugins/sdk/rust/cases/Cargo.toml",
    "crosswalk/sdk/rust/cases/src/lib.rs" from "plugins/sdk/rust/cases/src/lib.rs",
    "crosswalk/sdk/rust/component/Cargo.toml" from "plugins/sdk/rust/component/Cargo.toml",
    "crosswalk/sdk/rust/component/src/main.rs" from "plugins/sdk/rust/component/src/main.rs",
    // The versions that the sample plans are built with.
    "Cargo.lock" from "plugins/Cargo.lock",
    ".cargo/config.toml" from "plugins/.cargo/config.toml",
};

/// The SDK for rules in JavaScript.
pub(super) const JS_SDK: &[Source] = files! {
    "crosswalk/build.mjs" from "plugins/sdk/js/build.mjs",
    "crosswalk/contract.d.ts" from "plugins/sdk/js/contract.d.ts",
    "crosswalk/days.js" from "plugins/sdk/js/days.js",
    "crosswalk/guard.js" from "plugins/sdk/js/guard.js",
    "crosswalk/index.js" from "plugins/sdk/js/index.js",
    "crosswalk/json.js" from "plugins/sdk/js/json.js",
    "crosswalk/native.mjs" from "plugins/sdk/js/native.mjs",
    "crosswalk/plan.js" from "plugins/sdk/js/plan.js",
    "crosswalk/rules.js" from "plugins/sdk/js/rules.js",
    "crosswalk/shapes.js" from "plugins/sdk/js/shapes.js",
    "crosswalk/state-rules.js" from "plugins/sdk/js/state-rules.js",
};

/// The SDK for rules in Python.
pub(super) const PYTHON_SDK: &[Source] = files! {
    "crosswalk_guest.py" from "plugins/sdk/python/crosswalk_guest.py",
    "crosswalk_plan/__init__.py" from "plugins/sdk/python/crosswalk_plan/__init__.py",
    "crosswalk_plan/days.py" from "plugins/sdk/python/crosswalk_plan/days.py",
    "crosswalk_plan/guard.py" from "plugins/sdk/python/crosswalk_plan/guard.py",
    "crosswalk_plan/native.py" from "plugins/sdk/python/crosswalk_plan/native.py",
    "crosswalk_plan/plan.py" from "plugins/sdk/python/crosswalk_plan/plan.py",
    "crosswalk_plan/rules.py" from "plugins/sdk/python/crosswalk_plan/rules.py",
    "crosswalk_plan/shapes.json" from "plugins/sdk/python/crosswalk_plan/shapes.json",
    "crosswalk_plan/state_rules.json" from "plugins/sdk/python/crosswalk_plan/state_rules.json",
};

/// Files that every template has. The words in double braces are the plugin's own.
pub(super) const TEMPLATE: &[Source] = files! {
    "README.md" from "plugins/templates/README.md",
    "cases/referral.json" from "plugins/templates/cases.json",
};

/// Files of the templates whose language has a world of the plugin's own.
pub(super) const WORLD: &[Source] = files! { "wit/world.wit" from "plugins/templates/world.wit" };

pub(super) const RUST_TEMPLATE: &[Source] = files! {
    "Cargo.toml" from "plugins/templates/rust/Cargo.toml",
    "src/lib.rs" from "plugins/templates/rust/src/lib.rs",
    "tests/cases.rs" from "plugins/templates/rust/tests/cases.rs",
};

pub(super) const JS_TEMPLATE: &[Source] = files! {
    "package.json" from "plugins/templates/js/package.json",
    "plugin.js" from "plugins/templates/js/plugin.js",
};

pub(super) const PYTHON_TEMPLATE: &[Source] = files! {
    "plugin.py" from "plugins/templates/python/plugin.py",
    "requirements.txt" from "plugins/templates/python/requirements.txt",
};

pub(super) const RULES_TEMPLATE: &[Source] = files! {
    "plan.toml" from "plugins/templates/rules/plan.toml",
};
