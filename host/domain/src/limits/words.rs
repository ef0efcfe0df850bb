//! Limits as people read them.

use super::{Accumulator, How, LimitUnit, Passed, Span};
use crate::Cents;
use crate::plan::billing::Rejection;
use crate::plan::types::Bilingual;

impl LimitUnit {
    /// So many of it, in words.
    #[must_use]
    pub fn say(self, number: i64) -> Bilingual {
        let plural = |en: &str, es: &str| {
            let end = if number == 1 { "" } else { "s" };
            both(format!("{number} {en}{end}"), format!("{number} {es}{end}"))
        };
        match self {
            Self::Days => plural("day", "día"),
            Self::Cents => both(format!("${}", Cents(number)), format!("${}", Cents(number))),
            Self::Approvals => both(
                format!("{number} {}", if number == 1 { "approval" } else { "approvals" }),
                format!("{number} {}", if number == 1 { "aprobación" } else { "aprobaciones" }),
            ),
            Self::MealsADay => {
                let Bilingual { en, es } = plural("meal", "comida");
                both(format!("{en} a day"), format!("{es} al día"))
            }
            Self::Minutes => {
                let (hours, minutes) = (number / 60, number % 60);
                let part = if minutes == 0 { String::new() } else { format!(":{minutes:02}") };
                both(format!("{hours}{part} hours"), format!("{hours}{part} horas"))
            }
        }
    }
}

impl Passed {
    /// Sentence on the limit that is in the way, with its numbers. Names no plan and no provider.
    #[must_use]
    pub fn text(&self) -> Bilingual {
        let Bilingual { en, es } = match self.how {
            How::Overlap => {
                let nights = LimitUnit::Days.say(self.used);
                both(
                    format!("{} of these days are authorized or delivered elsewhere.", nights.en),
                    format!("De estos días, {} ya están autorizados o prestados en otro lugar.", nights.es),
                )
            }
            How::Amount => {
                let [used, left, asked] =
                    [self.used, self.left, self.asked].map(|number| self.unit.say(number));
                both(
                    format!("Used: {}. Left: {}. Asked: {}.", used.en, left.en, asked.en),
                    format!("Usado: {}. Queda: {}. Solicitado: {}.", used.es, left.es, asked.es),
                )
            }
        };
        let within = counted_in(self.window);
        both(format!("{} {en}{}", self.text.en, within.en), format!("{} {es}{}", self.text.es, within.es))
    }
}

impl Passed {
    /// The claim adjustment reason code of a payment that would pass it (X12 external code list 139).
    #[must_use]
    pub fn adjustment_reason(&self) -> &'static str {
        match self.how {
            How::Amount => "119",
            How::Overlap => "B20",
        }
    }

    /// Sentence for the biller of a line that would pass the limit.
    #[must_use]
    pub fn rejection(&self) -> Rejection {
        Rejection {
            field: "/days".to_owned(),
            reason_code: self.adjustment_reason().to_owned(),
            remark: None,
            reason: self.text(),
            fix: both(
                "Bill what is left of the limit; ⟦getMemberLimits⟧ says how much.".to_owned(),
                "Facture lo que queda del límite; ⟦getMemberLimits⟧ indica cuánto.".to_owned(),
            ),
        }
    }

    /// The same, for a case that people decide because of it.
    #[must_use]
    pub fn for_people(&self) -> Bilingual {
        let Bilingual { en, es } = self.text();
        both(
            format!("{en} The plan's people decide. The clock is running."),
            format!("{es} El personal del plan decidirá. El plazo ya está corriendo."),
        )
    }
}

impl Accumulator<'_> {
    /// State of the limit, in a sentence.
    #[must_use]
    pub fn say(&self) -> Bilingual {
        let used = self.unit.say(self.authorized + self.delivered);
        let [allowed, left] = [self.allowed, self.left()].map(|number| self.unit.say(number));
        let within = counted_in(self.window);
        both(
            format!("{} of {} left; {} authorized or delivered.{}", left.en, allowed.en, used.en, within.en),
            format!("Queda: {} de {}; autorizado o prestado: {}.{}", left.es, allowed.es, used.es, within.es),
        )
    }
}

fn counted_in(window: Option<Span>) -> Bilingual {
    match window {
        None => both(String::new(), String::new()),
        Some(Span { first, last }) => {
            both(format!(" Counted from {first} to {last}."), format!(" Se cuenta del {first} al {last}."))
        }
    }
}

fn both(en: String, es: String) -> Bilingual {
    Bilingual { en, es }
}
