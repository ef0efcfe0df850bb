//! Sessions of people, the authenticator that is offered, and what somebody gets who takes an invitation up.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{ShownAuthenticator, ShownSession, ShownWelcome};

use crate::output::Output;
use crate::output::accounts::AccountView;

/// A session of a person.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Id of the session.
    pub(crate) id: String,
    /// Account of the person.
    pub(crate) account: String,
    /// `open`, or `locked`: it does nothing until the person proves who it is.
    pub(crate) state: String,
    /// Instant at which the person signed in.
    #[schema(format = DateTime)]
    pub(crate) began_at: String,
    /// Instant of the last use, to the minute.
    #[schema(format = DateTime)]
    pub(crate) seen_at: String,
    /// Instant of the last proof of who the person is.
    #[schema(format = DateTime)]
    pub(crate) proved_at: String,
    /// First instant at which it has ended by itself, if it is not used before.
    #[schema(format = DateTime)]
    pub(crate) ends_at: String,
    /// True if the proof is fresh enough for what cannot be undone.
    pub(crate) raised: bool,
    /// True for the session in which this is asked.
    pub(crate) current: bool,
    /// Its secret, shown once, when the person has just shown who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
}

/// An authenticator that is offered with an invitation.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AuthenticatorView {
    /// Secret to type into the authenticator, in the letters of base 32; shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    /// The same as an `otpauth` address, for a picture that the authenticator reads; shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
}

/// An account that was taken up, with the session in which its person goes on.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct WelcomeView {
    /// The account, active.
    pub(crate) account: AccountView,
    /// The session that has begun.
    pub(crate) session: SessionView,
    /// Codes, each good once, for the day on which the authenticator is lost; shown once, empty in a replay.
    pub(crate) recovery_codes: Vec<String>,
}

impl Output for ShownSession {
    type View = SessionView;

    fn view(&self) -> SessionView {
        let life = &self.session.life;
        SessionView {
            id: self.session.id.to_string(),
            account: self.session.account.to_string(),
            state: life.state.name().to_owned(),
            began_at: life.began_at.to_string(),
            seen_at: life.seen_at.to_string(),
            proved_at: life.proved_at.to_string(),
            ends_at: self.ends_at.to_string(),
            raised: self.is_raised,
            current: self.is_current,
            secret: self.secret.clone(),
        }
    }
}

impl Output for ShownAuthenticator {
    type View = AuthenticatorView;

    fn view(&self) -> AuthenticatorView {
        AuthenticatorView { secret: self.secret.clone(), uri: self.uri.clone() }
    }
}

impl Output for ShownWelcome {
    type View = WelcomeView;

    fn view(&self) -> WelcomeView {
        WelcomeView {
            account: self.account.view(),
            session: self.session.view(),
            recovery_codes: self.recovery_codes.clone(),
        }
    }
}
