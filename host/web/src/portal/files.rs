//! Forms with files. The files of a request are kept as documents as they come, as the API keeps them; one
//! file that is looked at as a whole comes into memory, within the bounds of its form.
//!
//! Of a form that comes after its session ended the fields go back to the browser. Such a form comes again as
//! any other, with a field for each file that has to be chosen again.

use std::str::FromStr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use domain::files::Files;
use domain::identifiers::{DocumentId, MemberId};
use domain::problem::Code;
use portal::ask::draft::{Attached, Draft, FILE, ISSUED};
use portal::ask::{Slip, Slips};
use portal::sign_in::Why;
use portal::{CHOOSE_AGAIN, Fields, ONCE};
use workflow::command::{Outcome, StoredAnswer};
use workflow::{Caller, Failure, NewDocument, Received, Role};

use super::attempts;
use super::fields::{FORM, Sent, is_form, read, unreadable, written};
use super::multipart::{Multipart, Part};
use crate::App;
use crate::body::{self, Readable};
use crate::idempotency::Attempt;
use crate::problem::ApiError;
use crate::routes::documents::kept;

/// Media type of a form with a file in it.
pub(super) const WITH_FILE: &str = "multipart/form-data";
/// Most bytes of one field of a form with files.
const FIELD_BYTES: usize = 8 << 10;
/// Most bytes of one field beside a file that is in memory.
const LONG_FIELD_BYTES: usize = 64 << 10;
/// Most bytes of all fields of such a form, and of the lines between its parts.
const FIELDS_BYTES: u64 = 256 << 10;
/// Files of one form, each as large as a document may be; and of several that are smaller.
const MOST_FILES: u64 = 4;
const MOST_SMALL_FILES: usize = 20;
/// Most bytes of a form that are read past for who shows no session that ever was: one photograph of a phone.
const OF_NOBODY: u64 = 8 << 20;
/// By when a form with files must be here.
const WITHIN: Duration = Duration::from_secs(300);
/// Bytes of a file that are handed on at a time.
const PART_BYTES: usize = 64 << 10;

/// A form with files: the fields, to which each file is added as a document that is kept, and what is wrong
/// with files.
pub(super) async fn received(
    app: &App,
    caller: &Caller,
    request: Request,
    address: &str,
) -> Result<(Draft, Slips), ApiError> {
    let (parts, body) = request.into_parts();
    caller.must_be(&[Role::Provider])?;
    if is_form(&parts.headers) {
        let bytes = body::read(&parts.headers, body, FORM).await?;
        return Ok(come_back(&read(&bytes).ok_or_else(unreadable)?));
    }
    let most = MOST_FILES.saturating_mul(app.crosswalk.most_document_bytes()).saturating_add(FIELDS_BYTES);
    let room = app.documents.enter(*caller.organization()?).await?;
    let mut form = Multipart::of(&parts.headers, room.fair(body), most)?;
    let read = tokio::time::timeout(WITHIN, read_form(app, caller, &mut form, address)).await;
    drop(room);
    let read = read.unwrap_or(Err(ApiError::BodyTooSlow));
    if read.is_err() {
        body::discard(form.into_body()).await;
    }
    read
}

/// A form that came back without its files, and the fields of those that have to be chosen again.
fn come_back(fields: &Fields) -> (Draft, Slips) {
    let again =
        fields.all(CHOOSE_AGAIN).take(MOST_SMALL_FILES).map(|name| (name.to_owned(), Slip::ChooseAgain));
    (Draft::of(fields.without(&[CHOOSE_AGAIN])), again.collect())
}

/// Fields of a form with files that nobody may send just now, with one more for each file; `None` where it is
/// no form or too large to go along. The files are read past.
pub(super) async fn without_files(app: &App, headers: &HeaderMap, body: Body, why: Why) -> Option<Fields> {
    let files =
        MOST_FILES.saturating_mul(app.crosswalk.most_document_bytes()).max(body::WASM.limit_bytes as u64);
    let most = match why {
        Why::TimedOut | Why::Locked => files.saturating_add(FIELDS_BYTES),
        Why::Asked => OF_NOBODY,
    };
    let mut form = Multipart::of(headers, body, most).ok()?;
    let read = tokio::time::timeout(WITHIN, fields_of(&mut form)).await;
    match read {
        // It has to fit into a form again.
        Ok(Ok(fields)) => Some(fields).filter(|fields| written(fields).len() <= FORM.limit_bytes),
        Ok(Err(_)) | Err(_) => {
            body::discard(form.into_body()).await;
            None
        }
    }
}

async fn fields_of(form: &mut Multipart) -> Result<Fields, ApiError> {
    let (mut fields, mut left) = (Fields::default(), FORM.limit_bytes);
    while let Some(Part { name, file, .. }) = form.next().await? {
        let (name, value) = match file {
            Some(file) if file.is_empty() => continue,
            Some(_) => (CHOOSE_AGAIN.to_owned(), name),
            None => {
                let value = form.text(left).await?;
                (name, value)
            }
        };
        let size = name.len() + value.len();
        left = left.checked_sub(size).ok_or(ApiError::BodyTooLarge { limit_bytes: FORM.limit_bytes })?;
        fields.add(&name, value);
    }
    Ok(fields)
}

async fn read_form(
    app: &App,
    caller: &Caller,
    form: &mut Multipart,
    address: &str,
) -> Result<(Draft, Slips), ApiError> {
    let (mut draft, mut slips, mut kept) = (Draft::default(), Slips::new(), Vec::new());
    let mut files = 0;
    while let Some(part) = form.next().await? {
        match (&part.file, part.name.strip_prefix(FILE)) {
            (Some(file), Some(kind)) if !file.is_empty() => {
                files += 1;
                if files > MOST_SMALL_FILES {
                    return Err(unreadable());
                }
                match take_file(app, caller, form, &part, (kind, address), &draft).await? {
                    Ok(id) => kept.push((kind.to_owned(), id)),
                    Err(slip) => {
                        slips.insert(part.name.clone(), slip);
                    }
                }
            }
            (Some(_), _) => {}
            (None, _) => {
                let value = form.text(FIELD_BYTES).await?;
                draft.add(&part.name, value);
            }
        }
    }
    for (kind, id) in kept {
        // A day that is none is said where the documents are read.
        let issued = draft.filled(&format!("{ISSUED}{kind}")).map(str::to_owned);
        draft.add("document", Attached { kind, id: id.to_string(), issued }.value());
    }
    Ok((draft, slips))
}

/// Takes one file in, as the API takes a document.
async fn take_file(
    app: &App,
    caller: &Caller,
    form: &mut Multipart,
    part: &Part,
    (kind, address): (&str, &str),
    draft: &Draft,
) -> Result<Result<DocumentId, Slip>, ApiError> {
    if Files::state().named(&part.media_type).is_none() {
        let is_photograph = Files::state().instead_of(&part.media_type).is_some();
        return Ok(Err(if is_photograph { Slip::Photograph } else { Slip::File }));
    }
    let most = app.crosswalk.most_document_bytes();
    let receiving = app.crosswalk.receive_document(caller)?;
    let (mut seen, mut taken) = (0_u64, true);
    while let Some(bytes) = form.chunk().await? {
        seen += bytes.len() as u64;
        if seen > most {
            return Ok(Err(Slip::Large(most >> 20)));
        }
        // Why the disk takes no more, its end says.
        taken = taken && receiving.write(bytes).await.is_ok();
    }
    let received = receiving.finish().await?;
    let new = NewDocument {
        kind: kind.to_owned(),
        title: None,
        member: draft.get("member").and_then(|id| id.parse::<MemberId>().ok()),
        media_type: part.media_type.clone(),
    };
    let type_of = (kind, part.media_type.as_str());
    let attempt = attempts::of_file(draft.text(ONCE), address, type_of, received.sha256())?;
    match keep(app, caller, attempt, new, received).await {
        Ok(id) => Ok(Ok(id)),
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            Ok(Err(problems.first().map_or(Slip::File, |problem| slip(problem.code))))
        }
        Err(error) => Err(error),
    }
}

/// Why a file is not taken, in the words of a page.
fn slip(code: Code) -> Slip {
    match code {
        Code::CannotBeCleaned => Slip::Photograph,
        Code::DamagedPicture => Slip::Damaged,
        Code::TooManyPixels => Slip::Pixels,
        _ => Slip::File,
    }
}

/// Keeps a file that was received, once.
async fn keep(
    app: &App,
    caller: &Caller,
    attempt: Attempt,
    new: NewDocument,
    received: Received,
) -> Result<DocumentId, ApiError> {
    let (crosswalk, caller) = (app.crosswalk.clone(), caller.clone());
    let once = attempt.once("sendDocument", kept);
    match app.finish(async move { crosswalk.keep_document(&caller, new, received, once).await }).await? {
        Outcome::Fresh(document, _) => Ok(document.id),
        Outcome::Replayed(answer) => named_in(&answer),
    }
}

/// Id of what was made, by the address that its answer has.
pub(super) fn named_in<I: FromStr>(answer: &StoredAnswer) -> Result<I, ApiError> {
    let location =
        answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.as_str());
    let id = location.and_then(|address| address.rsplit('/').next()).and_then(|id| id.parse().ok());
    id.ok_or_else(|| Failure::NotFound.into())
}

/// A file that came with a form and is in memory.
pub(super) struct FileSent {
    /// Its name on the sender's side, as the browser says it.
    pub(super) name: String,
    /// Media type, as the browser says it.
    pub(super) media_type: String,
    /// The whole of its bytes.
    pub(super) bytes: Vec<u8>,
}

/// A form with one file at most. Without one a browser may send it as any other form.
///
/// # Errors
/// As [`body::read`]; and for bytes that are no form.
pub(super) async fn with_file(
    request: Request,
    within: Readable,
) -> Result<(Sent, Option<FileSent>), ApiError> {
    let (head, content) = request.into_parts();
    let within = Readable { media_type: WITH_FILE, ..within };
    let within = within.in_form_of(&head.headers, &[WITH_FILE, FORM.media_type]);
    let bytes = body::read(&head.headers, content, within).await?;
    if within.media_type == FORM.media_type {
        let fields = read(&bytes).ok_or_else(unreadable)?;
        return Ok((Sent::of(head, fields), None));
    }
    sorted(head, bytes).await
}

async fn sorted(head: Parts, bytes: Vec<u8>) -> Result<(Sent, Option<FileSent>), ApiError> {
    let most = bytes.len() as u64;
    let mut form = Multipart::of(&head.headers, Body::from(bytes), most)?;
    let (mut fields, mut attached) = (Fields::default(), None);
    while let Some(Part { name, file, media_type }) = form.next().await? {
        let Some(file) = file else {
            fields.add(&name, form.text(LONG_FIELD_BYTES).await?);
            continue;
        };
        let mut bytes = Vec::new();
        while let Some(more) = form.chunk().await? {
            bytes.extend(more);
        }
        // A field of a file that was left empty comes all the same.
        if !bytes.is_empty() {
            attached = Some(FileSent { name: file, media_type, bytes });
        }
    }
    Ok((Sent::of(head, fields), attached))
}

/// Keeps a file that is in memory as a document, once for its form.
///
/// # Errors
/// As the use case; and for a form without a key of ours.
pub(super) async fn keep_attached(
    app: &App,
    caller: &Caller,
    sent: &Sent,
    kind: &str,
    attached: FileSent,
) -> Result<DocumentId, ApiError> {
    let FileSent { media_type, bytes, .. } = attached;
    let receiving = app.crosswalk.receive_document(caller)?;
    for part in bytes.chunks(PART_BYTES) {
        if receiving.write(part.to_vec()).await.is_err() {
            // The end says why the disk takes no more.
            break;
        }
    }
    let received = receiving.finish().await?;
    let address = sent.head.uri.path();
    let attempt = attempts::of_file(sent.text(ONCE), address, (kind, &media_type), received.sha256())?;
    let new = NewDocument { kind: kind.to_owned(), title: None, member: None, media_type };
    keep(app, caller, attempt, new, received).await
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;

    use super::*;

    const WITHIN: Readable = Readable { limit_bytes: 1_000, ..FORM };

    async fn sent(media_type: &str, body: &str) -> Result<(Sent, Option<FileSent>), ApiError> {
        let request = Request::builder().uri("/portal/x").header(CONTENT_TYPE, media_type);
        with_file(request.body(Body::from(body.to_owned())).unwrap(), WITHIN).await
    }

    fn form(content: &str) -> String {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nw9\r\n\
             --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n{content}\r\n--x--\r\n"
        )
    }

    #[tokio::test]
    async fn of_a_form_that_nobody_may_send_the_fields_are_left() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
        let read = async |body: String, most| {
            let mut form = Multipart::of(&headers, Body::from(body), most).unwrap();
            fields_of(&mut form).await.map_err(|error| error.status().as_u16())
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = read(form("%PDF"), 10_000).await.unwrap();
        assert_eq!(fields.pairs(), [pair("kind", "w9"), pair(CHOOSE_AGAIN, "file")]);
        let fields = read(form("%PDF").replace("a.pdf", ""), 10_000).await.unwrap();
        assert_eq!(fields.pairs(), [pair("kind", "w9")], "nothing was chosen");
        assert_eq!(read(form("%PDF"), 100).await.err(), Some(413));
        let long = form("%PDF").replace("w9", &"w".repeat(FORM.limit_bytes + 1));
        assert_eq!(read(long, 1 << 20).await.err(), Some(413));

        // It comes again as any other form.
        let (draft, slips) = come_back(&Fields::of(vec![pair("kind", "w9"), pair(CHOOSE_AGAIN, "file.w9")]));
        assert_eq!(draft.pairs(), [pair("kind", "w9")]);
        assert_eq!(slips, Slips::from([("file.w9".to_owned(), Slip::ChooseAgain)]));
    }

    #[tokio::test]
    async fn a_file_is_told_from_fields() {
        let (fields, file) = sent("multipart/form-data; boundary=x", &form("%PDF")).await.unwrap();
        assert_eq!(fields.pairs(), [("kind".to_owned(), "w9".to_owned())]);
        let file = file.unwrap();
        assert_eq!(
            (&*file.name, &*file.media_type, &*file.bytes),
            ("a.pdf", "application/pdf", &b"%PDF"[..])
        );
    }

    #[tokio::test]
    async fn a_file_that_was_not_chosen_is_none() {
        let (fields, file) = sent("multipart/form-data; boundary=x", &form("")).await.unwrap();
        assert_eq!((fields.text("kind"), file.is_none()), ("w9", true));
        let (fields, file) = sent(FORM.media_type, "kind=w9").await.unwrap();
        assert_eq!((fields.text("kind"), file.is_none()), ("w9", true));
    }

    #[tokio::test]
    async fn what_is_too_large_or_no_form_is_refused() {
        let status = async |media_type, body: &str| match sent(media_type, body).await {
            Ok(_) => 200,
            Err(error) => error.status().as_u16(),
        };
        let typed = "multipart/form-data; boundary=x";
        assert_eq!(status(typed, &form(&"x".repeat(1_000))).await, 413);
        assert_eq!(status(FORM.media_type, &"x".repeat(1_001)).await, 413);
        assert_eq!(status(typed, "no form").await, 400);
        assert_eq!(status("application/pdf", "%PDF").await, 415);
    }
}
