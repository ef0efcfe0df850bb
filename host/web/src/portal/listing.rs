//! The list of people, with the search by number above it. People and Ask show it, each in a page of its own.

use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::{Cin, MemberId};
use portal::Frame;
use portal::people::{People, Search};
use workflow::{Failure, Paging};

use super::fields::{Posted, spoken};
use super::pages::{PEOPLE, PURPOSE, names};
use super::reader::Reader;
use super::see_other;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;

/// A page that lists people, and the page to which somebody in it leads.
pub(super) struct Listing {
    pub(super) view: fn(&Frame<'_>, &People<'_>) -> String,
    pub(super) address: fn(MemberId) -> String,
}

impl Listing {
    /// The people after this place in the list.
    pub(super) async fn page(
        &self,
        app: &App,
        (viewer, reader): (&Viewer, &Reader),
        after: Option<String>,
    ) -> Result<Response, ApiError> {
        self.searched(app, (viewer, reader), after, ("", Search::None)).await
    }

    /// Leads to whom the number names, or says under it why it leads nowhere. The number comes in a body, so
    /// that none stands in an address.
    pub(super) async fn find(&self, app: &App, posted: &Posted) -> Result<Response, ApiError> {
        let Posted { viewer, reader, sent, language } = posted;
        let number = sent.text("number");
        if language.is_some() {
            let page = self.searched(app, (viewer, reader), None, (number, Search::None)).await?;
            return Ok(spoken(page, *language));
        }
        let search = match Cin::parse(number) {
            Err(_) => Search::NoNumber,
            Ok(cin) => match app.crosswalk.find_member(&viewer.caller, &cin, PURPOSE).await {
                Ok(found) => return Ok(see_other(&(self.address)(found.id))),
                Err(Failure::NotFound) => Search::Nobody,
                Err(Failure::TooManyTries(_)) => Search::TooMany,
                Err(failure) => return Err(failure.into()),
            },
        };
        self.searched(app, (viewer, reader), None, (number, search)).await
    }

    async fn searched(
        &self,
        app: &App,
        (viewer, reader): (&Viewer, &Reader),
        after: Option<String>,
        (typed, search): (&str, Search),
    ) -> Result<Response, ApiError> {
        let caller = &viewer.caller;
        let page = app.crosswalk.members(caller, PURPOSE, Paging { limit: PEOPLE, cursor: after }).await?;
        let names = names(app, caller).await?;
        let next = page.next_cursor.as_deref();
        let people = People { members: &page.items, next, typed, search, names: &names };
        let status = match search {
            Search::None => StatusCode::OK,
            Search::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Search::NoNumber | Search::Nobody => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Ok(reader.page(status, (self.view)(&reader.frame(Some(&viewer.who)), &people)))
    }
}
