//! Machine code of plugins, lent from one service to the next.
//!
//! Every county begins with the same few plugins, and to compile them takes longer than all else that it
//! begins with. So the first service that compiles one leaves its machine code here, and a later one finds it
//! in its own folder, as after a restart. What no service of the tests compiled before is compiled.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{SHA256, digest};

use super::server::component;

/// Machine code that a service made of a component.
struct Kept {
    component: Vec<u8>,
    /// Ends of the files' names, behind the component's digest, and their bytes.
    files: Vec<(String, Vec<u8>)>,
}

/// A plan's rules in another component: a custom section at its end gives it another digest.
pub(crate) fn variant(plan: &str, mark: &str) -> Vec<u8> {
    let mut bytes = component(plan);
    let length = u8::try_from(5 + mark.len()).expect("a mark is short");
    bytes.extend([0, length, 4]);
    bytes.extend(b"mark");
    bytes.extend(mark.bytes());
    bytes
}

/// Puts the machine code of a component into a service's folder, if it is here.
pub(super) fn lend(service: &Path, component: &[u8]) {
    let kept = kept();
    let Some(like) = kept.iter().find(|like| is_like(component, &like.component)) else { return };
    for (end, bytes) in &like.files {
        let file = folder(service).join(format!("{}{end}", digest_of(component)));
        if !file.exists() {
            fs::write(&file, bytes).expect("the folder is the test's");
            // As the service leaves them: its own user reads them, and nobody writes them.
            fs::set_permissions(&file, Permissions::from_mode(0o400)).expect("the file is the test's");
        }
    }
}

/// Keeps the machine code of a component that a service has compiled, if it is there and whole.
pub(super) fn keep(service: &Path, component: &[u8]) {
    let mut kept = kept();
    if kept.iter().any(|like| is_like(component, &like.component)) {
        return;
    }
    let digest = digest_of(component);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder(service)).expect("the service made it").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(end) = name.strip_prefix(&digest).filter(|end| !end.ends_with(".tmp")) else { continue };
        // The service may sweep it away at this very moment; then another one's is kept.
        let Ok(bytes) = fs::read(entry.path()) else { return };
        if bytes.is_empty() {
            return;
        }
        files.push((end.to_owned(), bytes));
    }
    // Kept without a file, it would keep out another one's that has some.
    if files.is_empty() {
        return;
    }
    kept.push(Kept { component: component.to_vec(), files });
}

/// True if the component is the other, or the other with a mark, which adds nothing to its machine code.
fn is_like(component: &[u8], other: &[u8]) -> bool {
    match component.strip_prefix(other) {
        Some([0, length, mark @ ..]) => usize::from(*length) == mark.len(),
        rest => rest.is_some_and(<[u8]>::is_empty),
    }
}

fn digest_of(component: &[u8]) -> String {
    digest(&SHA256, component).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn kept() -> MutexGuard<'static, Vec<Kept>> {
    static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

fn folder(service: &Path) -> PathBuf {
    service.join("compiled")
}
