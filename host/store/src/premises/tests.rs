use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{Premises, RECORD, STAGE, Stage};
use crate::OpenError;

type Found<'a> = (&'a [(&'a str, &'a [u8])], Stage, &'a str);

#[test]
fn a_record_is_begun_where_none_has_been() {
    // What lies in the directory, and what may be done there: the stage, and whether a record may be opened
    // or begun.
    let sqlite: &[u8] = b"SQLite format 3\0 and so on";
    let cases: [Found<'_>; 9] = [
        (&[], Stage::Empty, "may"),
        (&[("lost+found", b"")], Stage::Empty, "may"),
        (&[(STAGE, b"beginning\n")], Stage::Beginning, "may"),
        (&[(STAGE, b"beginning\n"), (RECORD, b"")], Stage::Beginning, "may"),
        (&[(STAGE, b"kept\n"), (RECORD, sqlite)], Stage::Kept, "may"),
        (&[(STAGE, b"kept\n"), (RECORD, b"")], Stage::Kept, "is empty or gone"),
        (&[("operator.key", b"cw_0")], Stage::Kept, "is empty or gone"),
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
