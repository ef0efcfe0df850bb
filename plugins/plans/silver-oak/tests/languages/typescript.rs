//! The contract in TypeScript, as a JavaScript plugin sees it.

use std::fmt::Write;
use std::path::Path;

use wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId};

/// Every type of the contract, and an interface for each of its interfaces.
pub(crate) fn of(contract: &Path) -> String {
    let mut resolve = Resolve::default();
    resolve.push_path(contract).expect("the contract is valid WIT");
    let mut file = String::from(
        "// The contract's types, written from wit/; not to be edited.\n//\n\
         // Money, counts and instants are `bigint`. A function that gives a `result` returns its value and \
         throws\n\
         // `{ payload: PlanError }`.\n",
    );
    let mut interfaces: Vec<_> = resolve.interfaces.iter().map(|(_, interface)| interface).collect();
    interfaces.sort_by_key(|interface| &interface.name);
    for interface in interfaces {
        for (name, ty) in &interface.types {
            define(&resolve, name, *ty, &mut file);
        }
        if !interface.functions.is_empty() {
            let name = interface.name.as_deref().unwrap_or_default();
            comment(interface.docs.contents.as_deref(), "", &mut file);
            let _ = writeln!(file, "export interface {} {{", pascal(name));
            for function in interface.functions.values() {
                comment(function.docs.contents.as_deref(), "  ", &mut file);
                let _ = writeln!(file, "  {};", signature(&resolve, function));
            }
            file.push_str("}\n");
        }
    }
    file
}

fn define(resolve: &Resolve, name: &str, id: TypeId, file: &mut String) {
    let ty = &resolve.types[id];
    let mut define = |definition: String| {
        comment(ty.docs.contents.as_deref(), "", file);
        let _ = writeln!(file, "export {definition}");
    };
    let name = pascal(name);
    match &ty.kind {
        // A name of another interface's, which is there already.
        TypeDefKind::Type(Type::Id(_)) => {}
        TypeDefKind::Type(ty) => define(format!("type {name} = {};", say(resolve, ty))),
        TypeDefKind::Record(record) => {
            let mut fields = String::new();
            for field in &record.fields {
                comment(field.docs.contents.as_deref(), "  ", &mut fields);
                let optional = if is_option(resolve, &field.ty) { "?" } else { "" };
                let _ = writeln!(fields, "  {}{optional}: {};", camel(&field.name), say(resolve, &field.ty));
            }
            define(format!("interface {name} {{\n{fields}}}"));
        }
        TypeDefKind::Enum(cases) => {
            let cases: Vec<String> = cases.cases.iter().map(|case| format!("\"{}\"", case.name)).collect();
            define(format!("type {name} = {};", cases.join(" | ")));
        }
        TypeDefKind::Variant(variant) => {
            let case = |case: &wit_parser::Case| match &case.ty {
                Some(ty) => format!("\n  | {{ tag: \"{}\"; val: {} }}", case.name, say(resolve, ty)),
                None => format!("\n  | {{ tag: \"{}\" }}", case.name),
            };
            define(format!("type {name} ={};", variant.cases.iter().map(case).collect::<String>()));
        }
        other => panic!("the contract has a {} now", other.as_str()),
    }
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let parameters: Vec<String> = function
        .params
        .iter()
        .map(|parameter| format!("{}: {}", camel(&parameter.name), say(resolve, &parameter.ty)))
        .collect();
    let result = function.result.as_ref().map_or("void".to_owned(), |ty| say(resolve, ty));
    format!("{}({}): {result}", camel(&function.name), parameters.join(", "))
}

fn say(resolve: &Resolve, ty: &Type) -> String {
    let id = match ty {
        Type::Bool => return "boolean".to_owned(),
        Type::U8 | Type::U16 | Type::U32 | Type::S8 | Type::S16 | Type::S32 => return "number".to_owned(),
        Type::U64 | Type::S64 => return "bigint".to_owned(),
        Type::String | Type::Char => return "string".to_owned(),
        Type::Id(id) => &resolve.types[*id],
        other => panic!("the contract has {other:?} now"),
    };
    if let Some(name) = &id.name {
        return pascal(name);
    }
    match &id.kind {
        TypeDefKind::Option(inner) => format!("{} | undefined", say(resolve, inner)),
        TypeDefKind::List(Type::U8) => "Uint8Array".to_owned(),
        TypeDefKind::List(inner) => format!("Array<{}>", say(resolve, inner)),
        TypeDefKind::Tuple(tuple) => {
            format!("[{}]", tuple.types.iter().map(|ty| say(resolve, ty)).collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Result(result) => result.ok.as_ref().map_or("void".to_owned(), |ok| say(resolve, ok)),
        TypeDefKind::Type(ty) => say(resolve, ty),
        other => panic!("the contract has a {} now", other.as_str()),
    }
}

fn is_option(resolve: &Resolve, ty: &Type) -> bool {
    matches!(ty, Type::Id(id) if matches!(resolve.types[*id].kind, TypeDefKind::Option(_)))
}

fn comment(words: Option<&str>, indent: &str, file: &mut String) {
    let Some(words) = words else { return };
    let lines = words.lines().map(str::trim).collect::<Vec<_>>().join(&format!("\n{indent} * "));
    let _ = writeln!(file, "{indent}/** {lines} */");
}

fn pascal(name: &str) -> String {
    let first_upper = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(first_upper).collect()
}

fn camel(name: &str) -> String {
    let name = pascal(name);
    name[..1].to_lowercase() + &name[1..]
}
