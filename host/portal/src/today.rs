//! Today: what a person of a provider must do now, what waits, and what is new.

use askama::Template;
use domain::case::CaseKind;
use domain::statute::ClockNature;
use i18n_embed_fl::fl;
use workflow::shown::{Offer, ProviderStep, ShownCase, ShownDeadline, ShownMember, ShownNotice};

use crate::ask;
use crate::case::{address, service_of};
use crate::clocks;
use crate::names::{self, Names};
use crate::parts::{Action, Card, Empty, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

pub(crate) mod samples;

/// A case that waits for the viewer's organization, with the person whom it is about where the viewer may see
/// the person.
pub struct Asked {
    /// The case, as the viewer may see it.
    pub case: ShownCase,
    /// The person whom it is about.
    pub member: Option<ShownMember>,
}

/// Everything that the page is made of, each as its use case gave it.
pub struct Today<'a> {
    /// Cases of which a plan asks for more.
    pub asked: &'a [Asked],
    /// Referrals that are offered to the viewer's organization.
    pub offers: &'a [Offer],
    /// Running clocks, the nearest first.
    pub clocks: &'a [ShownDeadline],
    /// Notices to the organization, newest first.
    pub news: &'a [ShownNotice],
    /// Notices that are older than those.
    pub older: Older,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// Notices for which Today has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    /// As many as this.
    Exactly(usize),
    /// More than this: nobody counted further.
    MoreThan(usize),
}

/// Address of the page of all notices.
pub const NEWS: &str = "/portal/news";

/// A heading with the cards below it.
pub(crate) struct Section {
    pub(crate) heading: String,
    /// Word on what the cards do not show, such as that there are others.
    pub(crate) says: Option<String>,
    pub(crate) cards: Vec<Card>,
    /// Leads to the others.
    pub(crate) more: Option<Action>,
}

impl Section {
    pub(crate) fn of(heading: String, cards: Vec<Card>) -> Self {
        Self { heading, says: None, cards, more: None }
    }
}

#[derive(Template)]
#[template(path = "today/today.html")]
pub(crate) struct TodayPage {
    pub(crate) shell: Shell,
    pub(crate) heading: String,
    pub(crate) says: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) empty: Option<Empty>,
}

/// Page of today, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, today: &Today<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let asked = today.asked.iter().map(|asked| asked_card(frame, asked, today.names)).collect();
    let offers = today.offers.iter().map(|offer| offer_card(frame, offer, today.names)).collect();
    let clocks = today.clocks.iter().map(|clock| clock_card(frame, clock, today)).collect();
    let news = today.news.iter().map(|notice| news_card(words, notice)).collect();
    let sections = vec![
        Section::of(fl!(l, "today-asked"), asked),
        Section::of(fl!(l, "today-offers"), offers),
        Section::of(fl!(l, "today-clocks"), clocks),
        news_section(words, news, today.older),
    ];
    view(frame, sections, today.asked.len() + today.offers.len()).to_string()
}

/// The page with these sections, of which those with nothing in them are left out. `due` is how many things
/// wait for the viewer.
pub(crate) fn view(frame: &Frame<'_>, sections: Vec<Section>, due: usize) -> TodayPage {
    let l = frame.words.l;
    let heading = fl!(l, "today");
    let sections: Vec<Section> = sections.into_iter().filter(|section| !section.cards.is_empty()).collect();
    let empty = sections.is_empty().then(|| Empty {
        title: fl!(l, "today-empty"),
        text: fl!(l, "today-empty-says"),
        action: Some(Action::main(fl!(l, "find-person"), Place::People.address())),
    });
    TodayPage {
        shell: Shell::of(frame, &heading, Some(Place::Today)),
        says: format!(
            "{} {}",
            fl!(l, "today-says", due = due),
            fl!(l, "as-of", time = frame.words.instant(frame.now))
        ),
        heading,
        sections,
        empty,
    }
}

/// The newest notices. Where there are older ones, the page says so, and how many.
pub(crate) fn news_section(words: Words, cards: Vec<Card>, older: Older) -> Section {
    let l = words.l;
    let more = match older {
        Older::Exactly(0) => None,
        Older::Exactly(count) => Some(fl!(l, "today-news-more", count = count)),
        Older::MoreThan(count) => Some(fl!(l, "today-news-many", count = count)),
    };
    Section {
        heading: fl!(l, "today-news"),
        says: more.is_some().then(|| fl!(l, "today-news-newest", shown = cards.len())),
        cards,
        more: more.map(|text| Action::other(text, NEWS)),
    }
}

#[derive(Template)]
#[template(path = "today/news.html")]
pub(crate) struct NewsPage {
    shell: Shell,
    heading: String,
    says: String,
    cards: Vec<Card>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of all notices, newest first, as HTML. `next` is the cursor of the next page.
#[must_use]
pub fn news(frame: &Frame<'_>, notices: &[ShownNotice], next: Option<&str>) -> String {
    let cards = notices.iter().map(|notice| news_card(frame.words, notice)).collect();
    news_view(frame, cards, next).to_string()
}

pub(crate) fn news_view(frame: &Frame<'_>, cards: Vec<Card>, next: Option<&str>) -> NewsPage {
    let l = frame.words.l;
    let heading = fl!(l, "news");
    NewsPage {
        shell: Shell::of(frame, &heading, Some(Place::Today)),
        heading,
        says: fl!(l, "news-says"),
        empty: cards.is_empty().then(|| Empty {
            title: fl!(l, "news-empty"),
            text: fl!(l, "news-empty-says"),
            action: None,
        }),
        cards,
        next: next.map(|cursor| Action::other(fl!(l, "more"), format!("{NEWS}?after={cursor}"))),
    }
}

fn asked_card(frame: &Frame<'_>, asked: &Asked, names: &Names) -> Card {
    let words = frame.words;
    let case = &asked.case.case;
    let title = asked.member.as_ref().map_or_else(|| fl!(words.l, "a-person"), name);
    let plan = case.plan.as_ref().map_or_else(String::new, |plan| names.plan(plan));
    let service = service_of(words, case);
    let open =
        |clock: &&ShownDeadline| clock.clock.settled_at.is_none() && clock.nature != ClockNature::Warning;
    let nearest = asked.case.deadlines.iter().filter(open).min_by_key(|clock| clock.clock.due_at);
    Card {
        tag: Some(fl!(words.l, "tag-asked")),
        tone: Tone::Soon,
        title,
        address: Some(ask::step::address(case.body.kind(), &case.id.to_string(), ProviderStep::Supply)),
        sentence: fl!(words.l, "asked-says", service = service, plan = plan),
        clock: nearest.map(|clock| clocks::clock(words, clock, frame.now)),
    }
}

/// Name of a person, given name first.
pub(crate) fn name(member: &ShownMember) -> String {
    format!("{} {}", member.identity.given_name.expose(), member.identity.family_name.expose())
}

fn offer_card(frame: &Frame<'_>, offer: &Offer, names: &Names) -> Card {
    let words = frame.words;
    let service = names::service(words, &offer.service);
    let rule = fl!(words.l, "offer-rule");
    Card {
        tag: Some(fl!(words.l, "tag-offer")),
        tone: Tone::Soon,
        title: service,
        address: Some(ask::step::offer_address(&offer.case.to_string())),
        sentence: fl!(
            words.l,
            "offer-says",
            plan = names.plan(&offer.plan),
            county = offer.county.as_str(),
            language = offer.language.as_str()
        ),
        clock: Some(clocks::due(words, &rule, offer.due_at, ClockNature::Right, frame.now)),
    }
}

/// A clock with the plan that it runs for or against. Of a case that stands on the page already it says whose
/// it is and for what: to say it of the others, each would have to be looked at.
fn clock_card(frame: &Frame<'_>, shown: &ShownDeadline, today: &Today<'_>) -> Card {
    let words = frame.words;
    let clock = clocks::clock(words, shown, frame.now);
    let kind = clocks::kind(shown);
    let kind_text = kind.map_or_else(|| fl!(words.l, "a-case"), |kind| kind_name(words, kind));
    let plan = shown.clock.plan.as_ref().map(|plan| today.names.plan(plan));
    let known = today.asked.iter().find(|asked| asked.case.case.id == shown.clock.case);
    let title = known.and_then(|asked| asked.member.as_ref()).map_or_else(|| kind_text.clone(), name);
    let service = known.map(|asked| service_of(words, &asked.case.case));
    let sentence: Vec<String> = service.into_iter().chain(plan).collect();
    Card {
        tag: None,
        tone: clock.tone,
        title,
        address: kind.map(|kind| address(kind, &shown.clock.case.to_string())),
        sentence: sentence.join(" · "),
        clock: Some(clock),
    }
}

/// Name of a kind of case.
pub(crate) fn kind_name(words: Words, kind: CaseKind) -> String {
    match kind {
        CaseKind::Referral => fl!(words.l, "referral"),
        CaseKind::Authorization => fl!(words.l, "authorization"),
        CaseKind::Claim => fl!(words.l, "claim"),
        CaseKind::Application => fl!(words.l, "application"),
    }
}

fn news_card(words: Words, shown: &ShownNotice) -> Card {
    let notice = &shown.delivered.notice;
    // The word of a notice about a case begins with the kind of the case.
    let of = |kind: &CaseKind| notice.kind.starts_with(kind.name());
    let kinds = [CaseKind::Referral, CaseKind::Authorization, CaseKind::Claim, CaseKind::Application];
    let kind = kinds.into_iter().find(of);
    let address = kind.zip(notice.case).map(|(kind, case)| address(kind, &case.to_string()));
    Card {
        tag: Some(words.instant(notice.at)),
        tone: Tone::Plain,
        title: kind.map_or_else(|| fl!(words.l, "a-notice"), |kind| kind_name(words, kind)),
        address,
        sentence: words.pick(&shown.text),
        clock: None,
    }
}
