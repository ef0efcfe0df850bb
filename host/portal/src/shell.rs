//! Frame of every page: who looks, the places, the language, help; and in it the page's own part.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::case::Language;
use i18n_embed_fl::fl;
use jiff::Timestamp;

use crate::assets;
use crate::parts::Errors;
use crate::sign_on::Providers;
use crate::words::Words;

/// Address of the first page; every page of the portal lies below it.
pub const ROOT: &str = "/portal";
/// Address to which the language button posts on pages without a form of their own.
pub const LANGUAGE: &str = "/portal/language";
/// Address to which the lock button posts.
pub const LOCK: &str = "/portal/lock";
/// Address of the sign-in page.
pub const SIGN_IN: &str = "/portal/sign-in";
/// Name of the field in which a form asks to be shown in another language, with everything in it.
pub const IN_LANGUAGE: &str = "in-language";

/// Role of a person at an organization. It says which places the person is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Refers people and follows their cases.
    Coordinator,
    /// Bills, and follows payment.
    Biller,
    /// Keeps the organization's credentialing file.
    Clerk,
    /// Works a plan's cases.
    PlanOperations,
    /// Keeps a plan's rules.
    PlanAnalyst,
    /// Decides with a license for a plan.
    PlanReviewer,
    /// Runs the host for the county.
    CountyOperator,
    /// Reads the county's numbers.
    CountyAnalyst,
}

impl Role {
    /// All roles, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Coordinator,
        Self::Biller,
        Self::Clerk,
        Self::PlanOperations,
        Self::PlanAnalyst,
        Self::PlanReviewer,
        Self::CountyOperator,
        Self::CountyAnalyst,
    ];

    /// The role's word in the record and in forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Biller => "biller",
            Self::Clerk => "clerk",
            Self::PlanOperations => "plan-operations",
            Self::PlanAnalyst => "analyst",
            Self::PlanReviewer => "reviewer",
            Self::CountyOperator => "county-operator",
            Self::CountyAnalyst => "county-analyst",
        }
    }

    pub(crate) fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Coordinator => fl!(l, "role-coordinator"),
            Self::Biller => fl!(l, "role-biller"),
            Self::Clerk => fl!(l, "role-clerk"),
            Self::PlanOperations => fl!(l, "role-plan-operations"),
            Self::PlanAnalyst => fl!(l, "role-plan-analyst"),
            Self::PlanReviewer => fl!(l, "role-plan-reviewer"),
            Self::CountyOperator => fl!(l, "role-county-operator"),
            Self::CountyAnalyst => fl!(l, "role-county-analyst"),
        }
    }

    /// True for a plan's people.
    #[must_use]
    pub fn is_of_plan(self) -> bool {
        matches!(self, Self::PlanOperations | Self::PlanAnalyst | Self::PlanReviewer)
    }

    /// True for the staff of a provider, whose pages are about people.
    #[must_use]
    pub fn is_of_provider(self) -> bool {
        matches!(self, Self::Coordinator | Self::Biller | Self::Clerk)
    }
}

/// Person who looks at a page, as the page says it.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// Name of the person.
    pub name: String,
    /// Name of the organization for which the person is signed in.
    pub organization: String,
    /// Roles of the person there.
    pub roles: Vec<Role>,
    /// True if the person looks after the accounts of the organization.
    pub administers: bool,
    /// First instant at which the session has ended by itself, if it is not used before; `None` where no
    /// session stands behind the page.
    pub until: Option<Timestamp>,
}

impl Who {
    /// True if the person is of a provider's staff.
    #[must_use]
    pub fn is_of_provider(&self) -> bool {
        self.roles.iter().any(|role| role.is_of_provider())
    }

    /// True if the person is of the county's staff.
    #[must_use]
    pub fn is_of_county(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::CountyOperator | Role::CountyAnalyst))
    }

    /// True if the person works a plan's cases.
    #[must_use]
    pub fn works_cases(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::PlanOperations | Role::PlanReviewer))
    }
}

/// Circumstances in which a page is shown.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// Words of the viewer's language.
    pub words: Words,
    /// The viewer; `None` for who is not signed in.
    pub who: Option<&'a Who>,
    /// Path and query of the page, to come back to; it holds ids, never names.
    pub address: &'a str,
    /// Instant at which the page is shown.
    pub now: Timestamp,
    /// Id of the site for which browsers keep passkeys; `None` where none are offered.
    pub party: Option<&'a str>,
    /// Ways to sign in by an organization's identity provider.
    pub providers: Providers,
}

/// One of the places that the head of a page leads to, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Today,
    People,
    Ask,
    Claims,
    Payments,
    File,
    Contracts,
    Work,
    Rules,
    RulesFile,
    Tables,
    County,
    Criteria,
}

/// Most places that stand in the head of a page. A phone shows them without moving, and an eye finds one
/// among them; what is needed less often lies one step further.
const IN_THE_HEAD: usize = 4;

impl Place {
    /// Places of somebody with this role, the most needed first. What plans ask for is for everybody.
    fn of(role: Role) -> &'static [Self] {
        match role {
            Role::Coordinator => &[Self::Today, Self::People, Self::Ask, Self::Criteria],
            Role::Biller => {
                &[Self::Today, Self::Claims, Self::Payments, Self::Contracts, Self::People, Self::Criteria]
            }
            Role::Clerk => &[Self::Today, Self::File, Self::Contracts, Self::People, Self::Criteria],
            Role::PlanOperations | Role::PlanReviewer => &[Self::Work, Self::Criteria],
            Role::PlanAnalyst => &[Self::Rules, Self::RulesFile, Self::Tables, Self::Criteria],
            Role::CountyOperator | Role::CountyAnalyst => &[Self::County, Self::Criteria],
        }
    }

    /// Places of somebody with these roles: those in the head, and those behind "More". The roles take turns,
    /// so that each has its most needed places in the head.
    fn split(roles: &[Role]) -> (Vec<Self>, Vec<Self>) {
        let lists: Vec<_> = Role::ALL.into_iter().filter(|role| roles.contains(role)).map(Self::of).collect();
        let longest = lists.iter().map(|list| list.len()).max().unwrap_or_default();
        let mut head = Vec::new();
        for rank in 0..longest {
            for place in lists.iter().filter_map(|list| list.get(rank)) {
                if !head.contains(place) {
                    head.push(*place);
                }
            }
        }
        if head.is_empty() {
            head.push(Self::Criteria);
        }
        let mut more = head.split_off(head.len().min(IN_THE_HEAD));
        head.sort_unstable();
        more.sort_unstable();
        (head, more)
    }

    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::Today => ROOT,
            Self::People => "/portal/people",
            Self::Ask => crate::ask::ADDRESS,
            Self::Claims => "/portal/claims",
            Self::Payments => "/portal/payments",
            Self::File => "/portal/file",
            Self::Contracts => "/portal/contracts",
            Self::Rules => "/portal/rules",
            Self::RulesFile => "/portal/rules/file",
            Self::Tables => "/portal/tables",
            Self::Criteria => crate::criteria::GRID,
            Self::County => crate::county::COUNTY,
            Self::Work => crate::work::WORK,
        }
    }

    fn text(self, words: Words) -> String {
        match self {
            Self::Today => fl!(words.l, "today"),
            Self::People => fl!(words.l, "people"),
            Self::Ask => fl!(words.l, "ask-place"),
            Self::Claims => fl!(words.l, "money-bills"),
            Self::Payments => fl!(words.l, "money-payments"),
            Self::File => fl!(words.l, "money-file-place"),
            Self::Contracts => fl!(words.l, "money-contracts"),
            Self::Rules => fl!(words.l, "place-rules"),
            Self::Work => fl!(words.l, "place-work"),
            Self::Criteria => fl!(words.l, "place-criteria"),
            Self::RulesFile => fl!(words.l, "desk-rules-file"),
            Self::Tables => fl!(words.l, "desk-tables"),
            Self::County => fl!(words.l, "place-county"),
        }
    }
}

/// A place, as a page leads to it.
pub(crate) struct PlaceLink {
    pub(crate) text: String,
    pub(crate) address: &'static str,
    pub(crate) is_here: bool,
}

/// The places of a person. Those behind "More" are links of a `details`, which opens without script.
#[derive(Template)]
#[template(path = "parts/places.html")]
pub(crate) struct Places {
    pub(crate) label: String,
    pub(crate) links: Vec<PlaceLink>,
    pub(crate) more_text: String,
    pub(crate) more: Vec<PlaceLink>,
}

impl Places {
    /// Places of somebody with these roles who looks at `here`.
    pub(crate) fn of(words: Words, label: String, roles: &[Role], here: Option<Place>) -> Self {
        let link = |place: Place| PlaceLink {
            text: place.text(words),
            address: place.address(),
            is_here: here == Some(place),
        };
        let (head, more) = Place::split(roles);
        Self {
            label,
            links: head.into_iter().map(link).collect(),
            more_text: fl!(words.l, "places-more"),
            more: more.into_iter().map(link).collect(),
        }
    }

    /// True if the place that is shown lies behind "More".
    fn is_behind_more(&self) -> bool {
        self.more.iter().any(|link| link.is_here)
    }
}

impl HtmlSafe for Places {}

/// The viewer, as a page names it.
pub(crate) struct WhoShown {
    pub(crate) name: String,
    pub(crate) organization: String,
    pub(crate) roles: String,
    pub(crate) ends: Option<Ends>,
}

/// End of a session that nobody uses, as a page says it.
pub(crate) struct Ends {
    pub(crate) says: String,
    /// Seconds from now, for the dialog that says so again before.
    pub(crate) left: i64,
}

/// Everything that a page has around its own part.
pub(crate) struct Shell {
    pub(crate) w: Words,
    pub(crate) title: String,
    pub(crate) who: Option<WhoShown>,
    pub(crate) places: Option<Places>,
    pub(crate) other: Language,
    /// Id of the form whose entries the language button takes along.
    pub(crate) form: Option<&'static str>,
    pub(crate) back: String,
    pub(crate) css: &'static str,
    pub(crate) js: &'static str,
}

impl Shell {
    /// Frame of a page with this heading.
    pub(crate) fn of(frame: &Frame<'_>, heading: &str, here: Option<Place>) -> Self {
        let words = frame.words;
        let who = frame.who.map(|who| WhoShown {
            name: who.name.clone(),
            organization: who.organization.clone(),
            roles: who.roles.iter().map(|role| role.text(words)).collect::<Vec<_>>().join(", "),
            ends: who.until.map(|until| Ends {
                says: fl!(words.l, "session-until", time = words.clock(until)),
                left: until.duration_since(frame.now).as_secs().max(0),
            }),
        });
        Self {
            w: words,
            title: fl!(words.l, "title", heading = heading),
            who,
            places: frame.who.map(|who| Places::of(words, fl!(words.l, "places"), &who.roles, here)),
            other: words.other(),
            form: None,
            back: frame.address.to_owned(),
            css: assets::css().address(),
            js: assets::js().address(),
        }
    }

    /// The same around a form: its entries stay when the language changes, and a mistake is said in the
    /// title.
    pub(crate) fn around_form(mut self, errors: &Errors) -> Self {
        self.form = Some("entry");
        if !errors.rows.is_empty() {
            self.title = fl!(self.w.l, "title-error", title = self.title.clone());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table: roles, what stands in the head of a page, and what lies behind "More".
    #[test]
    fn a_person_has_at_most_four_places_in_the_head_by_role() {
        use Place::{
            Ask, Claims, Contracts, County, Criteria, File, Payments, People, Rules, RulesFile, Tables,
            Today, Work,
        };
        use Role::{
            Biller, Clerk, Coordinator, CountyAnalyst, CountyOperator, PlanAnalyst, PlanOperations,
            PlanReviewer,
        };
        let table: [(&[Role], &[Place], &[Place]); 14] = [
            (&[], &[Criteria], &[]),
            (&[Coordinator], &[Today, People, Ask, Criteria], &[]),
            (&[Biller], &[Today, Claims, Payments, Contracts], &[People, Criteria]),
            (&[Clerk], &[Today, People, File, Contracts], &[Criteria]),
            (&[PlanOperations], &[Work, Criteria], &[]),
            (&[PlanReviewer], &[Work, Criteria], &[]),
            (&[PlanAnalyst], &[Rules, RulesFile, Tables, Criteria], &[]),
            (&[CountyOperator], &[County, Criteria], &[]),
            (&[CountyAnalyst], &[County, Criteria], &[]),
            (&[Coordinator, Biller], &[Today, People, Ask, Claims], &[Payments, Contracts, Criteria]),
            (&[Biller, Coordinator], &[Today, People, Ask, Claims], &[Payments, Contracts, Criteria]),
            (
                &[Coordinator, Biller, Clerk],
                &[Today, People, Claims, File],
                &[Ask, Payments, Contracts, Criteria],
            ),
            (&[PlanOperations, PlanReviewer], &[Work, Criteria], &[]),
            (&[PlanOperations, PlanAnalyst], &[Work, Rules, RulesFile, Criteria], &[Tables]),
        ];
        for (roles, head, more) in table {
            assert_eq!(Place::split(roles), (head.to_vec(), more.to_vec()), "{roles:?}");
        }
    }

    #[test]
    fn no_place_of_a_role_is_lost_and_none_is_led_to_twice() {
        for first in Role::ALL {
            for second in Role::ALL {
                let (head, more) = Place::split(&[first, second]);
                assert!((1..=IN_THE_HEAD).contains(&head.len()), "{first:?}, {second:?}: {head:?}");
                assert!(more.is_empty() || head.len() == IN_THE_HEAD, "{first:?}, {second:?}: {more:?}");
                let mut shown = [head, more].concat();
                shown.sort_unstable();
                let mut wanted = [Place::of(first), Place::of(second)].concat();
                wanted.sort_unstable();
                wanted.dedup();
                assert_eq!(shown, wanted, "{first:?}, {second:?}");
            }
        }
    }

    #[test]
    fn more_says_that_the_page_lies_behind_it() {
        for (language, more) in [(Language::En, "More"), (Language::Es, "Más")] {
            let words = Words::of(language);
            let html =
                |here| Places::of(words, fl!(words.l, "places"), &[Role::Biller], Some(here)).to_string();
            let behind = html(Place::Criteria);
            assert!(behind.contains(&format!("<summary aria-current=\"true\">{more}</summary>")), "{behind}");
            assert_eq!(behind.matches("aria-current=\"page\"").count(), 1, "{behind}");
            let in_the_head = html(Place::Claims);
            assert!(in_the_head.contains(&format!("<summary>{more}</summary>")), "{in_the_head}");
            assert_eq!(in_the_head.matches("aria-current=\"page\"").count(), 1, "{in_the_head}");
        }
    }

    #[test]
    fn nothing_is_behind_more_where_four_places_are_enough() {
        let words = Words::of(Language::En);
        let html = Places::of(words, fl!(words.l, "places"), &[Role::Coordinator], None).to_string();
        assert!(!html.contains("<details"), "{html}");
        assert_eq!(html.matches("<a ").count(), 4, "{html}");
    }
}
