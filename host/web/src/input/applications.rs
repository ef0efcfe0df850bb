//! Bodies about credentialing files.

use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::NewApplication;

use super::evidence::{self, DocumentBody, FactBody};
use super::{Input, Reader};

/// A new credentialing file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApplication)]
pub(crate) struct NewApplicationBody {
    /// Legal name of the organization.
    #[schema(max_length = 200)]
    pub(crate) legal_name: String,
    /// Ids of the services that it applies for.
    pub(crate) services: Vec<String>,
    /// Codes of the counties that it applies for.
    pub(crate) counties: Vec<String>,
    /// Ids of the plans that shall read it.
    pub(crate) plans: Vec<String>,
    /// Answers to the plans' requirements, as facts of the dictionary.
    #[serde(default)]
    pub(crate) answers: Vec<FactBody>,
    /// Documents that prove the answers.
    #[serde(default)]
    pub(crate) documents: Vec<DocumentBody>,
}

impl Input for NewApplicationBody {
    type Command = NewApplication;

    fn read(self, reader: &mut Reader) -> Option<NewApplication> {
        let legal_name = reader.line("/legal_name", &self.legal_name, 200);
        let services =
            reader.each_of_some("/services", self.services, 30, |reader, at, id| reader.service(at, &id));
        let counties =
            reader.each_of_some("/counties", self.counties, 60, |reader, at, code| reader.county(at, &code));
        let plans = reader.each_of_some("/plans", self.plans, 20, |reader, at, id| {
            reader.parsed(at, &id, "send a plan's id from GET /v1/plans")
        });
        let answers = evidence::facts(reader, "/answers", self.answers);
        let documents = evidence::documents(reader, "/documents", self.documents);
        Some(NewApplication {
            legal_name: legal_name?,
            services: services?,
            counties: counties?,
            plans: plans?,
            answers: answers?,
            documents: documents?,
        })
    }
}
