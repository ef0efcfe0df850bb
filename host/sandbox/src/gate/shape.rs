//! Comparison of an exported interface with the functions and types of the contract, part by part.
//!
//! The engine finds out too, when it instantiates, but stops at the first difference and does not say where
//! it is.

use std::sync::LazyLock;

use domain::plan::question::Interface;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncType,
    ComponentInstanceTypeId, ComponentValType, RecordType, VariantType,
};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload, PrimitiveValType, Validator};

use super::{Refusal, RefusalCode, quoted};
use crate::contract::v1_0;

/// Differences from the contract of the instance that a component exports as `name`.
pub(super) fn differences(interface: Interface, name: &str, found: &Types) -> Vec<Refusal> {
    match (CONTRACT.instance(name), exported_instance(found, name)) {
        (Some(expected), Some(actual)) => compare(interface, (&CONTRACT.types, expected), (found, actual)),
        _ => vec![refusal(
            RefusalCode::WrongType,
            interface.name(),
            format!("{} is not an interface", quoted(name)),
        )],
    }
}

type Instance<'a> = (&'a Types, ComponentInstanceTypeId);

fn compare(interface: Interface, expected: Instance<'_>, found: Instance<'_>) -> Vec<Refusal> {
    let (known, present) = (functions(expected), functions(found));
    let mut refusals = Vec::new();
    for (function, expected_type) in &known {
        let at = format!("{}.{function}", interface.name());
        let Some((_, found_type)) = present.iter().find(|(name, _)| name == function) else {
            refusals.push(refusal(
                RefusalCode::LacksFunction,
                at,
                format!("it exports {} without `{function}`", interface.name()),
            ));
            continue;
        };
        let mut comparison = Comparison { expected: expected.0, found: found.0, problems: Vec::new() };
        comparison.function(expected_type, found_type);
        refusals.extend(
            comparison
                .problems
                .into_iter()
                .map(|problem| refusal(RefusalCode::WrongType, at.clone(), problem)),
        );
    }
    for (function, _) in present.iter().filter(|(name, _)| known.iter().all(|(known, _)| known != name)) {
        let problem = format!(
            "it exports the function `{}`, which the contract's {} does not have",
            quoted(function),
            interface.name()
        );
        refusals.push(refusal(
            RefusalCode::UnknownExport,
            format!("{}.{}", interface.name(), quoted(function)),
            problem,
        ));
    }
    refusals
}

fn refusal(code: RefusalCode, at: impl Into<String>, problem: String) -> Refusal {
    Refusal::new(code, at, problem, "build it against the contract's files as published, unchanged")
}

/// The contract's world, decoded once.
static CONTRACT: LazyLock<World> = LazyLock::new(|| World::decode(v1_0::WORLD));

struct World {
    types: Types,
    /// The exported instances, by their names.
    exports: Vec<(String, ComponentInstanceTypeId)>,
}

impl World {
    /// The encoding wraps the world's own component type in a component that exports it as a type, twice.
    fn decode(encoded: &[u8]) -> Self {
        const WHY: &str = "the contract's world is encoded by the bindings' generator";
        let mut validator = Validator::new_with_features(super::features());
        let types = validator.validate_all(encoded).expect(WHY);
        let mut exported = Vec::new();
        for payload in Parser::new(0).parse_all(encoded) {
            if let Payload::ComponentExportSection(exports) = payload.expect(WHY) {
                exported.extend(exports.into_iter().map(|export| export.expect(WHY).name.name.to_owned()));
            }
        }
        let mut exports = Vec::new();
        for name in exported {
            let item = types.as_ref().component_item_for_export(&name).map(|item| item.ty);
            if let Some(ComponentEntityType::Type { referenced, .. }) = item {
                collect(&types, referenced, &mut exports);
            }
        }
        Self { types, exports }
    }

    fn instance(&self, name: &str) -> Option<ComponentInstanceTypeId> {
        self.exports.iter().find(|(exported, _)| exported == name).map(|(_, instance)| *instance)
    }
}

fn collect(types: &Types, ty: ComponentAnyTypeId, exports: &mut Vec<(String, ComponentInstanceTypeId)>) {
    if let ComponentAnyTypeId::Component(component) = ty {
        for (name, item) in &types[component].exports {
            match item.ty {
                ComponentEntityType::Instance(instance) => exports.push((name.clone(), instance)),
                ComponentEntityType::Type { referenced, .. } => collect(types, referenced, exports),
                ComponentEntityType::Component(inner) => {
                    collect(types, ComponentAnyTypeId::Component(inner), exports);
                }
                _ => {}
            }
        }
    }
}

fn exported_instance(types: &Types, name: &str) -> Option<ComponentInstanceTypeId> {
    match types.as_ref().component_item_for_export(name)?.ty {
        ComponentEntityType::Instance(instance) => Some(instance),
        _ => None,
    }
}

fn functions((types, instance): Instance<'_>) -> Vec<(&str, &ComponentFuncType)> {
    let functions = types[instance].exports.iter().filter_map(|(name, item)| match item.ty {
        ComponentEntityType::Func(function) => Some((name.as_str(), &types[function])),
        _ => None,
    });
    functions.collect()
}

/// Walks along the contract's types, so that it ends however large the other's are.
struct Comparison<'a> {
    expected: &'a Types,
    found: &'a Types,
    problems: Vec<String>,
}

impl Comparison<'_> {
    fn function(&mut self, expected: &ComponentFuncType, found: &ComponentFuncType) {
        if found.async_ {
            self.problems.push("it is an async function; the contract's are not".to_owned());
        }
        let names =
            |function: &ComponentFuncType| owned(function.params.iter().map(|(name, _)| name.as_str()));
        if self.names("parameters", "", &names(expected), &names(found)) {
            for ((name, expected), (_, found)) in expected.params.iter().zip(&found.params) {
                self.value(name.as_str(), *expected, *found);
            }
        }
        self.payload("result", expected.result, found.result);
    }

    fn payload(&mut self, path: &str, expected: Option<ComponentValType>, found: Option<ComponentValType>) {
        match (expected, found) {
            (Some(expected), Some(found)) => self.value(path, expected, found),
            (None, None) => {}
            (Some(_), None) => self.problems.push(format!("`{path}` carries no value; the contract's does")),
            (None, Some(_)) => {
                self.problems.push(format!("`{path}` carries a value; the contract's does not"))
            }
        }
    }

    fn value(&mut self, path: &str, expected: ComponentValType, found: ComponentValType) {
        use ComponentDefinedType as D;
        let (expected, found) = match (resolve(self.expected, expected), resolve(self.found, found)) {
            (Resolved::Defined(expected), Resolved::Defined(found)) => (expected, found),
            (Resolved::Primitive(expected), Resolved::Primitive(found)) if expected == found => return,
            (expected, found) => return self.kinds(path, &expected.kind(), &found.kind()),
        };
        match (expected, found) {
            (D::Record(expected), D::Record(found)) => {
                let names = |record: &RecordType| owned(record.fields.keys().map(|name| name.as_str()));
                self.names("fields", path, &names(expected), &names(found));
                for (name, expected) in &expected.fields {
                    if let Some(found) = found.fields.get(name) {
                        self.value(&format!("{path}.{}", name.as_str()), *expected, *found);
                    }
                }
            }
            (D::Variant(expected), D::Variant(found)) => {
                let names = |variant: &VariantType| owned(variant.cases.keys().map(|name| name.as_str()));
                self.names("cases", path, &names(expected), &names(found));
                for (name, expected) in &expected.cases {
                    if let Some(found) = found.cases.get(name) {
                        self.payload(&format!("{path}.{}", name.as_str()), expected.ty, found.ty);
                    }
                }
            }
            (D::Enum(expected), D::Enum(found)) => {
                let expected = owned(expected.iter().map(|name| name.as_str()));
                let found = owned(found.iter().map(|name| name.as_str()));
                self.names("cases", path, &expected, &found);
            }
            (D::List { element: expected, .. }, D::List { element: found, .. }) => {
                self.value(&format!("{path}[]"), *expected, *found);
            }
            (D::Option { ty: expected, .. }, D::Option { ty: found, .. }) => {
                self.value(path, *expected, *found)
            }
            (D::Result { ok, err, .. }, D::Result { ok: found_ok, err: found_err, .. }) => {
                self.payload(&format!("{path}.ok"), *ok, *found_ok);
                self.payload(&format!("{path}.err"), *err, *found_err);
            }
            (D::Tuple(expected), D::Tuple(found)) if expected.types.len() == found.types.len() => {
                for (place, (expected, found)) in expected.types.iter().zip(&found.types).enumerate() {
                    self.value(&format!("{path}.{place}"), *expected, *found);
                }
            }
            (expected, found) => self.kinds(path, kind(expected), kind(found)),
        }
    }

    fn kinds(&mut self, path: &str, expected: &str, found: &str) {
        self.problems.push(format!("`{path}` is {found}; the contract says {expected}"));
    }

    /// True if both have the same names in the same order.
    fn names(&mut self, what: &str, path: &str, expected: &[String], found: &[String]) -> bool {
        if expected == found {
            return true;
        }
        let of = if path.is_empty() { String::new() } else { format!(" of `{path}`") };
        let without = |these: &[String], those: &[String]| {
            let rest: Vec<_> =
                these.iter().filter(|name| !those.contains(name)).map(String::as_str).collect();
            quoted(&rest.join(", "))
        };
        let (missing, extra) = (without(expected, found), without(found, expected));
        if !missing.is_empty() {
            self.problems.push(format!("the {what}{of} lack {missing}"));
        }
        if !extra.is_empty() {
            self.problems.push(format!("the {what}{of} have {extra}, which the contract does not"));
        }
        if missing.is_empty() && extra.is_empty() {
            self.problems.push(format!("the {what}{of} stand in another order than in the contract"));
        }
        false
    }
}

fn owned<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}

enum Resolved<'a> {
    Primitive(PrimitiveValType),
    Defined(&'a ComponentDefinedType),
}

impl Resolved<'_> {
    fn kind(&self) -> String {
        match self {
            Self::Primitive(primitive) => primitive.to_string(),
            Self::Defined(defined) => kind(defined).to_owned(),
        }
    }
}

fn resolve(types: &Types, value: ComponentValType) -> Resolved<'_> {
    match value {
        ComponentValType::Primitive(primitive) => Resolved::Primitive(primitive),
        ComponentValType::Type(id) => match &types[id] {
            ComponentDefinedType::Primitive(primitive) => Resolved::Primitive(*primitive),
            defined => Resolved::Defined(defined),
        },
    }
}

fn kind(defined: &ComponentDefinedType) -> &'static str {
    match defined {
        ComponentDefinedType::Primitive(_) => "a primitive",
        ComponentDefinedType::Record(_) => "a record",
        ComponentDefinedType::Variant(_) => "a variant",
        ComponentDefinedType::List { .. } => "a list",
        ComponentDefinedType::Tuple(_) => "a tuple",
        ComponentDefinedType::Flags(_) => "flags",
        ComponentDefinedType::Enum(_) => "an enum",
        ComponentDefinedType::Option { .. } => "an option",
        ComponentDefinedType::Result { .. } => "a result",
        _ => "something that the contract does not use",
    }
}

#[cfg(test)]
mod tests;
