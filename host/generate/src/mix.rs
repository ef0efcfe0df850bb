//! Plans of the county, and each one's share of the members.

use std::fmt;
use std::str::FromStr;

use domain::identifiers::PlanId;

use crate::dice::Dice;

/// Most plans of a county here.
const MOST_PLANS: usize = 12;
/// Largest share. Shares are relative, so hundredths are fine enough.
const MOST_SHARE: u32 = 10_000;

/// Plans with their shares, such as `valle-vista=55,harbor-crest=45`. Shares are relative to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanMix(Vec<(PlanId, u32)>);

/// Reason why a text is no mix of plans.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixError {
    /// A part is no plan with a share.
    #[error(
        "`{0}` must be a plan and its share, such as `valle-vista=55`: a plan has 1 to 40 lower-case letters, digits and inner \
         hyphens, a share is from 1 to {most}",
        most = MOST_SHARE
    )]
    Part(String),
    /// A plan stands there twice.
    #[error("`{0}` is repeated: name each plan once")]
    Repeated(PlanId),
    /// More plans than a county has.
    #[error("at most {most} plans", most = MOST_PLANS)]
    TooMany,
}

impl PlanMix {
    /// The plans, in the order in which they were named.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &PlanId> {
        self.0.iter().map(|(plan, _)| plan)
    }

    pub(crate) fn plan(&self, place: usize) -> &PlanId {
        &self.0[place % self.0.len()].0
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Place of a plan, each as often as its share says.
    pub(crate) fn throw(&self, dice: &mut Dice) -> usize {
        let whole: u64 = self.0.iter().map(|(_, share)| u64::from(*share)).sum();
        let mut thrown = dice.below(whole);
        for (place, (_, share)) in self.0.iter().enumerate() {
            match thrown.checked_sub(u64::from(*share)) {
                None => return place,
                Some(rest) => thrown = rest,
            }
        }
        0
    }
}

impl Default for PlanMix {
    fn default() -> Self {
        let plans = [("valle-vista", 45), ("harbor-crest", 30), ("silver-oak", 20), ("costa-alta", 5)];
        let plan = |name: &str| -> PlanId { name.parse().expect("the names are slugs") };
        Self(plans.iter().map(|(name, share)| (plan(name), *share)).collect())
    }
}

impl FromStr for PlanMix {
    type Err = MixError;

    fn from_str(text: &str) -> Result<Self, MixError> {
        let mut mix: Vec<(PlanId, u32)> = Vec::new();
        for part in text.split(',') {
            let unread = || MixError::Part(part.trim().to_owned());
            let (plan, share) = part.split_once('=').ok_or_else(unread)?;
            let plan: PlanId = plan.parse().map_err(|_| unread())?;
            let share: u32 = share.trim().parse().map_err(|_| unread())?;
            if !(1..=MOST_SHARE).contains(&share) {
                return Err(unread());
            }
            if mix.iter().any(|(known, _)| *known == plan) {
                return Err(MixError::Repeated(plan));
            }
            mix.push((plan, share));
        }
        if mix.len() > MOST_PLANS { Err(MixError::TooMany) } else { Ok(Self(mix)) }
    }
}

impl fmt::Display for PlanMix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (plan, share)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(formatter, "{comma}{plan}={share}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{MixError, PlanMix};
    use crate::dice::{Dice, Of};

    #[test]
    fn a_mix_reads_back_as_it_is_written() {
        let usual = PlanMix::default();
        assert_eq!(usual.to_string().parse(), Ok(usual));
    }

    #[test]
    fn what_is_no_mix_is_refused_with_its_part() {
        let cases = [
            ("", MixError::Part(String::new())),
            ("valle-vista", MixError::Part("valle-vista".to_owned())),
            ("valle-vista=0", MixError::Part("valle-vista=0".to_owned())),
            ("Valle Vista=1", MixError::Part("Valle Vista=1".to_owned())),
            ("a=1,a=2", MixError::Repeated("a".parse().unwrap())),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<PlanMix>(), Err(error), "{text}");
        }
    }

    #[test]
    fn plans_come_as_often_as_their_shares_say() {
        let mix: PlanMix = "a=3,b=1".parse().unwrap();
        let mut dice = Dice::of(1, Of::County, 0);
        let first = (0..10_000).filter(|_| mix.throw(&mut dice) == 0).count();
        assert!((7_300..7_700).contains(&first), "{first}");
    }
}
