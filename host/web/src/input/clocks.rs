//! Bodies about the law's clocks beside the decision: notices to the member, extensions, disputes.

use domain::authorization::ExtendedBy;
use domain::case::{Language, NoticeRoute, ReasonOf};
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{NewEnding, NewExtension, NewMemberNotice, NewTranslation};

use super::decisions::ReasonBody;
use super::members::language;
use super::{Input, Reader};

/// Notice of a decision that the plan sent to the member in writing: a Notice of Action where it denies, cuts
/// or delays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMemberNotice)]
pub(crate) struct MemberNoticeBody {
    /// The day on which it was sent; today if not said.
    #[schema(format = Date)]
    pub(crate) sent_on: Option<String>,
    /// `mail`, `electronic` or `in-person`.
    #[schema(example = "mail")]
    pub(crate) route: String,
    /// BCP 47 tag of the language that it was written in.
    #[schema(example = "es", max_length = 35)]
    pub(crate) language: String,
}

/// Extension of the time to decide.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExtension)]
pub(crate) struct ExtensionBody {
    /// `member`, or `plan`, which must need information and act in the member's interest.
    #[schema(example = "member")]
    pub(crate) requested_by: String,
    /// Reason, as member and provider are told it.
    pub(crate) reason: ReasonBody,
}

/// End of an authorization before its last day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewEnding)]
pub(crate) struct EndingBody {
    /// The last day of service, before the last one that is granted; the day before the first if there was no
    /// service.
    #[schema(format = Date)]
    last: String,
    /// Reason in the provider's own words, without anybody's name or number.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

impl Input for EndingBody {
    type Command = NewEnding;

    fn read(self, reader: &mut Reader) -> Option<NewEnding> {
        let last = reader.day("/last", &self.last);
        let reason = reader.line("/reason", &self.reason, 500);
        Some(NewEnding { last: last?, reason: reason? })
    }
}

/// Dispute of a provider about a claim's denial or payment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDispute)]
pub(crate) struct DisputeBody {
    /// In the provider's own words, without anybody's name or number.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

/// The words of a reason in the language in which they are wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTranslation)]
pub(crate) struct TranslationBody {
    /// Reason that it is of: `refusal`, `redirect`, `extension`, `dispute`, `exception` or
    /// `without-authorization`; of a credentialing file `decline`, `reopen` or `end`; of a contract `suspend`
    /// or `end`. May be left out where only one is wanted in the language.
    #[schema(example = "refusal")]
    pub(crate) of: Option<String>,
    /// Language of the text, `en` or `es`.
    #[schema(example = "en")]
    pub(crate) language: String,
    /// The reviewer's words in that language, without anybody's name.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) text: String,
}

impl Input for TranslationBody {
    type Command = NewTranslation;

    fn read(self, reader: &mut Reader) -> Option<NewTranslation> {
        let languages = Language::ALL.map(|language| (language.tag(), language));
        let language = reader.one_of("/language", &self.language, &languages);
        let text = reader.line("/text", &self.text, 2000);
        let reasons: Vec<(&str, ReasonOf)> = ReasonOf::ALL.iter().map(|of| (of.name(), *of)).collect();
        let of = reader.optional(self.of, |reader, of| reader.one_of("/of", &of, &reasons));
        Some(NewTranslation { of: of?, language: language?, text: text? })
    }
}

impl Input for MemberNoticeBody {
    type Command = NewMemberNotice;

    fn read(self, reader: &mut Reader) -> Option<NewMemberNotice> {
        let routes = [
            ("mail", NoticeRoute::Mail),
            ("electronic", NoticeRoute::Electronic),
            ("in-person", NoticeRoute::InPerson),
        ];
        let today = reader.today();
        let sent_on = reader.optional(self.sent_on, |reader, text| reader.past_day("/sent_on", &text));
        let route = reader.one_of("/route", &self.route, &routes);
        let language = language(reader, "/language", &self.language);
        Some(NewMemberNotice { sent_on: sent_on?.unwrap_or(today), route: route?, language: language? })
    }
}

impl Input for ExtensionBody {
    type Command = NewExtension;

    fn read(self, reader: &mut Reader) -> Option<NewExtension> {
        let who = [("member", ExtendedBy::Member), ("plan", ExtendedBy::Plan)];
        let by = reader.one_of("/requested_by", &self.requested_by, &who);
        let reason = self.reason.read(reader, "/reason");
        Some(NewExtension { by: by?, reason: reason? })
    }
}

impl Input for DisputeBody {
    type Command = String;

    fn read(self, reader: &mut Reader) -> Option<String> {
        reader.line("/reason", &self.reason, 2000)
    }
}
