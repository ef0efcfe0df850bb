//! The contract's types and export macros, generated from `wit/`, and the sections that describe what a
//! plugin exports.
//!
//! All interfaces are generated once, as exports, so that every plugin shares one set of types.
//! `wit-component` demands a definition for everything that a described world exports, so the full world's
//! description must not reach a plugin; instead each interface has a small world of its own (made by
//! `build.rs`), exporting it and `types`, and a component is the union of those that
//! [`export!`](crate::export) names. Exporting `types` keeps it from becoming an import.

/// Generates the contract with the derives that the build asks for.
macro_rules! generate {
    ($($derive:path),*) => {
        wit_bindgen::generate!({
            inline: "package crosswalk:guest;
                world every-interface {
                    export crosswalk:plan/types@1.0.0;
                    export crosswalk:plan/profile@1.0.0;
                    export crosswalk:plan/referral@1.0.0;
                    export crosswalk:plan/authorization@1.0.0;
                    export crosswalk:plan/billing@1.0.0;
                    export crosswalk:plan/credentialing@1.0.0;
                    export crosswalk:plan/exchange@1.0.0;
                }",
            path: "../../../wit",
            generate_all,
            pub_export_macro: true,
            additional_derives: [PartialEq, Eq $(, $derive)*],
            // `crate::days` and `crate::json` say how days compare and how they are written.
            additional_derives_ignore: ["date"],
            additional_type_attributes: {
                "crosswalk:plan/types@1.0.0/workflow": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/urgency": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/fact-value": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/fact-source": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/ask": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/finding-outcome": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/denial-kind": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/types@1.0.0/plan-error": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/mode": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/criterion-kind": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/criterion-origin": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/fact-kind": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/clock-unit": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/payment-model": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/claim-form": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/profile@1.0.0/file-kind": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/referral@1.0.0/destination": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/referral@1.0.0/disposition": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/authorization@1.0.0/request-kind": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/authorization@1.0.0/decision": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/billing@1.0.0/frequency": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/billing@1.0.0/line-outcome": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
                "crosswalk:plan/credentialing@1.0.0/standing": [#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]],
            },
            additional_member_attributes: {
                "crosswalk:plan/types@1.0.0/context.received": [#[cfg_attr(feature = "json", serde(with = "crate::json::instant"))]],
            },
        });
    };
}

#[cfg(not(feature = "json"))]
generate!();

#[cfg(feature = "json")]
generate!(serde::Serialize, serde::Deserialize);

include!(concat!(env!("OUT_DIR"), "/sections.rs"));
