//! What a new plugin is made of: the contract, the SDKs and the templates, as they were when this program was built. So a
//! plugin can be written and built without this repository.

/// A file: where it goes, and what is in it.
pub(super) type Source = (&'static str, &'static str);

/// Files of the repository, from its root, under another folder.
macro_rules! files {
    ($($to:literal from $from:literal),* $(,)?) => {
        &[$(($to, include_str!(concat!("../../../", $from)))),*]
    };
}

/// The contract as Rust's SDK finds it: two folders above its own.
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

/// The contract beside a world of the plugin's own.
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

/// Rust's SDK.
pub(super) const RUST_SDK: &[Source] = files! {
    "crosswalk/sdk/Cargo.toml" from "plugins/sdk/Cargo.toml",
    "crosswalk/sdk/build.rs" from "plugins/sdk/build.rs",
    "crosswalk/sdk/src/case.rs" from "plugins/sdk/src/case.rs",
    "crosswalk/sdk/src/cases.rs" from "plugins/sdk/src/cases.rs",
    "crosswalk/sdk/src/claims.rs" from "plugins/sdk/src/claims.rs",
    "crosswalk/sdk/src/contract.rs" from "plugins/sdk/src/contract.rs",
    "crosswalk/sdk/src/credential.rs" from "plugins/sdk/src/credential.rs",
    "crosswalk/sdk/src/days.rs" from "plugins/sdk/src/days.rs",
    "crosswalk/sdk/src/days/tests.rs" from "plugins/sdk/src/days/tests.rs",
    "crosswalk/sdk/src/decide.rs" from "plugins/sdk/src/decide.rs",
    "crosswalk/sdk/src/heap.rs" from "plugins/sdk/src/heap.rs",
    "crosswalk/sdk/src/json.rs" from "plugins/sdk/src/json.rs",
    "crosswalk/sdk/src/lib.rs" from "plugins/sdk/src/lib.rs",
    "crosswalk/sdk/src/plan.rs" from "plugins/sdk/src/plan.rs",
    "crosswalk/sdk/src/rule.rs" from "plugins/sdk/src/rule.rs",
    "crosswalk/sdk/src/state.rs" from "plugins/sdk/src/state.rs",
    "crosswalk/sdk/src/tables.rs" from "plugins/sdk/src/tables.rs",
    "crosswalk/sdk/cases/Cargo.toml" from "plugins/sdk/cases/Cargo.toml",
    "crosswalk/sdk/cases/src/lib.rs" from "plugins/sdk/cases/src/lib.rs",
    "crosswalk/sdk/component/Cargo.toml" from "plugins/sdk/component/Cargo.toml",
    "crosswalk/sdk/component/src/main.rs" from "plugins/sdk/component/src/main.rs",
    // The versions that the sample plans are built with.
    "Cargo.lock" from "plugins/Cargo.lock",
    ".cargo/config.toml" from "plugins/.cargo/config.toml",
};

/// JavaScript's SDK.
pub(super) const JS_SDK: &[Source] = files! {
    "crosswalk/build.mjs" from "plugins/js/sdk/build.mjs",
    "crosswalk/contract.d.ts" from "plugins/js/sdk/contract.d.ts",
    "crosswalk/days.js" from "plugins/js/sdk/days.js",
    "crosswalk/guard.js" from "plugins/js/sdk/guard.js",
    "crosswalk/index.js" from "plugins/js/sdk/index.js",
    "crosswalk/json.js" from "plugins/js/sdk/json.js",
    "crosswalk/native.mjs" from "plugins/js/sdk/native.mjs",
    "crosswalk/plan.js" from "plugins/js/sdk/plan.js",
    "crosswalk/rules.js" from "plugins/js/sdk/rules.js",
    "crosswalk/shapes.js" from "plugins/js/sdk/shapes.js",
    "crosswalk/state-rules.js" from "plugins/js/sdk/state-rules.js",
};

/// Python's SDK.
pub(super) const PYTHON_SDK: &[Source] = files! {
    "crosswalk_guest.py" from "plugins/python/sdk/crosswalk_guest.py",
    "crosswalk_plan/__init__.py" from "plugins/python/sdk/crosswalk_plan/__init__.py",
    "crosswalk_plan/days.py" from "plugins/python/sdk/crosswalk_plan/days.py",
    "crosswalk_plan/guard.py" from "plugins/python/sdk/crosswalk_plan/guard.py",
    "crosswalk_plan/native.py" from "plugins/python/sdk/crosswalk_plan/native.py",
    "crosswalk_plan/plan.py" from "plugins/python/sdk/crosswalk_plan/plan.py",
    "crosswalk_plan/rules.py" from "plugins/python/sdk/crosswalk_plan/rules.py",
    "crosswalk_plan/shapes.json" from "plugins/python/sdk/crosswalk_plan/shapes.json",
    "crosswalk_plan/state_rules.json" from "plugins/python/sdk/crosswalk_plan/state_rules.json",
};

/// What every template has. The words in double braces are the plugin's own.
pub(super) const TEMPLATE: &[Source] = files! {
    "README.md" from "plugins/templates/README.md",
    "cases/referral.json" from "plugins/templates/cases.json",
};

/// What the templates of languages with a world of the plugin's own have.
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
