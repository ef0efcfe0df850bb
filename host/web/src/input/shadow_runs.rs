//! Body of a shadow run: the candidate, and the evaluations that it is compared with.

use domain::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::{MOST_EVALUATIONS, NewShadowRun, ShadowRange};

use super::{Input, Reader};

/// A comparison of a candidate with what the plan's plugins decided: with the last evaluations, or with those
/// of some days.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewShadowRun)]
pub(crate) struct ShadowRunBody {
    /// SHA-256 of an uploaded component.
    digest: String,
    /// Number of the newest evaluations to compare; 10,000 if neither this nor days are sent.
    #[schema(minimum = 1, maximum = 1_000_000)]
    last: Option<u32>,
    /// The first day, Pacific time.
    #[schema(format = Date)]
    from: Option<String>,
    /// The last day; today if not said.
    #[schema(format = Date)]
    to: Option<String>,
    /// Instead: go along with what is decided from now on for so many minutes, at most a week.
    #[schema(minimum = 1, maximum = 10_080)]
    live_minutes: Option<u32>,
    /// Share of such evaluations to compare, 1 to 100 per cent; all if absent.
    #[schema(minimum = 1, maximum = 100)]
    share_percent: Option<u32>,
}

/// Longest live run, in minutes: a week.
const MOST_MINUTES: u32 = 7 * 24 * 60;

impl Input for ShadowRunBody {
    type Command = NewShadowRun;

    fn read(self, reader: &mut Reader) -> Option<NewShadowRun> {
        let digest = reader.parsed("/digest", &self.digest, "send the digest of POST /v1/plans/{id}/plugins");
        if let Some(minutes) = self.live_minutes {
            let alone = self.last.is_none() && self.from.is_none() && self.to.is_none();
            let minutes = reader.count("/live_minutes", minutes, MOST_MINUTES);
            let share = reader.count("/share_percent", self.share_percent.unwrap_or(100), 100);
            if !alone {
                return reader.refuse(
                    "/live_minutes",
                    Code::NotWithThis,
                    "what will be decided and what was decided are compared apart",
                    "send live_minutes alone, or leave it out",
                );
            }
            let share_percent = u8::try_from(share?).ok()?;
            let range = ShadowRange::Live { minutes: minutes?, share_percent };
            return Some(NewShadowRun { digest: digest?, range });
        }
        reader.absent("/share_percent", &self.share_percent, "a run over past evaluations")?;
        let range = match (self.last, self.from, self.to) {
            (last, None, None) => {
                reader.count("/last", last.unwrap_or(10_000), MOST_EVALUATIONS).map(ShadowRange::Last)
            }
            (None, Some(from), to) => {
                let last = to.unwrap_or_else(|| reader.today().to_string());
                let (first, last) = (reader.day("/from", &from), reader.day("/to", &last));
                match (first?, last?) {
                    (first, last) if first <= last => Some(ShadowRange::Days(first, last)),
                    _ => reader.refuse(
                        "/to",
                        Code::DaysOutOfOrder,
                        "the last day is before the first",
                        "put the days in order",
                    ),
                }
            }
            _ => reader.refuse(
                "/last",
                Code::NotWithThis,
                "a number of evaluations and days exclude each other, and days begin with from",
                "send last, or from with or without to",
            ),
        };
        Some(NewShadowRun { digest: digest?, range: range? })
    }
}
