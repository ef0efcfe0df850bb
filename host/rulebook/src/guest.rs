//! Putting rules into the ready guest.
//!
//! The guest is a finished component. Three things of it change, all else is copied byte by byte: its memory
//! starts with as many more pages as the rules need, a data segment puts them there, and the guest's marked
//! slot says where. An interface that the plan does not automate is exported no more: in the place of its
//! export stands an instance of nothing, so that everything behind it keeps its number. Behind all of it
//! stands the text of the file, for people who go on writing; no call reads it.

use std::collections::BTreeSet;
use std::ops::Range;

use domain::plan::types::Workflow;
use wasmparser::{Encoding, Parser, Payload, Validator};

use crate::rules::Rules;

/// First bytes of the guest's slot; address and length follow, four bytes each, the lowest first.
const MARK: &[u8] = b"crosswalk-rules-slot-v01";
/// Content of an empty slot.
const NOTHING: [u8; 8] = [0xff; 8];
const PAGE: usize = 1 << 16;

/// Why bytes are not a guest that rules can be put into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no guest that rules can be put into: {0}")]
pub struct NotAGuest(String);

impl From<wasmparser::BinaryReaderError> for NotAGuest {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self(error.to_string())
    }
}

impl Rules {
    /// The plan's plugin: the guest with these rules inside it, and the exports that the plan automates.
    ///
    /// # Errors
    /// When the bytes are not such a guest, or carry rules already.
    pub fn plugin(&self, guest: &[u8]) -> Result<Vec<u8>, NotAGuest> {
        let mut plugin = carrying(guest, &self.book(), &self.automated().collect())?;
        plugin.extend(text_section(&self.text));
        Validator::new().validate_all(&plugin)?;
        Ok(plugin)
    }
}

/// Name of the custom section in which a plugin carries the text of its rules file. Nothing reads it to
/// decide: people who go on writing do.
const TEXT: &str = "crosswalk-rules-file";

/// Text of the rules file that a plugin was made of; `None` for every other component.
#[must_use]
pub fn text_of(component: &[u8]) -> Option<String> {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload.ok()? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(custom) if depth == 0 && custom.name() == TEXT => {
                return String::from_utf8(custom.data().to_vec()).ok();
            }
            _ => {}
        }
    }
    None
}

fn text_section(text: &str) -> Vec<u8> {
    let content = with(|bytes| {
        leb128(bytes, TEXT.len() as u64);
        bytes.extend(TEXT.as_bytes());
        bytes.extend(text.as_bytes());
    });
    section(0, &content)
}

/// The component with the book in the one module that has a slot for it.
fn carrying(guest: &[u8], book: &[u8], automated: &BTreeSet<Workflow>) -> Result<Vec<u8>, NotAGuest> {
    let mut component = Sections::of(guest, Encoding::Component)?;
    let mut filled = 0;
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(guest) {
        match payload? {
            Payload::ModuleSection { unchecked_range, .. } => {
                if depth == 0 && find(&guest[unchecked_range.clone()], MARK).is_some() {
                    let module = module_carrying(&guest[unchecked_range.clone()], book)?;
                    component.replace(&unchecked_range, 1, &module);
                    filled += 1;
                }
                depth += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(exports) if depth == 0 => {
                let range = exports.range();
                let mut entries = Vec::new();
                for entry in exports.into_iter_with_offsets() {
                    let (at, export) = entry?;
                    entries.push((at, is_dropped(export.name.name, automated)));
                }
                component.without(guest, &range, &entries);
            }
            _ => {}
        }
    }
    match filled {
        1 => Ok(component.bytes(guest)),
        0 => Err(NotAGuest("it has no slot for rules of this program's form".to_owned())),
        _ => Err(NotAGuest("it has more than one slot".to_owned())),
    }
}

/// True if this is the export of a workflow that is not automated.
fn is_dropped(export: &str, automated: &BTreeSet<Workflow>) -> bool {
    let interface = export.strip_prefix("crosswalk:plan/").and_then(|rest| rest.split('@').next());
    Workflow::OF_CASES
        .iter()
        .any(|workflow| interface == Some(workflow.name()) && !automated.contains(workflow))
}

/// The core module with the book behind its memory.
fn module_carrying(module: &[u8], book: &[u8]) -> Result<Vec<u8>, NotAGuest> {
    let mut sections = Sections::of(module, Encoding::Module)?;
    let (mut memory, mut data) = (None, None);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::MemorySection(section) => {
                let range = section.range();
                let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
                memory = Some((range, types));
            }
            Payload::DataCountSection { count, range } => {
                sections.replace(&range, 12, &with(|bytes| leb128(bytes, u64::from(count) + 1)));
            }
            Payload::DataSection(section) => {
                let range = section.range();
                let count = section.count();
                let first = section.into_iter_with_offsets().next().transpose()?.map(|(at, _)| at);
                data = Some((range, count, first));
            }
            _ => {}
        }
    }
    let odd = |what: &str| NotAGuest(what.to_owned());
    let (range, types) = memory.ok_or_else(|| odd("it has no memory of its own"))?;
    let [memory] = types.as_slice() else { return Err(odd("it has more than one memory")) };
    if memory.memory64 || memory.shared || memory.maximum.is_some() {
        return Err(odd("its memory is of another kind"));
    }
    let pages = usize::try_from(memory.initial).map_err(|_| odd("its memory is too large"))?;
    let (address, more) = (pages * PAGE, book.len().div_ceil(PAGE));
    let grown = with(|bytes| {
        bytes.extend([1, 0]);
        leb128(bytes, (pages + more) as u64);
    });
    sections.replace(&range, 5, &grown);

    let (range, count, Some(first)) = data.ok_or_else(|| odd("it has no data"))? else {
        return Err(odd("it has no data"));
    };
    let mut segments = module[first..range.end].to_vec();
    fill_slot(&mut segments, address, book.len())?;
    let extended = with(|bytes| {
        leb128(bytes, u64::from(count) + 1);
        bytes.extend(segments);
        // An active segment of memory 0, at a constant address.
        bytes.extend([0, 0x41]);
        signed_leb128(bytes, address as u64);
        bytes.push(0x0b);
        leb128(bytes, book.len() as u64);
        bytes.extend(book);
    });
    sections.replace(&range, 11, &extended);
    Ok(sections.bytes(module))
}

fn fill_slot(segments: &mut [u8], address: usize, length: usize) -> Result<(), NotAGuest> {
    let small =
        |number: usize| u32::try_from(number).map_err(|_| NotAGuest("its memory is too large".to_owned()));
    let (address, length) = (small(address)?.to_le_bytes(), small(length)?.to_le_bytes());
    let slot = find(segments, MARK)
        .and_then(|at| segments.get_mut(at + MARK.len()..at + MARK.len() + NOTHING.len()))
        .ok_or_else(|| NotAGuest("it has no slot for rules of this program's form".to_owned()))?;
    if *slot != NOTHING {
        return Err(NotAGuest("it carries rules already; take the bare guest".to_owned()));
    }
    slot.copy_from_slice(&[address, length].concat());
    Ok(())
}

/// The sections of a module or component, as they are or as they shall be.
struct Sections {
    header: Range<usize>,
    /// Range of each section, with its number, size and replacement.
    sections: Vec<(Range<usize>, Option<Vec<u8>>)>,
}

impl Sections {
    fn of(bytes: &[u8], encoding: Encoding) -> Result<Self, NotAGuest> {
        let found = match Parser::new(0).parse_all(bytes).next() {
            Some(Ok(Payload::Version { encoding, .. })) => Some(encoding),
            _ => None,
        };
        if found != Some(encoding) {
            return Err(NotAGuest("it is no WebAssembly component".to_owned()));
        }
        let mut sections = Vec::new();
        let mut at = 8;
        while at < bytes.len() {
            let mut reader = wasmparser::BinaryReader::new(&bytes[at + 1..], at + 1);
            let size = reader.read_var_u32()? as usize;
            let end = reader.original_position() + size;
            if end > bytes.len() {
                return Err(NotAGuest("it is cut off".to_owned()));
            }
            sections.push((at..end, None));
            at = end;
        }
        Ok(Self { header: 0..8, sections })
    }

    /// Puts another content in the place of the section with this one.
    fn replace(&mut self, content: &Range<usize>, number: u8, new: &[u8]) {
        self.replace_whole(content, section(number, new));
    }

    fn replace_whole(&mut self, content: &Range<usize>, new: Vec<u8>) {
        let covers = |(section, _): &&mut (Range<usize>, _)| {
            section.end == content.end && section.start < content.start
        };
        if let Some((_, place)) = self.sections.iter_mut().find(covers) {
            *place = Some(new);
        }
    }

    /// Leaves exports out. Each is an instance with a number; an instance of nothing keeps the number taken.
    fn without(&mut self, component: &[u8], exports: &Range<usize>, entries: &[(usize, bool)]) {
        if entries.iter().all(|(_, dropped)| !dropped) {
            return;
        }
        let ends = entries.iter().skip(1).map(|(at, _)| *at).chain([exports.end]);
        let sections = entries.iter().zip(ends).flat_map(|((at, dropped), end)| {
            if *dropped {
                section(5, &[1, 1, 0])
            } else {
                section(11, &[&[1], &component[*at..end]].concat())
            }
        });
        self.replace_whole(exports, sections.collect());
    }

    fn bytes(&self, old: &[u8]) -> Vec<u8> {
        let mut bytes = old[self.header.clone()].to_vec();
        for (range, new) in &self.sections {
            bytes.extend_from_slice(new.as_deref().unwrap_or(&old[range.clone()]));
        }
        bytes
    }
}

fn section(number: u8, content: &[u8]) -> Vec<u8> {
    with(|bytes| {
        bytes.push(number);
        leb128(bytes, content.len() as u64);
        bytes.extend_from_slice(content);
    })
}

fn with(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
pub(crate) fn leb128(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The same for a number with a sign, which the highest bit of the last byte is: here always that of a
/// positive one.
fn signed_leb128(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x40 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First bytes of every component.
    const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];

    #[test]
    fn a_plugin_gives_back_the_text_that_it_was_made_of() {
        let text = "format = 1 # señal\n".repeat(40);
        let whole = [COMPONENT.as_slice(), &text_section(&text)].concat();
        Validator::new().validate_all(&whole).unwrap();
        assert_eq!(text_of(&whole), Some(text));
        assert_eq!(text_of(&COMPONENT), None, "a component of another making has none");
        assert_eq!(text_of(b"no component"), None);
    }
}
