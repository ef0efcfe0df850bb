//! Today in each of its states, with invented people.

use domain::statute::ClockNature;
use i18n_embed_fl::fl;
use jiff::ToSpan as _;

use super::{Older, Section, news_section, news_view, view};
use crate::clocks;
use crate::gallery::{Sample, said, sample};
use crate::parts::{Card, Tone};
use crate::shell::Frame;
use crate::words::Words;

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let in_hours = |hours: i64| frame.now.checked_add(hours.hours()).unwrap_or(frame.now);
    let card = |person: &str, case: &str, hours: i64, tone, (en, es): (&str, &str), plan: &str| Card {
        tag: Some(fl!(l, "tag-asked")),
        tone,
        title: person.to_owned(),
        address: Some(format!("/portal/authorizations/{case}")),
        sentence: fl!(l, "asked-says", service = said(words, en, es), plan = plan),
        clock: Some(clocks::due(words, &rule(words), in_hours(hours), ClockNature::Duty, frame.now)),
    };
    let recuperative = ("Recuperative care", "Atención de recuperación");
    let deposits = ("Housing deposits", "Depósitos para vivienda");
    let meals = ("Medically tailored meals", "Comidas adaptadas");
    let full = vec![
        Section::of(
            fl!(l, "today-asked"),
            vec![
                card("M. Alvarez", "cas_1", -40, Tone::Late, recuperative, "Costa Verde"),
                card("R. Okafor", "cas_2", 3, Tone::Soon, deposits, "Sierra Azul"),
                card("J. Tran", "cas_3", 30, Tone::Soon, meals, "Valle"),
                card("L. Chen", "cas_4", 120, Tone::Plain, recuperative, "Costa Verde"),
            ],
        ),
        news_section(words, Vec::new(), Older::Exactly(0)),
    ];
    let notices = [
        (
            2,
            fl!(l, "authorization"),
            "authorizations/cas_1",
            ("Your authorization request is approved.", "Su solicitud de autorización fue aprobada."),
        ),
        (
            26,
            fl!(l, "referral"),
            "referrals/cas_5",
            ("The plan looks for a provider.", "El plan busca un proveedor."),
        ),
    ];
    let notice = |(hours, title, case, (en, es)): (i64, String, &str, (&str, &str))| Card {
        tag: Some(words.instant(in_hours(-hours))),
        tone: Tone::Plain,
        title,
        address: Some(format!("/portal/{case}")),
        sentence: said(words, en, es),
        clock: None,
    };
    let notices: Vec<Card> = notices.into_iter().map(notice).collect();
    let due = |hours, nature| Some(clocks::due(words, &rule(words), in_hours(hours), nature, frame.now));
    let offer = Card {
        tag: Some(fl!(l, "tag-offer")),
        tone: Tone::Soon,
        title: said(words, meals.0, meals.1),
        address: Some("/portal/offers/cas_6".to_owned()),
        sentence: fl!(l, "offer-says", plan = "Valle", county = "SRV", language = "es"),
        clock: due(30, ClockNature::Right),
    };
    let running = |title: String, sentence: String, hours| Card {
        tag: None,
        tone: Tone::Plain,
        title,
        address: Some("/portal/referrals/cas_7".to_owned()),
        sentence,
        clock: due(hours, ClockNature::Duty),
    };
    let of_hers = format!("{} · Costa Verde", said(words, recuperative.0, recuperative.1));
    let running = vec![
        running("M. Alvarez".to_owned(), of_hers, 60),
        running(fl!(l, "referral"), "Sierra Azul".to_owned(), 90),
    ];
    let others =
        vec![Section::of(fl!(l, "today-offers"), vec![offer]), Section::of(fl!(l, "today-clocks"), running)];
    let news = |older| vec![news_section(words, notices.clone(), older)];
    vec![
        sample("today", view(frame, full, 4).to_string()),
        sample("today-clocks", view(frame, others, 1).to_string()),
        sample("today-news", view(frame, news(Older::Exactly(1)), 0).to_string()),
        sample("today-news-many", view(frame, news(Older::MoreThan(90)), 0).to_string()),
        sample("news", news_view(frame, notices.clone(), Some("1~ntc_1")).to_string()),
        sample("news-empty", news_view(frame, Vec::new(), None).to_string()),
        sample("today-empty", view(frame, Vec::new(), 0).to_string()),
    ]
}

/// Rule of the clocks on the cards.
fn rule(words: Words) -> String {
    said(words, "The plan decides within 5 business days.", "El plan decide dentro de 5 días hábiles.")
}
