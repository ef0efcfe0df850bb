//! Documents: bytes that somebody sent, kept beside the record, and read by those who may see a case that
//! they came with.
//!
//! A picture is kept without what it says of place, camera and person (`domain::picture`), whichever way it
//! came. Digest and size are those of what is kept.

use std::io::{self, Read, Write};
use std::sync::Arc;

use domain::audit::SubjectKind;
use domain::dictionary::Dictionary;
use domain::files::{FileType, Files, NotTaken, Sniffer};
use domain::identifiers::{Digest, DocumentId, MemberId};
use domain::picture::{Cleaner, MOST_PIXELS, Unfit, tiff};
use domain::plan::types::Document as Claimed;
use domain::problem::Code;
use domain::time::pacific_day;
use sha2::{Digest as _, Sha256};
use store::documents::Document;
use store::vault::{Incoming, Vault};
use store::{StoreError, Unit};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging};
use crate::command::{Once, Outcome};

/// Parts of a body that wait for the disk.
const WAITING_PARTS: usize = 4;
/// Bytes that are read from the disk at a time.
const PART_BYTES: usize = 64 << 10;
/// Uploads without a case that are swept at a time.
const SWEPT_AT_ONCE: u32 = 200;

/// A document's kind, title and member, as its sender states them.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Kind of document in the dictionary.
    pub kind: String,
    /// Title that its sender gives it: 1 to 200 characters.
    pub title: Option<String>,
    /// The member that it is about.
    pub member: Option<MemberId>,
    /// Media type that its sender gives the bytes, such as `application/pdf`; the bytes are checked against
    /// it.
    pub media_type: String,
}

/// A document on its way to the disk. Dropped before its end, it leaves nothing.
pub struct Receiving {
    parts: mpsc::Sender<Vec<u8>>,
    written: JoinHandle<io::Result<Received>>,
}

/// A document that is on the disk and not yet in the record.
pub struct Received {
    incoming: Box<dyn Incoming>,
    found: Result<&'static FileType, NotTaken>,
    unfit: Option<Unfit>,
    size_bytes: u64,
    sha256: Digest,
}

impl Received {
    /// SHA-256 of the bytes as they are kept.
    pub fn sha256(&self) -> &Digest {
        &self.sha256
    }
}

impl Receiving {
    /// Takes the next bytes; waits while the disk is slower than the sender.
    ///
    /// # Errors
    /// When the disk takes no more; [`Self::finish`] says why.
    pub async fn write(&self, part: Vec<u8>) -> Result<(), Failure> {
        self.parts.send(part).await.map_err(|_| disk(io::Error::other("the writer ended")))
    }

    /// All bytes are there.
    ///
    /// # Errors
    /// When the disk did not take them.
    pub async fn finish(self) -> Result<Received, Failure> {
        drop(self.parts);
        self.written.await.map_err(Failure::internal)?.map_err(disk)
    }
}

/// Failure for an error of the documents' disk: no room, or away. A later try may find it in order.
fn disk(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Failure::NoRoom(error.kind().to_string())
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied | io::ErrorKind::TimedOut => {
            Failure::Away(error.kind().to_string())
        }
        _ => Failure::internal(error),
    }
}

fn write_down(vault: &dyn Vault, name: &str, mut parts: mpsc::Receiver<Vec<u8>>) -> io::Result<Received> {
    let mut incoming = vault.begin(name)?;
    let (mut sniffer, mut cleaner, mut hash) = (Sniffer::default(), Cleaner::default(), Sha256::new());
    let (mut kept, mut size_bytes) = (Vec::new(), 0);
    while let Some(part) = parts.blocking_recv() {
        sniffer.feed(&part);
        cleaner.feed(&part, &mut kept);
        size_bytes += put(&mut *incoming, &mut hash, &mut kept)?;
    }
    let mut unfit = cleaner.finish(&mut kept).err();
    size_bytes += put(&mut *incoming, &mut hash, &mut kept)?;
    incoming.flush()?;
    let found = sniffer.finish();
    if found.is_ok_and(|found| found.id == tiff::MEDIA_TYPE) {
        match cleaned_in_place(&mut *incoming, size_bytes)? {
            Ok(cleaned) => hash = cleaned,
            Err(found) => unfit = Some(found),
        }
    }
    Ok(Received { incoming, found, unfit, size_bytes, sha256: Digest::from_bytes(hash.finalize().into()) })
}

/// Writes what is kept of a part; gives the number of bytes.
fn put(incoming: &mut dyn Incoming, hash: &mut Sha256, kept: &mut Vec<u8>) -> io::Result<u64> {
    hash.update(&*kept);
    incoming.write_all(kept)?;
    let count = kept.len() as u64;
    kept.clear();
    Ok(count)
}

/// Takes out of a TIFF, of which all bytes are there, what does not show it; gives the hash of what is left.
fn cleaned_in_place(incoming: &mut dyn Incoming, length: u64) -> io::Result<Result<Sha256, Unfit>> {
    let edits = match tiff::edits(length, |at, bytes| incoming.read_at(at, bytes)) {
        Ok(edits) => edits,
        Err(tiff::NotRead::Unfit(unfit)) => return Ok(Err(unfit)),
        Err(tiff::NotRead::Source(error)) => return Err(error),
    };
    let mut part = vec![0; PART_BYTES];
    for tiff::Edit { at, bytes, mut zeros } in edits {
        incoming.write_at(at, &bytes)?;
        let mut at = at + bytes.len() as u64;
        while zeros > 0 {
            let count = part_of(zeros);
            incoming.write_at(at, &part[..count])?;
            at += count as u64;
            zeros -= count as u64;
        }
    }
    let (mut hash, mut at) = (Sha256::new(), 0);
    while at < length {
        let count = part_of(length - at);
        incoming.read_at(at, &mut part[..count])?;
        hash.update(&part[..count]);
        at += count as u64;
    }
    Ok(Ok(hash))
}

/// As many of these bytes as are read or written at a time.
fn part_of(left: u64) -> usize {
    usize::try_from(left).unwrap_or(PART_BYTES).min(PART_BYTES)
}

/// A document with its bytes, ready to be sent.
pub struct Content {
    /// Description of the document.
    pub document: Document,
    /// Name of a file that holds it: its id, and the ending of its type.
    pub file_name: String,
    /// Its bytes. Reading them blocks.
    pub bytes: Box<dyn Read + Send>,
}

impl Crosswalk {
    /// Most bytes of one document.
    pub fn most_document_bytes(&self) -> u64 {
        self.settings().document_bytes
    }

    fn vault(&self) -> Result<Arc<dyn Vault>, Failure> {
        let vault = self.settings().documents.clone();
        vault.ok_or_else(|| disk(io::Error::other("this host has no place for documents")))
    }

    /// Begins to take a document in.
    ///
    /// # Errors
    /// `Forbidden` for the operator, who has no cases.
    pub fn receive_document(&self, caller: &Caller) -> Result<Receiving, Failure> {
        caller.must_be(&[Role::Provider, Role::PlanReviewer, Role::PlanAdmin])?;
        let vault = self.vault()?;
        let name = self.secret_bits().simple().to_string();
        let (parts, waiting) = mpsc::channel(WAITING_PARTS);
        let written = spawn_blocking(move || write_down(&*vault, &name, waiting));
        Ok(Receiving { parts, written })
    }

    /// Keeps a document that came whole.
    ///
    /// # Errors
    /// `Invalid` for bytes that are not what their sender says or of no type that is taken, for an unknown
    /// kind, and for a member who is not the caller's.
    pub async fn keep_document(
        &self,
        caller: &Caller,
        new: NewDocument,
        received: Received,
        once: Once<Document>,
    ) -> Result<Outcome<Document>, Failure> {
        let media_type = fitting(&new, &received)?;
        known_kind(&new.kind)?;
        let member = match new.member {
            Some(named) => Some(self.own_member(caller, named).await?),
            None => None,
        };
        let (sha256, size_bytes) = (received.sha256, received.size_bytes);
        let incoming = keep(received.incoming, sha256).await?;
        let new = &new;
        let outcome = self
            .once(caller, once, || {
                Box::pin(async move {
                    let document = Document {
                        id: self.id(DocumentId::from_uuid),
                        sha256,
                        size_bytes,
                        media_type: media_type.id.clone(),
                        kind: new.kind.clone(),
                        title: new.title.clone(),
                        member,
                        organization: *caller.organization()?,
                        key: caller.key,
                        uploaded_at: self.now(),
                    };
                    let id = document.id.to_string();
                    let audit = self.audit(caller, "upload", SubjectKind::Document, &id, None);
                    Ok((Unit::of([store::documents::insert(&document), audit]), document))
                })
            })
            .await;
        match &outcome {
            // A sweep may have taken the same content away between the disk and the record.
            Ok(Outcome::Fresh(..)) => drop(keep(incoming, sha256).await?),
            // The row may be there yet, and must not be without its bytes.
            Err(Failure::Unknown) => drop(incoming),
            Ok(Outcome::Replayed(_)) | Err(_) => {
                drop(incoming);
                self.sweep_content(sha256).await?;
            }
        }
        outcome
    }

    /// Id of the member whom a document is about; persons who were found to be one have one id.
    async fn own_member(&self, caller: &Caller, named: MemberId) -> Result<MemberId, Failure> {
        let found = store::members::find(self.store(), &caller.scope, named).await?;
        let found = found.ok_or_else(|| {
            let fix = "use the id of a member of yours";
            Failure::field("?member", Code::UnknownMember, "no such member, or not one of yours", fix)
        })?;
        Ok(found.id)
    }

    /// Documents that the caller's organization sent, newest first.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn documents(&self, caller: &Caller, paging: Paging) -> Result<Page<Document>, Failure> {
        let before = match paging.after_pair::<i64, DocumentId>()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let rows = store::documents::list(self.store(), &caller.scope, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Document)).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        Ok(Page { items: rows.items, next_cursor })
    }

    /// One document, without its bytes.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn document(&self, caller: &Caller, id: DocumentId) -> Result<Document, Failure> {
        self.seen_document(caller, id).await
    }

    /// One document with its bytes, which were read once and are what was sent.
    ///
    /// # Errors
    /// `NotFound`; `Internal` where the disk lost or changed them.
    pub async fn document_content(&self, caller: &Caller, id: DocumentId) -> Result<Content, Failure> {
        let document = self.seen_document(caller, id).await?;
        let (vault, sha256) = (self.vault()?, document.sha256);
        let read = spawn_blocking(move || whole(&*vault, &sha256)).await.map_err(Failure::internal)?;
        let extension = Files::state().named(&document.media_type).map(|known| known.extension.as_str());
        Ok(Content {
            file_name: format!("{id}.{}", extension.unwrap_or("bin")),
            bytes: read.map_err(disk)?,
            document,
        })
    }

    /// The document, if the caller may see it. The look is on the record before anything leaves.
    async fn seen_document(&self, caller: &Caller, id: DocumentId) -> Result<Document, Failure> {
        let Some(document) = store::documents::find(self.store(), &caller.scope, id).await? else {
            self.look(caller, Look::Denied(SubjectKind::Document)).await?;
            return Err(Failure::NotFound);
        };
        let audit = self.audit(caller, "look", SubjectKind::Document, &id.to_string(), None);
        self.store().commit(Unit::of([audit])).await?;
        Ok(document)
    }

    /// The documents whose bytes a case comes with, each the caller's to send, of the kind that the case
    /// says, and about nobody else.
    ///
    /// # Errors
    /// `Invalid` for each that is not.
    pub(crate) async fn attachable(
        &self,
        caller: &Caller,
        member: Option<MemberId>,
        claimed: &[Claimed],
    ) -> Result<Vec<DocumentId>, Failure> {
        let (mut attached, mut problems) = (Vec::new(), Vec::new());
        for (place, claim) in claimed.iter().enumerate() {
            let Some(id) = claim.content else { continue };
            let found = store::documents::find(self.store(), &caller.scope, id).await?;
            let problem = match found {
                None => Some((Code::UnknownDocument, "no such document, or not one of yours")),
                Some(document) if document.kind != claim.kind => {
                    Some((Code::OtherKind, "the document was sent as one of another kind"))
                }
                Some(document) if document.member.is_some() && document.member != member => {
                    Some((Code::OtherMember, "the document was sent as one about another member"))
                }
                Some(_) => None,
            };
            match problem {
                None => attached.push(id),
                Some((code, detail)) => {
                    let fix = "send the bytes with ⟦sendDocument⟧ and use the id of its answer";
                    problems.push(FieldProblem::new(
                        format!("/documents/{place}/document"),
                        code,
                        detail,
                        fix,
                    ));
                }
            }
        }
        if problems.is_empty() { Ok(attached) } else { Err(Failure::Invalid(problems)) }
    }

    /// Sweeps what was sent with no case in its time. Returns how many.
    ///
    /// # Errors
    /// When the record or the disk cannot be written.
    pub(crate) async fn sweep_documents(&self) -> Result<usize, Failure> {
        if self.settings().documents.is_none() {
            return Ok(0);
        }
        let host = Caller::host("documents");
        let mut swept = 0;
        for document in store::documents::unused(self.store(), self.now(), SWEPT_AT_ONCE).await? {
            let last = Files::state().unused_until(pacific_day(document.uploaded_at));
            if last >= self.today() {
                continue;
            }
            let audit = self.audit(&host, "sweep", SubjectKind::Document, &document.id.to_string(), None);
            let unit = Unit::of([store::documents::remove_unused(document.id), audit]);
            match self.store().commit(unit).await {
                Ok(()) => swept += 1,
                // A case came with it at the last moment, or another node was first.
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            }
            self.sweep_content(document.sha256).await?;
        }
        Ok(swept)
    }

    /// Removes bytes that no document has. Whoever sends the same at this moment keeps them; see
    /// [`store::vault`].
    async fn sweep_content(&self, sha256: Digest) -> Result<(), Failure> {
        if store::documents::holders(self.store(), &sha256).await? > 0 {
            return Ok(());
        }
        let (vault, name) = (self.vault()?, self.secret_bits().simple().to_string());
        let aside = spawn_blocking(move || vault.take_aside(&sha256, &name)).await;
        let Some(aside) = aside.map_err(Failure::internal)?.map_err(disk)? else { return Ok(()) };
        let wanted = store::documents::holders(self.store(), &sha256).await? > 0;
        let done = spawn_blocking(move || if wanted { aside.put_back() } else { aside.remove() }).await;
        done.map_err(Failure::internal)?.map_err(disk)
    }
}

/// Makes the bytes durable under their digest.
async fn keep(mut incoming: Box<dyn Incoming>, sha256: Digest) -> Result<Box<dyn Incoming>, Failure> {
    let kept = spawn_blocking(move || incoming.keep(&sha256).map(|()| incoming)).await;
    kept.map_err(Failure::internal)?.map_err(disk)
}

/// Opens the bytes once they were read and hash to what they are called.
fn whole(vault: &dyn Vault, sha256: &Digest) -> io::Result<Box<dyn Read + Send>> {
    let (mut bytes, mut hash) = (vault.open(sha256)?, Sha256::new());
    let mut part = vec![0; PART_BYTES];
    loop {
        match bytes.read(&mut part)? {
            0 => break,
            count => hash.update(&part[..count]),
        }
    }
    if Digest::from_bytes(hash.finalize().into()) != *sha256 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the bytes of a document were changed"));
    }
    vault.open(sha256)
}

/// The type of the bytes, if it is the one that their sender says.
fn fitting(new: &NewDocument, received: &Received) -> Result<&'static FileType, Failure> {
    let fix = format!("send one of: {}", Files::taken());
    match received.found {
        Ok(found) if found.id == new.media_type => {
            received.unfit.map_or(Ok(found), |unfit| Err(refused(unfit)))
        }
        Ok(found) => {
            let detail = format!("the content-type does not fit the bytes, which are {}", found.id);
            Err(Failure::field("", Code::TypeMismatch, detail, format!("send content-type: {}", found.id)))
        }
        Err(NotTaken::Empty) => {
            Err(Failure::field("", Code::Empty, "the document has no bytes", "send them"))
        }
        Err(NotTaken::Refused { what, instead: None }) => {
            Err(Failure::field("", Code::RefusedType, format!("this is {what}, not a document"), fix))
        }
        Err(NotTaken::Refused { what, instead: Some(instead) }) => Err(not_cleaned(what, instead)),
        Err(NotTaken::Unknown) => {
            Err(Failure::field("", Code::UnknownType, "the bytes are of no type that is taken here", fix))
        }
    }
}

/// Failure for a picture that is not taken.
fn refused(unfit: Unfit) -> Failure {
    match unfit {
        Unfit::Damaged => {
            let detail = "the picture ends too early or is not built as its type says";
            Failure::field("", Code::DamagedPicture, detail, "open it, save it anew and send that")
        }
        Unfit::TooManyPixels => {
            let detail = format!("the picture says that it has more than {MOST_PIXELS} pixels");
            Failure::field("", Code::TooManyPixels, detail, "send it in a smaller size")
        }
        Unfit::Kind(what) => not_cleaned(what, "JPEG"),
    }
}

fn not_cleaned(what: &str, instead: &str) -> Failure {
    let detail = format!("this is {what}, of which place and camera cannot be taken out");
    Failure::field("", Code::CannotBeCleaned, detail, format!("send it as {instead}"))
}

fn known_kind(kind: &str) -> Result<(), Failure> {
    let known = Dictionary::state().documents();
    if known.iter().any(|document| document.kind == kind) {
        return Ok(());
    }
    let known: Vec<&str> = known.iter().map(|document| document.kind.as_str()).collect();
    let fix = format!("send one of: {}", known.join(", "));
    Err(Failure::field("?kind", Code::UnknownCode, "there is no such kind of document", fix))
}
