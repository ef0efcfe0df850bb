//! Names of those who did something: of people, and of keys by their labels.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Actor;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

impl Crosswalk {
    /// Names of the people and labels of the keys behind steps of releases: those of the caller's own
    /// organization, and for the operator everybody's. Who has none, or is another's, is left out.
    ///
    /// # Errors
    /// `Forbidden` for those who run no plan's rules.
    pub async fn names_of(
        &self,
        caller: &Caller,
        actors: Vec<Actor>,
    ) -> Result<BTreeMap<Actor, String>, Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::Operator])?;
        let names = self.read_names(caller, actors).await?;
        self.looks(caller, &[Look::names(&names)]).await?;
        Ok(names)
    }

    /// Names and labels of whoever the caller's scope sees of these. Whoever asks puts [`Look::names`] on the
    /// record.
    pub(crate) async fn read_names(
        &self,
        caller: &Caller,
        actors: impl IntoIterator<Item = Actor> + Send,
    ) -> Result<BTreeMap<Actor, String>, Failure> {
        let actors: BTreeSet<Actor> = actors.into_iter().collect();
        let mut names = BTreeMap::new();
        for actor in actors {
            let name = match actor {
                Actor::Account(id) => {
                    let account = store::accounts::find(self.store(), &caller.scope, id).await?;
                    account.and_then(|account| account.name).map(|name| name.expose().to_owned())
                }
                Actor::Key(id) => {
                    store::auth::find(self.store(), &caller.scope, id).await?.map(|key| key.label)
                }
            };
            if let Some(name) = name {
                names.insert(actor, name);
            }
        }
        Ok(names)
    }
}
