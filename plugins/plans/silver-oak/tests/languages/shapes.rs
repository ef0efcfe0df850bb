//! The contract's types as data, by which the SDKs of other languages check answers field by field and carry
//! cases in and out.

use std::path::Path;

use serde_json::{Map, Value, json};
use wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId};

/// Every type and function of the contract.
pub(crate) fn of(contract: &Path) -> Value {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(contract).expect("the contract is valid WIT");
    let mut types = Map::new();
    let mut functions = Map::new();
    for (_, interface) in resolve.interfaces.iter() {
        let name = interface.name.clone().unwrap_or_default();
        for (of, ty) in &interface.types {
            if let Some(shape) = shape(&resolve, *ty, &name) {
                types.insert(of.clone(), shape);
            }
        }
        if !interface.functions.is_empty() {
            let all = interface.functions.iter().map(|(of, one)| (of.clone(), signature(&resolve, one)));
            functions.insert(name, Value::Object(all.collect()));
        }
    }
    json!({
        "contract": resolve.packages[package].name.to_string(),
        "functions": functions,
        "types": types,
    })
}

/// A type that the interface defines; `None` for a name of another interface's.
fn shape(resolve: &Resolve, id: TypeId, interface: &str) -> Option<Value> {
    let (what, shape) = match &resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(_)) => return None,
        TypeDefKind::Type(ty) => ("alias", say(resolve, ty)),
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|field| json!([field.name, say(resolve, &field.ty)]));
            ("record", fields.collect())
        }
        TypeDefKind::Enum(cases) => ("enum", cases.cases.iter().map(|case| json!(case.name)).collect()),
        TypeDefKind::Variant(variant) => {
            let case =
                |case: &wit_parser::Case| json!([case.name, case.ty.as_ref().map(|ty| say(resolve, ty))]);
            ("variant", variant.cases.iter().map(case).collect())
        }
        other => panic!("the contract has a {} now", other.as_str()),
    };
    Some(json!({ "interface": interface, what: shape }))
}

/// Parameters and result of a function, and if it may give an error instead.
fn signature(resolve: &Resolve, function: &Function) -> Value {
    let takes = function.params.iter().map(|parameter| json!([parameter.name, say(resolve, &parameter.ty)]));
    let result = function.result.as_ref().expect("each function of the contract gives something");
    let (gives, fails) = match result {
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Result(result) => (result.ok.expect("each result holds something"), true),
            _ => (*result, false),
        },
        _ => (*result, false),
    };
    json!({ "takes": takes.collect::<Vec<_>>(), "gives": say(resolve, &gives), "fails": fails })
}

fn say(resolve: &Resolve, ty: &Type) -> Value {
    let id = match ty {
        Type::Bool => return json!("bool"),
        Type::U8 => return json!("u8"),
        Type::U16 => return json!("u16"),
        Type::U32 => return json!("u32"),
        Type::S64 => return json!("s64"),
        Type::String => return json!("string"),
        Type::Id(id) => &resolve.types[*id],
        other => panic!("the contract has {other:?} now"),
    };
    if let Some(name) = &id.name {
        return json!(name);
    }
    match &id.kind {
        TypeDefKind::Option(inner) => json!({ "option": say(resolve, inner) }),
        TypeDefKind::List(inner) => json!({ "list": say(resolve, inner) }),
        TypeDefKind::Tuple(tuple) => {
            json!({ "tuple": tuple.types.iter().map(|ty| say(resolve, ty)).collect::<Vec<_>>() })
        }
        TypeDefKind::Type(ty) => say(resolve, ty),
        other => panic!("the contract has a {} now", other.as_str()),
    }
}
