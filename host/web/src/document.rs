//! The API's own description: OpenAPI 3.1 at `/openapi.json`, and a page to read it at `/docs`.
//!
//! What every operation has in common is written here once: how it may fail, and what every command must
//! send.

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder,
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::App;
use crate::problem::{FieldErrorView, ProblemView};

mod examples;
mod finish;
mod shapes;

/// Frame of the description, before any operation is added.
pub(crate) fn frame() -> OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(
            title = "Crosswalk",
            description = "One way for a county's providers to refer, ask, bill and apply, and for each of its plans \
                to answer by its own rules. Problems are RFC 9457; changes are idempotent by key and guarded by version. \
                Bodies are sent as they are, without Content-Encoding. A body that is sent, and an answer that is read, must \
                move on; a connection without a request is closed after five seconds.",
            license(name = "Apache-2.0", identifier = "Apache-2.0")
        ),
        components(schemas(ProblemView, FieldErrorView)),
        tags(
            (name = "organizations", description = "Organizations, their states and their keys; counties that the operator adds."),
            (name = "accounts", description = "People's accounts of an organization, and the invitations that open them."),
            (name = "sessions", description = "Sessions of people who signed in."),
            (name = "dictionary", description = "The state's words and rules: services, facts, codes, clocks, counties."),
            (name = "members", description = "Members, their coverage, and plans' member files."),
            (name = "plans", description = "Plans, their profiles, and the policies that their releases must meet."),
            (name = "plugins", description = "Plugins: upload, conformance, approval, activation and roll-back."),
            (name = "criteria", description = "Criteria of a county's plans, side by side."),
            (name = "referrals", description = "Requests that a member receive a service."),
            (name = "authorizations", description = "Requests for permission to deliver a service, and presumptive windows."),
            (name = "claims", description = "Bills for delivered service, and disputes about them."),
            (name = "remittances", description = "Payments of plans to providers, and amounts that are taken back."),
            (name = "applications", description = "Credentialing files, which providers send to several plans at once."),
            (name = "contracts", description = "Contracts between plans and providers, on which permission and payment rest."),
            (name = "documents", description = "Documents that cases refer to, with their bytes."),
            (name = "work", description = "Worklists of plans, running clocks, and notices to organizations."),
            (name = "audit", description = "The audit trail: who did or looked at what."),
            (name = "figures", description = "Figures of a county's plans, without names and without small numbers."),
            (name = "evaluations", description = "Recorded calls of plans' rules, and their replay."),
            (name = "fhir", description = "Referrals in FHIR: SDOH Clinical Care 3.0.0."),
            (name = "operations", description = "Health, metrics and the description of this host.")
        )
    )]
    struct Frame;

    Frame::openapi()
}

/// The description with what all operations have in common.
pub(crate) fn finished(mut description: OpenApi) -> OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A key of an organization, as POST /v1/keys showed it; under /v1/invitations the secret of a link, as POST \
             /v1/accounts showed it; or the secret of a session, as POST /v1/sessions showed it.",
        ))
        .build();
    let components = description.components.get_or_insert_with(Components::new);
    components.security_schemes.insert("key".to_owned(), SecurityScheme::Http(bearer).into());
    components.parameters.insert("IdempotencyKey".to_owned(), RefOr::T(idempotency_key()));
    for (status, meaning) in REFUSALS {
        components.responses.insert(format!("Problem{status}"), RefOr::T(problem(meaning)));
    }
    description.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    for (path, item) in &mut description.paths.paths {
        for (method, operation) in operations(item) {
            complete(path, method, operation);
        }
    }
    description
}

/// The description as indented JSON.
pub(crate) fn indented(description: &OpenApi) -> String {
    let mut whole =
        serde_json::to_value(description).expect("a description has text keys and no failing parts");
    finish::complete(&mut whole);
    format!("{whole:#}")
}

/// Serves the description, and the page that shows it with scripts of its own.
pub(crate) fn router(description: &OpenApi) -> Router<App> {
    let json = Bytes::from(indented(description));
    let document =
        get(move || std::future::ready(([(header::CONTENT_TYPE, "application/json")], json.clone())));
    // "none" keeps the page from asking a validator on the internet.
    let page = SwaggerUi::new("/docs").config(Config::from("/openapi.json").validator_url("none"));
    Router::new().route("/openapi.json", document).merge(page)
}

/// Answers by which operations may fail, by status. Each operation refers to those that it may give.
const REFUSALS: [(&str, &str); 17] = [
    ("400", "The request cannot be read, or lacks its Idempotency-Key or its Host."),
    ("401", "No valid key."),
    ("403", "The key's role may not do this."),
    ("404", "The address names nothing that the caller may see."),
    ("408", "The body did not arrive in time, or stood still on its way."),
    ("409", "Not in this state; or there is one already."),
    ("412", "It changed since it was read."),
    ("413", "The body is too large."),
    ("414", "The address is too long."),
    ("415", "The body is of a media type that is not read here."),
    ("421", "The request is for another host."),
    ("422", "Some fields cannot be accepted; every one is named with its cause and what to do."),
    ("428", "If-Match is missing."),
    (
        "429",
        "The key, or the address that it is used from, sent too many requests, or the organization looked for members in vain too \
         often (`too-many-tries`), or somebody tried too often to sign in (`too-many-sign-ins`); nothing was done.",
    ),
    ("431", "The header fields are too many or too large."),
    ("500", "Something failed on our side."),
    (
        "503",
        "Too much is waiting, too many connections are open, the record is away or full, or it is not known whether it was \
         done. `outcome` says which; the same request may be sent again after `Retry-After` seconds.",
    ),
];

/// Paths that name no attempt: questions, which change nothing, and what is safe to send again in another
/// way.
const WITHOUT_ATTEMPT: [&str; 6] = [
    "/v1/members/search",
    "/v1/plans/{id}/rules-file/checks",
    "/v1/plans/{id}/tables/{name}/differences",
    "/v1/sessions",
    "/v1/sessions/current/lock",
    "/v1/sessions/current/proof",
];

/// Adds to an operation what follows from what it is.
fn complete(path: &str, method: Method, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let changes_a_version =
        parameters.iter().any(|parameter| matches!(parameter, RefOr::T(known) if known.name == "If-Match"));
    let has_query = parameters.iter().any(
        |parameter| matches!(parameter, RefOr::T(known) if matches!(known.parameter_in, ParameterIn::Query)),
    );
    let is_public = operation.security.is_some();
    let is_command = method == Method::Command;
    if is_command && !WITHOUT_ATTEMPT.contains(&path) {
        parameters.push(RefOr::Ref(Ref::new("#/components/parameters/IdempotencyKey")));
    }
    let refusals = [
        (true, "400"),
        (!is_public, "401"),
        (!is_public, "403"),
        (path.contains('{') || is_command, "404"),
        (is_command, "408"),
        (is_command, "409"),
        (changes_a_version, "412"),
        (is_command, "413"),
        (true, "414"),
        (is_command, "415"),
        (true, "421"),
        (is_command || has_query, "422"),
        (changes_a_version, "428"),
        (!is_public, "429"),
        (true, "431"),
        (true, "500"),
        (true, "503"),
    ];
    for (_, status) in refusals.into_iter().filter(|(applies, _)| *applies) {
        let response = if path.starts_with("/fhir/") {
            RefOr::T(operation_outcome())
        } else {
            RefOr::Ref(Ref::new(format!("#/components/responses/Problem{status}")))
        };
        operation.responses.responses.entry(status.to_owned()).or_insert(response);
    }
}

/// Meaning of a method for an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    /// Reads, or ends something that can only end once.
    Plain,
    /// Happens once for each idempotency key.
    Command,
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let plain =
        [&mut item.get, &mut item.delete].into_iter().flatten().map(|operation| (Method::Plain, operation));
    let commands = [&mut item.post, &mut item.patch, &mut item.put]
        .into_iter()
        .flatten()
        .map(|operation| (Method::Command, operation));
    plain.chain(commands)
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "Names the attempt, quoted or not. Within seven days the same key of your organization with the same request \
             (method, address and body) gets the first answer again, with `Idempotency-Replayed: true`; with another \
             request, 422 `idempotency-key-reused`. A request that was refused uses up no key.",
        ))
        .schema(Some(text))
        .example(Some("8e03978e-40d5-43dd-bc93-6894a57f9324".into()))
        .build()
}

fn problem(meaning: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(meaning).content("application/problem+json", content).build()
}

fn operation_outcome() -> Response {
    let content = ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::Object))).build();
    ResponseBuilder::new()
        .description("A FHIR OperationOutcome that says what is wrong.")
        .content("application/fhir+json", content)
        .build()
}
