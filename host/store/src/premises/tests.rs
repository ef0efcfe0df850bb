use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{Premises, RECORD, STAGE, Stage};
use crate::OpenError;

type Contents<'a> = (&'a [(&'a str, &'a [u8])], Stage, &'a str);

#[test]
fn a_record_is_begun_where_none_has_been() {
    // What lies in the directory, and what may be done there: the stage, and whether a record may be opened
    // or begun.
    let sqlite: &[u8] = b"SQLite format 3\0 and so on";
    let cases: [Contents<'_>; 12] = [
        (&[], Stage::Empty, "may"),
        (&[("lost+found", b"")], Stage::Empty, "may"),
        (&[(STAGE, b"beginning\n")], Stage::Beginning, "may"),
        (&[(STAGE, b"beginning\n"), (RECORD, b"")], Stage::Beginning, "may"),
        (&[(STAGE, b"kept\n"), (RECORD, sqlite)], Stage::Kept, "may"),
        (&[(STAGE, b"kept\n"), (RECORD, b"")], Stage::Kept, "is empty or gone"),
        (&[("operator.key", b"cw_0")], Stage::Kept, "is empty or gone"),
        (&[("operator.link", b"cwi_0")], Stage::Kept, "is empty or gone"),
        (&[("crosswalk.sqlite-wal", b"what was written last")], Stage::Kept, "is empty or gone"),
        (&[("crosswalk.lock", b""), ("crosswalk.record.part", b"begi")], Stage::Empty, "may"),
        (&[(STAGE, b"kept\n"), (RECORD, b"%PDF-1.7 and so on")], Stage::Kept, "does not begin as"),
        (&[(STAGE, b"restoring\n"), (RECORD, sqlite)], Stage::Restoring, "did not come to its end"),
    ];
    for (files, stage, said) in cases {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (name, content) in files {
            fs::write(folder.path().join(name), content).expect("it can be written");
        }
        let premises = Premises::at(folder.path());
        assert_eq!(premises.stage(), Ok(stage), "{files:?}");
        let admitted = premises.admit().map_or_else(|error| error.to_string(), |()| "may".to_owned());
        assert!(admitted.contains(said), "{files:?}: {admitted}");
    }
}

/// Each row: what lies in the directory, and what is said; of somebody else's directory nothing is changed.
#[test]
fn somebody_elses_directory_is_left_as_it_is() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "may"),
        (&["lost+found", ".gitignore"], "may"),
        (&["crosswalk.lock", "operator.key.part"], "may"),
        (&["documents"], "may"),
        (&["crosswalk.record", "letter.pdf"], "may"),
        (&["operator.key", "letter.pdf"], "may"),
        (&["letter.pdf"], "letter.pdf that is not Crosswalk's"),
        (&["crosswalk.lock", "documents", ".bashrc"], ".bashrc that is not Crosswalk's"),
        (&["crosswalk.sqlite.bak"], "crosswalk.sqlite.bak that is not Crosswalk's"),
    ];
    for (files, said) in cases {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for name in files {
            fs::write(folder.path().join(name), "").expect("it can be written");
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let taken =
            Premises::at(folder.path()).take().map_or_else(|error| error.to_string(), |_| "may".into());
        assert!(taken.contains(said), "{files:?}: {taken}");
        let mode = fs::metadata(folder.path()).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, if said == "may" { 0o700 } else { 0o755 }, "{files:?}");
    }
}

#[test]
fn documents_without_their_record_begin_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let documents = folder.path().join("documents");
    fs::create_dir(&documents).expect("it can be made");
    let premises = Premises::at(folder.path());
    fs::write(documents.join("0a"), "a letter").expect("it can be written");
    assert!(premises.admit().is_err_and(|error| error.to_string().contains("is empty or gone")));
    assert_eq!(premises.stage(), Ok(Stage::Empty), "nothing was begun");
    fs::remove_file(documents.join("0a")).expect("it is there");
    assert_eq!(premises.admit(), Ok(()), "an empty folder is nobody's");
}

#[test]
fn what_others_could_open_is_closed() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let premises = Premises::at(&folder.path().join("data"));
    assert_eq!(premises.take(), Ok(Vec::new()));
    premises.keep_operator_key("cw_1").expect("it is written");
    assert_eq!(premises.operator_key(), Ok(Some("cw_1".to_owned())));
    for path in [premises.directory().to_owned(), premises.operator_key_file()] {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        assert_eq!(premises.take(), Ok(vec![path]));
        assert_eq!(premises.take(), Ok(Vec::new()));
    }
    premises.drop_operator_key().expect("it is removed");
    assert_eq!(premises.operator_key(), Ok(None));
}

#[test]
fn a_full_disk_is_said_as_such() {
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let file = std::path::Path::new("/data/operator.key");
    assert_eq!(OpenError::of_file(file, &full), OpenError::NoRoom(file.to_owned()));
}
