//! A disk as a power cut leaves it.
//!
//! A disk keeps what was synced. Of what was written since, each sector may be there or not, in any order; of
//! files that were made, renamed or removed since their folder was synced, each may be so or not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A sector is written whole or not at all.
const SECTOR: usize = 512;
/// Bytes of an entry's header: kind, offset, and the lengths of two paths and of the data.
const HEADER: usize = 40;

/// The list that a recording disk kept.
pub(crate) struct Power {
    entries: Vec<Entry>,
}

struct Entry {
    /// Place in the list at which the entry ends.
    end: u64,
    change: Change,
}

enum Change {
    Write { path: String, offset: usize, data: Vec<u8> },
    Truncate { path: String, length: usize },
    Sync { path: String },
    SyncFolder { path: String },
    Name(Naming),
}

#[derive(Clone)]
enum Naming {
    Create(String),
    Remove(String),
    Rename(String, String),
    MakeFolder(String),
}

/// A file's bytes, and what was done to it since they were synced.
#[derive(Default)]
struct File {
    synced: Vec<u8>,
    since: Vec<Since>,
}

enum Since {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// Names as programs see them, as the disk has them, and what was done to them since their folder was synced.
#[derive(Default)]
struct Disk {
    files: Vec<File>,
    seen: BTreeMap<String, usize>,
    kept: BTreeMap<String, usize>,
    since: Vec<(Naming, usize)>,
    folders: Vec<String>,
}

impl Power {
    /// Reads a list; an entry that was cut off at its end is left out.
    pub(crate) fn of(list: &Path) -> Self {
        let bytes = fs::read(list).expect("the list is there");
        let (mut entries, mut at) = (Vec::new(), 0);
        while let Some((change, length)) = read(&bytes[at..]) {
            at += length;
            entries.push(Entry { end: at as u64, change });
        }
        assert!(!entries.is_empty(), "the disk has recorded something");
        Self { entries }
    }

    /// The end of some entry after `begin`, which `choice` chooses.
    pub(crate) fn entry_after(&self, begin: u64, choice: usize) -> u64 {
        let after: Vec<u64> = self.entries.iter().map(|entry| entry.end).filter(|end| *end > begin).collect();
        assert!(!after.is_empty(), "something was written after {begin}");
        after[choice % after.len()]
    }

    /// The end of some entry up to `end`, which `choice` chooses.
    pub(crate) fn entry_until(&self, end: u64, choice: usize) -> u64 {
        let until: Vec<u64> = self.entries.iter().map(|entry| entry.end).filter(|one| *one <= end).collect();
        assert!(!until.is_empty(), "something was written before {end}");
        until[choice % until.len()]
    }

    /// Puts into `folder` what a cut at `place` leaves; `chance` says of each thing that was not synced
    /// whether it is there. A disk that `lies` has synced nothing.
    pub(crate) fn leave(&self, place: u64, lies: bool, folder: &Path, chance: &mut impl FnMut() -> bool) {
        let mut disk = Disk::default();
        for entry in self.entries.iter().take_while(|entry| entry.end <= place) {
            disk.apply(&entry.change, lies);
        }
        disk.cut(chance);
        for made in &disk.folders {
            fs::create_dir_all(folder.join(made)).expect("the folder can be made");
        }
        for (path, file) in &disk.kept {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("its folder can be made");
            fs::write(path, &disk.files[*file].synced).expect("the file can be written");
        }
    }
}

fn read(bytes: &[u8]) -> Option<(Change, usize)> {
    let header = bytes.get(..HEADER)?;
    let word = |at: usize| {
        let word = header[at * 8..at * 8 + 8].try_into().expect("eight bytes");
        usize::try_from(u64::from_le_bytes(word)).expect("a usize has 64 bits")
    };
    let (kind, offset, lengths) = (word(0), word(1), [word(2), word(3), word(4)]);
    let end = HEADER + lengths.iter().sum::<usize>();
    let parts = bytes.get(HEADER..end)?;
    let (first, rest) = parts.split_at(lengths[0]);
    let (second, data) = rest.split_at(lengths[1]);
    let [path, other] = [first, second].map(|path| String::from_utf8_lossy(path).into_owned());
    let change = match kind {
        1 => Change::Write { path, offset, data: data.to_vec() },
        2 => Change::Truncate { path, length: offset },
        3 => Change::Sync { path },
        4 => Change::Name(Naming::Create(path)),
        5 => Change::Name(Naming::Remove(path)),
        6 => Change::Name(Naming::Rename(path, other)),
        7 => Change::SyncFolder { path },
        8 => Change::Name(Naming::MakeFolder(path)),
        _ => panic!("the list has an entry of kind {kind}"),
    };
    Some((change, end))
}

impl Disk {
    fn apply(&mut self, change: &Change, lies: bool) {
        match change {
            Change::Write { path, offset, data } => {
                let file = self.file(path);
                self.files[file].since.push(Since::Write(*offset, data.clone()));
            }
            Change::Truncate { path, length } => {
                let file = self.file(path);
                self.files[file].since.push(Since::Truncate(*length));
            }
            Change::Sync { path } if !lies => {
                let file = self.file(path);
                self.files[file].sync(&mut || true);
            }
            Change::SyncFolder { path } if !lies => self.sync_folder(path),
            Change::Sync { .. } | Change::SyncFolder { .. } => {}
            Change::Name(naming) => self.name(naming),
        }
    }

    /// The file under this name. One that was there before the list began is kept in any case.
    fn file(&mut self, path: &str) -> usize {
        if let Some(known) = self.seen.get(path) {
            return *known;
        }
        let file = self.new_file();
        self.seen.insert(path.to_owned(), file);
        self.kept.insert(path.to_owned(), file);
        file
    }

    fn new_file(&mut self) -> usize {
        self.files.push(File::default());
        self.files.len() - 1
    }

    fn name(&mut self, naming: &Naming) {
        let file = match naming {
            Naming::Create(path) => {
                let file = self.new_file();
                self.seen.insert(path.clone(), file);
                file
            }
            Naming::Remove(path) => self.seen.remove(path).unwrap_or(usize::MAX),
            Naming::Rename(from, to) => {
                let file = self.file(from);
                self.seen.remove(from);
                self.seen.insert(to.clone(), file);
                file
            }
            // An empty folder loses nothing.
            Naming::MakeFolder(path) => return self.folders.push(path.clone()),
        };
        self.since.push((naming.clone(), file));
    }

    fn sync_folder(&mut self, folder: &str) {
        let parent = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let is_here = |naming: &Naming| match naming {
            Naming::Create(path) | Naming::Remove(path) | Naming::MakeFolder(path) => parent(path) == folder,
            Naming::Rename(_, to) => parent(to) == folder,
        };
        let (here, elsewhere) =
            std::mem::take(&mut self.since).into_iter().partition(|(naming, _)| is_here(naming));
        self.since = elsewhere;
        self.keep(here, &mut || true);
    }

    fn keep(&mut self, named: Vec<(Naming, usize)>, chance: &mut impl FnMut() -> bool) {
        for (naming, file) in named.into_iter().filter(|_| chance()) {
            match naming {
                Naming::Create(path) => {
                    self.kept.insert(path, file);
                }
                Naming::Remove(path) => {
                    self.kept.remove(&path);
                }
                Naming::Rename(from, to) => {
                    self.kept.remove(&from);
                    self.kept.insert(to, file);
                }
                Naming::MakeFolder(_) => {}
            }
        }
    }

    fn cut(&mut self, chance: &mut impl FnMut() -> bool) {
        let named = std::mem::take(&mut self.since);
        self.keep(named, chance);
        for file in &mut self.files {
            file.sync(chance);
        }
    }
}

impl File {
    /// Brings to the disk of what was done since what `chance` chooses, sector by sector.
    fn sync(&mut self, chance: &mut impl FnMut() -> bool) {
        for since in self.since.drain(..) {
            match since {
                Since::Truncate(length) => {
                    if chance() {
                        self.synced.resize(length, 0);
                    }
                }
                Since::Write(offset, data) => {
                    let mut at = 0;
                    while at < data.len() {
                        let end = (((offset + at) / SECTOR + 1) * SECTOR - offset).min(data.len());
                        if chance() {
                            let needed = self.synced.len().max(offset + end);
                            self.synced.resize(needed, 0);
                            self.synced[offset + at..offset + end].copy_from_slice(&data[at..end]);
                        }
                        at = end;
                    }
                }
            }
        }
    }
}
