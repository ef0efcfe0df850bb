//! Documents that were sent with their bytes.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::Document;

use crate::output::Output;

/// A document that was sent with its bytes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentView {
    /// Its id, by which cases name it.
    pub(crate) id: String,
    /// Kind of document in the dictionary.
    pub(crate) kind: String,
    /// Title that its sender gave it.
    pub(crate) title: Option<String>,
    /// Media type of its bytes, such as `application/pdf`.
    #[schema(example = "application/pdf")]
    pub(crate) media_type: String,
    /// Size of the document as it is kept, in bytes.
    pub(crate) size_bytes: u64,
    /// SHA-256 of its bytes as they are kept, in hex. A picture is kept without its place and camera.
    pub(crate) sha256: String,
    /// The member that it is about, where its sender said so.
    pub(crate) member_id: Option<String>,
    /// Instant of the upload (UTC).
    #[schema(format = DateTime)]
    pub(crate) uploaded_at: String,
    /// The organization that sent it.
    pub(crate) uploaded_by: String,
}

impl Output for Document {
    type View = DocumentView;

    fn view(&self) -> DocumentView {
        DocumentView {
            id: self.id.to_string(),
            kind: self.kind.clone(),
            title: self.title.clone(),
            media_type: self.media_type.clone(),
            size_bytes: self.size_bytes,
            sha256: self.sha256.to_string(),
            member_id: self.member.map(|member| member.to_string()),
            uploaded_at: self.uploaded_at.to_string(),
            uploaded_by: self.organization.to_string(),
        }
    }
}
