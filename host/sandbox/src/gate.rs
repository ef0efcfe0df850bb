//! The upload gate: everything that is wrong with a component, at once and before anything of it runs.
//!
//! What is read here is bounded by the upload's size. Of function bodies only the measure is taken: what they
//! say is left to the compiler, which validates them all the same, in its box. Limits whose excess would cost
//! the gate itself memory end the reading at once.

use std::collections::BTreeSet;
use std::fmt;

use domain::identifiers::Digest;
use domain::plan::question::Interface;
use domain::problem::Code;
use serde::{Deserialize, Serialize};
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::types::Types;
use wasmparser::{FunctionBody, Operator, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use crate::contract::v1_0;
use crate::inert;
use crate::limits::{Limits, Tier};

mod shape;

/// Findings of the gate on a component that passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inspection {
    /// The sha-256 of the upload.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: usize,
    /// Tier in which it runs.
    pub tier: Tier,
    /// The interfaces of the inert WASI that it imports.
    pub inert_wasi: BTreeSet<String>,
    /// The interfaces of the contract that it exports.
    pub interfaces: BTreeSet<Interface>,
    /// Core modules in it, at any depth.
    pub core_modules: u32,
    /// Functions of all its modules.
    pub functions: u32,
    /// Bytes of linear memory that it starts with.
    pub initial_memory_bytes: u64,
    /// Bytes of its data segments.
    pub data_bytes: usize,
    /// Bytes of everything but code, data and custom sections.
    pub definition_bytes: usize,
    /// Bytes of its largest function's code.
    pub largest_function_bytes: usize,
    /// Components and modules within one another, itself counted.
    pub nesting: u32,
    /// Its custom sections' names, each once. Claims, not proof: anybody can write anything there.
    pub custom_sections: BTreeSet<String>,
}

impl Inspection {
    /// Tier as records name it, with a word for the inert WASI.
    #[must_use]
    pub fn tier_name(&self) -> String {
        let wasi = if self.inert_wasi.is_empty() { "" } else { ", inert WASI" };
        format!("{}{wasi}", self.tier.name())
    }
}

/// Why an upload is not a plugin: every reason that could be found.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct NotAPlugin {
    /// Reasons of the refusal, at least one.
    pub reasons: Vec<Refusal>,
}

impl NotAPlugin {
    /// True if it may be a plugin all the same: the host, not the component, is why it was not taken.
    #[must_use]
    pub fn is_the_hosts_fault(&self) -> bool {
        let hosts = [RefusalCode::NoCompiler, RefusalCode::BrokenOff];
        self.reasons.iter().any(|reason| hosts.contains(&reason.code))
    }

    /// True if compiling it was ended from outside or took too long by the clock. Once says nothing of the
    /// component; again and again does.
    #[must_use]
    pub fn was_broken_off(&self) -> bool {
        self.reasons.iter().any(|reason| reason.code == RefusalCode::BrokenOff)
    }
}

/// One reason, in words for a plan's engineer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Refusal {
    /// Rule that it breaks.
    pub code: RefusalCode,
    /// Part of the upload, such as `authorization.determine` or an import's name.
    pub at: String,
    /// Problem, in a sentence.
    pub problem: String,
    /// Step that fixes it, in a sentence.
    pub fix: String,
}

/// The rules of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalCode {
    /// More bytes than an upload may have.
    TooLarge,
    /// There are no bytes.
    Empty,
    /// WebAssembly text in place of the binary.
    Text,
    /// Somebody's compiled machine code, which would run unchecked.
    Compiled,
    /// No WebAssembly at all.
    NotWebAssembly,
    /// A core module that nobody made a component of.
    CoreModule,
    /// Damaged, or made with an extension that is not allowed here.
    Invalid,
    /// The component imports something.
    Import,
    /// It does not export `profile`.
    LacksProfile,
    /// It exports something that the contract does not know.
    UnknownExport,
    /// It is built against a version of the contract that this host does not speak.
    UnknownVersion,
    /// A function of an exported interface is missing.
    LacksFunction,
    /// A function has another type than the contract says.
    WrongType,
    /// Too many components within one another.
    TooDeep,
    /// More functions than a plugin may have.
    TooManyFunctions,
    /// More types, imports, exports, table entries and the like than a plugin may have.
    TooManyDefinitions,
    /// A function larger than the compiler is let at: in bytes, in local variables, or in blocks within one
    /// another.
    FunctionTooLarge,
    /// A function table with more entries than a call may have.
    TableTooLarge,
    /// More linear memory than a call may have, or more than one.
    TooMuchMemory,
    /// Custom sections larger than they may be.
    CustomSections,
    /// It does not compile.
    DoesNotCompile,
    /// Compiling it takes more time or memory than it may.
    TooCostlyToCompile,
    /// Compiling it was ended by the machine, or had not ended after much more time than it should take.
    BrokenOff,
    /// The host could not compile it now, through no fault of its own.
    NoCompiler,
    /// `describe` gave no profile.
    DescribeFails,
    /// `describe` gave two different profiles.
    ProfileDiffers,
}

impl RefusalCode {
    /// Its code among the problems.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::TooLarge => Code::TooLarge,
            Self::Empty => Code::Empty,
            Self::Text => Code::Text,
            Self::Compiled => Code::Compiled,
            Self::NotWebAssembly => Code::NotWebAssembly,
            Self::CoreModule => Code::CoreModule,
            Self::Invalid => Code::Invalid,
            Self::Import => Code::Import,
            Self::LacksProfile => Code::LacksProfile,
            Self::UnknownExport => Code::UnknownExport,
            Self::UnknownVersion => Code::UnknownVersion,
            Self::LacksFunction => Code::LacksFunction,
            Self::WrongType => Code::WrongType,
            Self::TooDeep => Code::TooDeep,
            Self::TooManyFunctions => Code::TooManyFunctions,
            Self::TooManyDefinitions => Code::TooManyDefinitions,
            Self::FunctionTooLarge => Code::FunctionTooLarge,
            Self::TableTooLarge => Code::TableTooLarge,
            Self::TooMuchMemory => Code::TooMuchMemory,
            Self::CustomSections => Code::CustomSections,
            Self::DoesNotCompile => Code::DoesNotCompile,
            Self::TooCostlyToCompile => Code::TooCostlyToCompile,
            Self::BrokenOff => Code::BrokenOff,
            Self::NoCompiler => Code::NoCompiler,
            Self::DescribeFails => Code::DescribeFails,
            Self::ProfileDiffers => Code::ProfileDiffers,
        }
    }

    /// The word used in records and in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.code().name()
    }
}

/// The most reasons that one upload is given; a hostile one could have a million.
const MOST_REASONS: usize = 100;

/// Inspects an upload without compiling or running anything of it.
///
/// # Errors
/// With every reason why it is no plugin. An upload that is too large gets that reason only: it is not looked
/// into.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, NotAPlugin> {
    inspect_known(bytes, || Digest::of(bytes), limits)
}

/// The same for one whose digest is known, or is computed if it passes.
pub(crate) fn inspect_known(
    bytes: &[u8],
    digest: impl FnOnce() -> Digest,
    limits: &Limits,
) -> Result<Inspection, NotAPlugin> {
    too_large(bytes, &limits.of(Tier::Interpreted))?;
    if let Some(refusal) = not_a_component(bytes) {
        return Err(refusal.into());
    }

    let mut survey = Survey::default();
    // Which tier it belongs to is known at the end only.
    let types = survey.walk(bytes, &limits.of(Tier::Interpreted));
    let tier = Tier::of(survey.memory_bytes);
    too_large(bytes, &limits.of(tier))?;
    survey.check_sizes(&limits.of(tier));
    survey.check_imports(types.as_ref(), limits.inert_wasi);
    let interfaces = survey.check_exports(types.as_ref());

    if survey.refusals.is_empty() {
        return Ok(Inspection {
            digest: digest(),
            bytes: bytes.len(),
            tier,
            inert_wasi: survey.inert_wasi,
            interfaces,
            core_modules: survey.core_modules,
            functions: survey.functions,
            initial_memory_bytes: survey.memory_bytes,
            data_bytes: survey.data_bytes,
            definition_bytes: survey.definition_bytes,
            largest_function_bytes: survey.largest_function_bytes,
            nesting: survey.nesting,
            custom_sections: survey.custom_sections,
        });
    }
    let mut reasons = survey.refusals;
    let more = reasons.len().saturating_sub(MOST_REASONS);
    if more > 0 {
        reasons.truncate(MOST_REASONS);
        if let Some(last) = reasons.last_mut() {
            last.problem.push_str(&format!("; {more} further reasons are left out"));
        }
    }
    Err(NotAPlugin { reasons })
}

fn too_large(bytes: &[u8], limits: &Limits) -> Result<(), NotAPlugin> {
    if bytes.len() <= limits.upload_bytes {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::TooLarge,
        "upload",
        format!("it has {} bytes; a plugin has at most {}", bytes.len(), limits.upload_bytes),
        "build it in release mode, strip debugging information, and leave data out: tables are uploaded beside it",
    )
    .into())
}

impl Refusal {
    pub(crate) fn new(
        code: RefusalCode,
        at: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { code, at: at.into(), problem: problem.into(), fix: fix.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.at, self.problem, self.fix)
    }
}

impl From<Refusal> for NotAPlugin {
    fn from(refusal: Refusal) -> Self {
        Self { reasons: vec![refusal] }
    }
}

impl fmt::Display for NotAPlugin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a plugin")?;
        self.reasons.iter().try_for_each(|reason| write!(formatter, "\n- {reason}"))
    }
}

impl fmt::Debug for NotAPlugin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Text out of an upload, made harmless: short, and on one line.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut clean: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        clean.push_str("...");
    }
    clean
}

/// Refusal that names what was sent instead of a component, if its first bytes show that.
fn not_a_component(bytes: &[u8]) -> Option<Refusal> {
    let refuse = |code, problem: &str, fix: &str| Some(Refusal::new(code, "upload", problem, fix));
    const HOW: &str = "upload the component that the build task wrote, a file that ends in .wasm";
    if bytes.is_empty() {
        return refuse(RefusalCode::Empty, "it is empty", HOW);
    }
    if Parser::is_component(bytes) {
        return None;
    }
    if Parser::is_core_wasm(bytes) {
        return refuse(
            RefusalCode::CoreModule,
            "it is a core WebAssembly module, not a component",
            "make a component of it with the plugin build task, or with `wasm-tools component new`",
        );
    }
    if bytes.starts_with(b"\x7fELF") {
        return refuse(
            RefusalCode::Compiled,
            "it is compiled machine code (.cwasm), which no host may take from outside",
            "upload the .wasm file that it was compiled from",
        );
    }
    if bytes.trim_ascii_start().starts_with(b"(") || bytes.trim_ascii_start().starts_with(b";;") {
        return refuse(
            RefusalCode::Text,
            "it is WebAssembly text",
            "assemble it first, such as with `wasm-tools parse`",
        );
    }
    refuse(RefusalCode::NotWebAssembly, "it is not WebAssembly", HOW)
}

/// True if this is the name of the contract's interface that has types and no function.
fn is_own_types(name: &str) -> bool {
    name.strip_prefix(v1_0::PACKAGE).and_then(|name| name.strip_suffix(v1_0::VERSION)) == Some("types")
}

/// Functions and resources of an instance, beside its types. `None` if it is no instance.
fn more_than_types(ty: ComponentEntityType, types: &Types) -> Option<Vec<&str>> {
    let ComponentEntityType::Instance(instance) = ty else { return None };
    let is_type = |ty| matches!(ty, ComponentEntityType::Type { referenced, .. } if !matches!(referenced, ComponentAnyTypeId::Resource(_)));
    Some(
        types[instance]
            .exports
            .iter()
            .filter(|(_, item)| !is_type(item.ty))
            .map(|(name, _)| name.as_str())
            .collect(),
    )
}

/// The extensions that the engine runs, too. It is built without a collector, and so without references to
/// anything but functions.
fn features() -> WasmFeatures {
    WasmFeatures::WASM2.difference(WasmFeatures::GC_TYPES)
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::COMPONENT_MODEL
}

#[derive(Default)]
struct Survey {
    refusals: Vec<Refusal>,
    imports: Vec<String>,
    exports: Vec<String>,
    core_modules: u32,
    functions: u32,
    memories: u32,
    memory_bytes: u64,
    table_elements: u64,
    data_bytes: usize,
    definition_bytes: usize,
    largest_function_bytes: usize,
    nesting: u32,
    custom_section_bytes: usize,
    custom_sections: BTreeSet<String>,
    inert_wasi: BTreeSet<String>,
}

impl Survey {
    /// Reads every section and validates all but function bodies. `None` if it is not valid.
    fn walk(&mut self, bytes: &[u8], limits: &Limits) -> Option<Types> {
        let mut validator = Validator::new_with_features(features());
        let mut depth = 0;
        let mut types = None;
        for payload in Parser::new(0).parse_all(bytes) {
            let validated = payload.and_then(|payload| {
                self.read(&payload, depth, limits)?;
                match payload {
                    Payload::Version { .. } => depth += 1,
                    Payload::End(_) => depth -= 1,
                    _ => {}
                }
                self.nesting = self.nesting.max(depth);
                if self.is_beyond(limits) { Ok(None) } else { validator.payload(&payload).map(Some) }
            });
            // What is beyond these limits is told by those who compare sizes.
            match validated.transpose()? {
                Ok(ValidPayload::End(found)) if depth == 0 => types = Some(found),
                Ok(_) => {}
                Err(error) => {
                    self.refuse(
                        RefusalCode::Invalid,
                        format!("byte {}", error.offset()),
                        format!("it is damaged, or uses an extension that is not allowed here: {}", quoted(error.message())),
                        "build it again with the toolchain that the plugin guide names, and upload the file whole",
                    );
                    return None;
                }
            }
        }
        types
    }

    /// True if reading on would cost more than it tells.
    fn is_beyond(&self, limits: &Limits) -> bool {
        self.nesting > limits.nesting
            || self.definition_bytes > limits.definition_bytes
            || self.functions > limits.functions
            || self.refusals.len() >= MOST_REASONS
    }

    fn read(
        &mut self,
        payload: &Payload<'_>,
        depth: u32,
        limits: &Limits,
    ) -> Result<(), wasmparser::BinaryReaderError> {
        self.definition_bytes += definition_bytes(payload);
        match payload {
            Payload::ModuleSection { .. } => self.core_modules += 1,
            Payload::FunctionSection(functions) => {
                self.functions = self.functions.saturating_add(functions.count())
            }
            Payload::MemorySection(memories) => {
                for memory in memories.clone() {
                    let memory = memory?;
                    self.memories += 1;
                    let page = 1_u64 << memory.page_size_log2.unwrap_or(16).min(16);
                    self.memory_bytes = self.memory_bytes.saturating_add(memory.initial.saturating_mul(page));
                }
            }
            Payload::TableSection(tables) => {
                for table in tables.clone() {
                    self.table_elements = self.table_elements.max(table?.ty.initial);
                }
            }
            Payload::CodeSectionEntry(body) => {
                let measure = Measure::of(body)?;
                self.largest_function_bytes = self.largest_function_bytes.max(measure.bytes);
                self.check_function(&measure, body.range().start, limits);
            }
            Payload::DataSection(data) => self.data_bytes += data.range().len(),
            Payload::CustomSection(custom) => {
                self.custom_section_bytes += custom.data().len();
                if self.custom_sections.len() < MOST_REASONS {
                    self.custom_sections.insert(quoted(custom.name()));
                }
            }
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports.clone() {
                    self.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports.clone() {
                    self.exports.push(export?.name.name.to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks a function's size: beyond these limits it makes the compiler slow out of all proportion.
    fn check_function(&mut self, measure: &Measure, offset: usize, limits: &Limits) {
        let beyond = [
            (measure.bytes as u64, limits.function_bytes as u64, "bytes of code"),
            (measure.locals, u64::from(limits.function_locals), "local variables"),
            (measure.nesting, u64::from(limits.function_nesting), "blocks within one another"),
        ];
        for (found, limit, what) in beyond.into_iter().filter(|(found, limit, _)| found > limit) {
            self.refuse(
                RefusalCode::FunctionTooLarge,
                format!("byte {offset}"),
                format!("the function there has {found} {what}; a function has at most {limit}"),
                "split the function, and turn generated code into data that a short function reads",
            );
        }
    }

    fn check_sizes(&mut self, limits: &Limits) {
        if self.nesting > limits.nesting {
            self.refuse(
                RefusalCode::TooDeep,
                "component",
                format!("more than {} components and modules lie within one another", limits.nesting),
                "upload one component, not a composition of many",
            );
        }
        if self.definition_bytes > limits.definition_bytes {
            self.refuse(
                RefusalCode::TooManyDefinitions,
                "component",
                format!(
                    "its types, imports, exports, tables and the like have {} bytes; at most {} are read",
                    self.definition_bytes, limits.definition_bytes
                ),
                "leave out libraries that the rules do not need, and upload one component, not a composition of many",
            );
        }
        if self.table_elements > limits.table_elements as u64 {
            self.refuse(
                RefusalCode::TableTooLarge,
                "component",
                format!(
                    "it has a function table with {} entries; a table has at most {}",
                    self.table_elements, limits.table_elements
                ),
                "leave out libraries that the rules do not need",
            );
        }
        if self.functions > limits.functions {
            self.refuse(
                RefusalCode::TooManyFunctions,
                "component",
                format!("it has {} functions; a plugin has at most {}", self.functions, limits.functions),
                "leave out libraries that the rules do not need",
            );
        }
        if self.memory_bytes > limits.memory_bytes as u64 {
            self.refuse(
                RefusalCode::TooMuchMemory,
                "component",
                format!(
                    "it starts with {} bytes of memory; a call has at most {}",
                    self.memory_bytes, limits.memory_bytes
                ),
                "lower its initial memory and its stack, or leave data out: tables are uploaded beside it",
            );
        }
        if self.memories > 1 {
            self.refuse(
                RefusalCode::TooMuchMemory,
                "component",
                format!("it has {} linear memories; a plugin has one", self.memories),
                "upload one component, not a composition of many",
            );
        }
        if self.custom_section_bytes > limits.custom_section_bytes {
            self.refuse(
                RefusalCode::CustomSections,
                "component",
                format!(
                    "its custom sections have {} bytes; at most {} are kept",
                    self.custom_section_bytes, limits.custom_section_bytes
                ),
                "strip debugging information from it",
            );
        }
    }

    /// A plugin imports nothing. The one thing that looks like an import and is none: the contract's own
    /// types, which carry no function. Where it is allowed, an interpreter may have the inert WASI.
    fn check_imports(&mut self, types: Option<&Types>, inert_wasi: bool) {
        for name in std::mem::take(&mut self.imports) {
            let item = types.and_then(|types| types.as_ref().component_item_for_import(&name));
            let functions = item.zip(types).and_then(|(item, types)| more_than_types(item.ty, types));
            if is_own_types(&name) && functions.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            if inert_wasi && inert::offers(&name) {
                self.inert_wasi.insert(name);
                continue;
            }
            let functions = functions.unwrap_or_default();
            let what = if functions.is_empty() {
                String::new()
            } else {
                format!(" ({})", quoted(&functions.join(", ")))
            };
            let fix = if inert::offers(&name) {
                "build for wasm32-unknown-unknown, or switch off the runtime's clocks, random numbers, files and output; \
                 for an interpreter that cannot do without, the operator may allow the inert WASI tier (serve \
                 --inert-wasi), which is off here"
            } else if inert_wasi && name.starts_with("wasi:") {
                "the inert WASI tier of this host does not have it; build without it"
            } else if name.starts_with("wasi:") {
                "build for wasm32-unknown-unknown, or switch off the runtime's clocks, random numbers, files and output; \
                 the day and all that is known come as arguments"
            } else {
                "take what the rules need from the arguments"
            };
            self.refuse(
                RefusalCode::Import,
                quoted(&name),
                format!("it imports {}{what}; a plugin imports nothing", quoted(&name)),
                fix,
            );
        }
    }

    fn check_exports(&mut self, types: Option<&Types>) -> BTreeSet<Interface> {
        let mut interfaces = BTreeSet::new();
        let mut profile_of_other_version = false;
        for name in std::mem::take(&mut self.exports) {
            // Some toolchains export the contract's own types beside what uses them.
            let item = types.and_then(|types| types.as_ref().component_item_for_export(&name));
            let functions = item.zip(types).and_then(|(item, types)| more_than_types(item.ty, types));
            if is_own_types(&name) && functions.as_ref().is_none_or(Vec::is_empty) {
                continue;
            }
            // componentize-py leaves the function behind that filled its heap at build time. Nobody calls it
            // here.
            if name == "exports" && functions.as_deref() == Some(&["init"]) {
                continue;
            }
            let local = name.strip_prefix(v1_0::PACKAGE);
            let unversioned = local.and_then(|local| local.strip_suffix(v1_0::VERSION));
            if let Some(interface) = unversioned.and_then(Interface::named) {
                interfaces.insert(interface);
                if let Some(types) = types {
                    self.refusals.extend(shape::differences(interface, &name, types));
                }
            } else if let Some((local, _)) = local.and_then(|local| local.split_once('@'))
                && let Some(interface) = Interface::named(local)
            {
                profile_of_other_version |= interface == Interface::Profile;
                self.refuse(
                    RefusalCode::UnknownVersion,
                    quoted(&name),
                    format!(
                        "it exports {}; this host speaks {}{local}{}",
                        quoted(&name),
                        v1_0::PACKAGE,
                        v1_0::VERSION
                    ),
                    "build it against the contract's files as published by this host",
                );
            } else {
                self.refuse(
                    RefusalCode::UnknownExport,
                    quoted(&name),
                    format!("it exports {}, which the contract does not know", quoted(&name)),
                    "export interfaces of the contract only: profile, and any of referral, authorization, billing, credentialing, exchange",
                );
            }
        }
        // Of a component that could not be read to its end nobody knows what it lacks.
        if types.is_some() && !interfaces.contains(&Interface::Profile) && !profile_of_other_version {
            self.refuse(
                RefusalCode::LacksProfile,
                "profile",
                format!("it does not export {}profile{}", v1_0::PACKAGE, v1_0::VERSION),
                "export `profile` with its function `describe`: every plugin says who its plan is",
            );
        }
        interfaces
    }

    fn refuse(
        &mut self,
        code: RefusalCode,
        at: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.refusals.push(Refusal::new(code, at, problem, fix));
    }
}

/// Bytes of a section whose contents are kept while a component is read: of all but code, data, custom
/// sections, and the modules and components whose own sections come one by one.
fn definition_bytes(payload: &Payload<'_>) -> usize {
    match payload {
        Payload::CodeSectionStart { .. }
        | Payload::DataSection(_)
        | Payload::CustomSection(_)
        | Payload::ModuleSection { .. }
        | Payload::ComponentSection { .. } => 0,
        other => other.as_section().map_or(0, |(_, content)| content.len()),
    }
}

/// Size of a function.
#[derive(Default)]
struct Measure {
    bytes: usize,
    locals: u64,
    /// Blocks within one another.
    nesting: u64,
}

impl Measure {
    fn of(body: &FunctionBody<'_>) -> Result<Self, wasmparser::BinaryReaderError> {
        let mut measure = Self { bytes: body.range().len(), ..Self::default() };
        let mut locals = body.get_locals_reader()?;
        for _ in 0..locals.get_count() {
            measure.locals += u64::from(locals.read()?.0);
        }
        let mut depth: u64 = 0;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                Operator::End => depth = depth.saturating_sub(1),
                _ => {}
            }
            measure.nesting = measure.nesting.max(depth);
        }
        Ok(measure)
    }
}

#[cfg(test)]
mod tests;
