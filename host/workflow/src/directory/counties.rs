//! Counties: the state's own, and those that the operator added to the record.
//!
//! Every body is read against them, so they are kept at hand, and the record is asked again once a second. A
//! county that another node adds is known here after that second; one that this node adds, with the next
//! request.

use std::sync::{Arc, Mutex, PoisonError};

use domain::audit::SubjectKind;
use domain::counties::{Counties, KnownCounty};
use domain::problem::Code;
use jiff::{SignedDuration, Timestamp};
use store::Unit;

use crate::Crosswalk;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::{NewCounty, Once, Outcome};

/// Time for which the counties that were read are trusted.
const TRUSTED: SignedDuration = SignedDuration::from_secs(1);

/// The counties at hand, and when the record was asked for them.
pub(crate) struct AtHand(Mutex<(Option<Timestamp>, Arc<Counties>)>);

impl Default for AtHand {
    fn default() -> Self {
        Self(Mutex::new((None, Arc::new(Counties::state().clone()))))
    }
}

impl AtHand {
    fn counties(&self) -> Arc<Counties> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner).1)
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.0.is_some_and(|asked| now.duration_since(asked).abs() < TRUSTED)
    }

    fn keep(&self, counties: Counties, now: Timestamp) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.1.as_ref() != &counties {
            held.1 = Arc::new(counties);
        }
        held.0 = Some(now);
    }

    fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = None;
    }
}

impl Crosswalk {
    /// Every county, as the record had them a second ago at most.
    #[must_use]
    pub fn counties(&self) -> Arc<Counties> {
        self.counties_at_hand().counties()
    }

    /// Asks the record which counties were added, if that is a second ago.
    pub(crate) async fn learn_counties(&self) -> Result<(), Failure> {
        let now = self.now();
        if !self.counties_at_hand().is_fresh(now) {
            let added = store::counties::all(self.store()).await?;
            self.counties_at_hand().keep(Counties::state().with(added), now);
        }
        Ok(())
    }

    /// Adds an invented county, for a demonstration or a test.
    ///
    /// # Errors
    /// `Invalid` for a code or a name that another county has; `Exists` for a code that was added at this
    /// moment, or when there are too many.
    pub async fn add_county(
        &self,
        caller: &Caller,
        new: NewCounty,
        once: Once<KnownCounty>,
    ) -> Result<Outcome<KnownCounty>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let NewCounty { code, name, region } = new;
        let county = &KnownCounty { code, name, region, state: None };
        let outcome = self
            .once(caller, once, || {
                Box::pin(async move {
                    let crosswalk = self;
                    let known = Counties::state().with(store::counties::all(crosswalk.store()).await?);
                    check_new(county, &known)?;
                    let by = *caller.organization()?;
                    let unit = Unit::of([
                        store::counties::insert(county, crosswalk.now(), by),
                        crosswalk.audit(
                            caller,
                            "add-county",
                            SubjectKind::County,
                            county.code.as_str(),
                            None,
                        ),
                    ]);
                    Ok((unit, county.clone()))
                })
            })
            .await?;
        self.counties_at_hand().forget();
        Ok(outcome)
    }
}

fn check_new(county: &KnownCounty, known: &Counties) -> Result<(), Failure> {
    let fields =
        [("/code", county.code.as_str()), ("/name/en", &county.name.en), ("/name/es", &county.name.es)];
    let problems: Vec<FieldProblem> =
        fields.into_iter().filter_map(|(at, text)| known.meant(text).map(|other| taken(at, other))).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

fn taken(at: &str, other: &KnownCounty) -> FieldProblem {
    let whose = if other.is_invented() { "one that was added" } else { "one of the state's" };
    let detail = format!("it means {} ({}), {whose}", other.code, other.name.en);
    FieldProblem::new(at, Code::Taken, detail, "choose another one")
}
