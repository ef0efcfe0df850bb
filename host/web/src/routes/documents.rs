//! Documents: bytes in, and bytes out to those who may read them.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::files::Files;
use domain::identifiers::{DocumentId, MemberId};
use domain::problem::Code;
use hyper::body::{Frame, SizeHint};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use workflow::command::StoredAnswer;
use workflow::shown::Document;
use workflow::{Caller, Failure, NewDocument, Receiving};

use super::Named;
use super::plugins::line;
use crate::App;
use crate::answer::stored;
use crate::auth::SignedIn;
use crate::body::{broke_off, discard, is_encoded};
use crate::idempotency::{Attempt, key};
use crate::output::documents::DocumentView;
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters};
use crate::problem::ApiError;
use crate::traffic::Room;

/// By when all bytes of a document must be here.
pub(crate) const WITHIN: Duration = Duration::from_secs(300);
/// Bytes past the limit that are still read and thrown away, so that the client gets to read the refusal.
const DISCARDED_BYTES: u64 = 1 << 20;
/// Bytes that leave at a time.
const PART_BYTES: usize = 64 << 10;
/// Time for which a client may leave a part unread.
const PATIENCE: Duration = Duration::from_secs(60);
/// Parts that wait for a client.
const WAITING_PARTS: usize = 4;

/// Kind, title and member of a document that is sent.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentParameters {
    /// Kind of document in the dictionary.
    #[param(value_type = String, required = true, example = "discharge-summary")]
    kind: Option<String>,
    /// Title of the document, at most 200 characters. It is shown to those who may read the document.
    #[param(max_length = 200)]
    title: Option<String>,
    /// Id of the member that it is about; it goes with cases of that member only.
    member: Option<String>,
}

/// Sends a document: its bytes are the body, and its type is the content-type, which must fit the bytes. A
/// picture is kept without what it says of place, camera and person, so that `sha256` and `size_bytes` are
/// not those of the file that was sent. A case names it by its id, in `documents`. One that no case names is
/// swept after 30 days.
#[utoipa::path(
    post, path = "/v1/documents", operation_id = "sendDocument", tag = "documents",
    params(DocumentParameters),
    request_body(
        content = String, content_type = "text/plain",
        description = "The bytes: a PDF, a JPEG, PNG, TIFF or WebP image of at most 120 million pixels, or UTF-8 text, at most as large as the host is set to take.",
        example = "The member was discharged on March 1."
    ),
    responses((status = 201, description = "The document, kept.", body = DocumentView, headers(("Location" = String, description = "Path of the document."))))
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<DocumentParameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let ready = async {
        let key = key(&parts.headers)?;
        let receiving = app.crosswalk.receive_document(&caller)?;
        let new = new_document(parameters, &parts.headers)?;
        Ok::<_, ApiError>((key, new, receiving, app.documents.enter(*caller.organization()?).await?))
    };
    let (key, new, receiving, room) = match ready.await {
        Ok(ready) => ready,
        Err(refused) => {
            discard(body).await;
            return Err(refused);
        }
    };
    let most = app.crosswalk.most_document_bytes();
    let received = tokio::time::timeout(WITHIN, receive(room.fair(body), receiving, most)).await;
    let received = received.map_err(|_| ApiError::BodyTooSlow)??;
    let address = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let attempt = Attempt::of_document(key, &address, &new.media_type, received.sha256());
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("sendDocument", kept);
    let command = async move {
        let _room = room;
        crosswalk.keep_document(&caller, new, received, once).await
    };
    app.carry_out(command).await
}

/// 201 with the document and its address.
pub(crate) fn kept(document: &Document) -> StoredAnswer {
    let location = vec![("location".to_owned(), format!("/v1/documents/{}", document.id))];
    stored(axum::http::StatusCode::CREATED, document, location)
}

fn new_document(parameters: DocumentParameters, headers: &HeaderMap) -> Result<NewDocument, ApiError> {
    if is_encoded(headers) {
        return Err(ApiError::UnsupportedEncoding);
    }
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if Files::state().named(&media_type).is_none() {
        return Err(ApiError::UnsupportedMediaType(Files::taken()));
    }
    let missing =
        || Failure::field("?kind", Code::MissingField, "the document's kind is not said", "send ?kind=");
    let unknown = |_| {
        let fix = "use the id of a member of yours";
        Failure::field("?member", Code::UnknownMember, "no such member, or not one of yours", fix)
    };
    Ok(NewDocument {
        kind: parameters.kind.ok_or_else(missing)?,
        title: line("?title", parameters.title, 200)?,
        member: parameters.member.map(|id| id.parse::<MemberId>()).transpose().map_err(unknown)?,
        media_type,
    })
}

/// Hands the body on as it comes. Never more than a few parts of it are in memory.
async fn receive(mut body: Body, receiving: Receiving, most: u64) -> Result<workflow::Received, ApiError> {
    let too_large = || ApiError::BodyTooLarge { limit_bytes: usize::try_from(most).unwrap_or(usize::MAX) };
    if body.size_hint().lower() > most + DISCARDED_BYTES {
        return Err(too_large());
    }
    let mut seen = 0;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.map_err(|broken| broke_off(&broken))?.into_data() else { continue };
        seen += data.len() as u64;
        if seen <= most {
            if receiving.write(data.to_vec()).await.is_err() {
                // Why the disk takes no more.
                return Ok(receiving.finish().await?);
            }
        } else if seen > most + DISCARDED_BYTES {
            break;
        }
    }
    if seen > most { Err(too_large()) } else { Ok(receiving.finish().await?) }
}

/// Documents that the caller's organization sent, newest first.
#[utoipa::path(
    get, path = "/v1/documents", operation_id = "listDocuments", tag = "documents",
    params(ListParameters),
    responses((status = 200, description = "A page of documents, without their bytes.", body = Page<DocumentView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<DocumentView>>, ApiError> {
    Ok(json(app.crosswalk.documents(&caller, parameters.paging()?).await?))
}

/// One document, without its bytes. Whoever sent it sees it, and whoever sees a case that it was sent with.
#[utoipa::path(
    get, path = "/v1/documents/{id}", operation_id = "getDocument", tag = "documents",
    params(("id" = String, Path, description = "Id of the document.")),
    responses((status = 200, description = "The document's kind, type, size and sender.", body = DocumentView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<DocumentId>,
) -> Result<Json<DocumentView>, ApiError> {
    Ok(json(app.crosswalk.document(&caller, id).await?))
}

/// The bytes of a document, as a file to be saved. The look is on the record before they leave.
#[utoipa::path(
    get, path = "/v1/documents/{id}/content", operation_id = "getDocumentContent", tag = "documents",
    params(("id" = String, Path, description = "Id of the document.")),
    responses((
        status = 200, description = "The bytes, under the media type that they were found to be.", body = Vec<u8>, content_type = "*/*",
        headers(("Content-Disposition" = String, description = "An attachment; nothing is to be shown in place."))
    ))
)]
pub(crate) async fn content(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<DocumentId>,
) -> Result<Response, ApiError> {
    sent(&app, &caller, id).await
}

/// The bytes of a document as an answer.
pub(crate) async fn sent(app: &App, caller: &Caller, id: DocumentId) -> Result<Response, ApiError> {
    let room = app.documents.enter(*caller.organization()?).await?;
    let found = app.crosswalk.document_content(caller, id).await?;
    let media_type = match found.document.media_type.as_str() {
        "text/plain" => "text/plain; charset=utf-8".to_owned(),
        other => other.to_owned(),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", found.file_name)),
        (header::ETAG, format!("\"{}\"", found.document.sha256)),
    ];
    let body = Body::new(FileBody::of(found.bytes, found.document.size_bytes, room));
    Ok((headers, body).into_response())
}

/// Bytes from the disk as they are wanted.
struct FileBody {
    parts: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl FileBody {
    fn of(mut bytes: Box<dyn Read + Send>, size: u64, room: Room) -> Self {
        let (sender, parts) = mpsc::channel(WAITING_PARTS);
        tokio::task::spawn_blocking(move || {
            let _room = room;
            let runtime = tokio::runtime::Handle::current();
            let mut part = vec![0; PART_BYTES];
            loop {
                let read = match bytes.read(&mut part) {
                    Ok(0) => break,
                    Ok(count) => Ok(Bytes::copy_from_slice(&part[..count])),
                    Err(error) => Err(error),
                };
                let failed = read.is_err();
                // The client may have gone, or stopped reading.
                let sent =
                    runtime.block_on(async { tokio::time::timeout(PATIENCE, sender.send(read)).await });
                if !matches!(sent, Ok(Ok(()))) || failed {
                    break;
                }
            }
        });
        Self { parts, left: size }
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let part = self.parts.poll_recv(context);
        if let Poll::Ready(Some(Ok(bytes))) = &part {
            self.left = self.left.saturating_sub(bytes.len() as u64);
        }
        part.map(|part| part.map(|part| part.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
