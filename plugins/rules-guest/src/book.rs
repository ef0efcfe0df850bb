//! Reading carried rules: numbers, words and lists, one after the other, in the form that `host/rulebook`
//! writes.
//!
//! An instance lives for one call, so what is read is never freed: words point into the carried bytes
//! themselves, and lists are leaked. Each part of the rules, and each rule and rate in its part, is preceded
//! by its length, so that a call reads what it needs and steps over the rest.

use crosswalk_plan::profile::{
    ClaimForm, ClockUnit, CriterionKind, CriterionOrigin, FactKind, FileKind, Mode, PaymentModel,
};
use crosswalk_plan::types::{Date, DenialKind, Period, Urgency, Workflow};
use crosswalk_plan::{
    Answer, Asked, Cap, Capped, ClaimCriteria, Delegation, Desk, Elected, File, Length, Measure, Needed,
    Presume, Price, Promise, Reference, Rule, Stage, Test, Text, YearDay,
};

/// Message of a panic over a number that no part of the rules can be.
const BROKEN: &str = "the rules are as from-rules wrote them";

/// The rules' parts, in their order.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Identity,
    Elections,
    Rules,
    Facts,
    Presumptive,
    Defaults,
    Promises,
    Rates,
    Claims,
    Requirements,
    Files,
    Delegates,
    Desks,
    Calendar,
    Tables,
    Redirects,
    Notes,
    ByReferral,
}

/// The carried rules, as bytes.
#[derive(Clone, Copy)]
pub(crate) struct Book(pub(crate) &'static [u8]);

impl Book {
    /// All entries of a part.
    pub(crate) fn read<T: Read>(self, part: Part) -> T {
        T::read(&mut self.part(part))
    }

    /// The entries of a part of which each says first which service it is for: those of the services that are
    /// wanted.
    pub(crate) fn read_of<T: Read>(self, part: Part, wanted: impl Fn(&str) -> bool) -> &'static [T] {
        let mut part = self.part(part);
        let count = part.size();
        let mut entries = Vec::new();
        for _ in 0..count {
            let mut entry = part.part();
            if wanted(Read::read(&mut entry)) {
                entries.push(T::read(&mut entry));
            }
        }
        entries.leak()
    }

    fn part(self, part: Part) -> Reader {
        let mut reader = Reader(self.0);
        for _ in 0..part as usize {
            reader.part();
        }
        reader.part()
    }
}

/// Bytes that are still to be read.
pub(crate) struct Reader(&'static [u8]);

impl Reader {
    fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().expect(BROKEN);
        self.0 = rest;
        *byte
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return number;
            }
            shift += 7;
        }
    }

    fn size(&mut self) -> usize {
        usize::try_from(self.number()).expect(BROKEN)
    }

    fn bytes(&mut self) -> &'static [u8] {
        let size = self.size();
        let (bytes, rest) = self.0.split_at_checked(size).expect(BROKEN);
        self.0 = rest;
        bytes
    }

    fn part(&mut self) -> Reader {
        Reader(self.bytes())
    }
}

/// Something that is read from carried rules.
pub(crate) trait Read {
    fn read(from: &mut Reader) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Read for $number {
            fn read(from: &mut Reader) -> Self {
                <$number>::try_from(from.number()).expect(BROKEN)
            }
        })*
    };
}

/// Records, by their fields in the order in which they are written.
macro_rules! records {
    ($($record:ident { $($field:ident),* $(,)? })*) => {
        $(impl Read for $record {
            fn read(from: &mut Reader) -> Self {
                $(let $field = Read::read(from);)*
                Self { $($field),* }
            }
        })*
    };
}

/// Closed sets, each written as the place of its word.
macro_rules! words {
    ($($set:ident: $($word:ident),*;)*) => {
        $(impl Read for $set {
            fn read(from: &mut Reader) -> Self {
                const WORDS: &[$set] = &[$($set::$word),*];
                *WORDS.get(usize::from(from.byte())).expect(BROKEN)
            }
        })*
    };
}

numbers!(u8, u16, u32);

words! {
    Mode: Decides, Advises, People;
    CriterionKind: Inclusion, Exclusion, Documentation, Administrative;
    CriterionOrigin: State, Overlay;
    FactKind: Flag, Count, Measure, Day, Coded, Text;
    ClockUnit: BusinessDays, CalendarDays, Hours;
    PaymentModel: FeeForService, Monthly, CaseRate, Outreach, PerDiem, ProjectCost, EncounterOnly;
    ClaimForm: X12837p, Invoice;
    FileKind: ReturnFile, Outreach, Member, Authorization, Invoice;
    Workflow: Referral, Authorization, Billing, Credentialing, Exchange;
    Urgency: Standard, Expedited;
    DenialKind: Administrative, Clinical;
    Stage: Referral, Authorization, Both, Apart;
    Capped: Refused, WaitList;
}

records! {
    Date { year, month, day }
    Period { first, last }
    Text { en, es }
    Elected { service, counties, days, cap }
    Cap { members, months, full }
    Rule { id, service, population, kind, origin, stage, refusal, text, source, days, test }
    Asked { code, kind, codes, question, proof, source }
    Presume { id, service, population, days, provider_kinds, attest, effective }
    Length { service, days, renewal_days, units }
    Promise { workflow, urgency, amount, unit }
    Price { id, service, code, modifiers, model, amount, effective }
    ClaimCriteria { coverage, timely, procedure, authorization, duplicate }
    Needed { id, services, document, fact, minimum, valid_days, text, source }
    File { id, kind, name_pattern, delimiter, header_row, date_format, columns }
    Delegation { id, name, groups, responsibilities }
    Desk { purpose, name, phone, email }
    YearDay { day, works, name }
    Reference { name, keys, columns, text }
}

impl Read for bool {
    fn read(from: &mut Reader) -> Self {
        from.byte() == 1
    }
}

/// The sign is the lowest bit, so that small amounts of either sign are short.
impl Read for i64 {
    fn read(from: &mut Reader) -> Self {
        let number = from.number();
        (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
    }
}

impl Read for &'static str {
    fn read(from: &mut Reader) -> Self {
        std::str::from_utf8(from.bytes()).expect(BROKEN)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(from: &mut Reader) -> Self {
        bool::read(from).then(|| T::read(from))
    }
}

impl<T: Read> Read for &'static [T] {
    fn read(from: &mut Reader) -> Self {
        let count = from.size();
        let list: Vec<T> = (0..count).map(|_| T::read(from)).collect();
        list.leak()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(from: &mut Reader) -> Self {
        (A::read(from), B::read(from))
    }
}

impl<A: Read, B: Read, C: Read> Read for (A, B, C) {
    fn read(from: &mut Reader) -> Self {
        (A::read(from), B::read(from), C::read(from))
    }
}

impl Read for Answer {
    fn read(from: &mut Reader) -> Self {
        match from.byte() {
            0 => Answer::Yes,
            1 => Answer::No,
            2 => Answer::AtLeast(Read::read(from)),
            _ => Answer::Given,
        }
    }
}

impl Read for Measure {
    fn read(from: &mut Reader) -> Self {
        Measure::from_thousandths(Read::read(from))
    }
}

impl Read for Test {
    fn read(from: &mut Reader) -> Self {
        match from.byte() {
            0 => Test::Yes(Read::read(from)),
            1 => Test::No(Read::read(from)),
            2 => Test::NotSaid(Read::read(from)),
            3 => Test::OneOf(Read::read(from), Read::read(from)),
            4 => Test::NotSaidOf(Read::read(from), Read::read(from)),
            5 => Test::AtLeast(Read::read(from), Read::read(from)),
            6 => Test::AtMost(Read::read(from), Read::read(from)),
            7 => Test::NotSaidAbove(Read::read(from), Read::read(from)),
            8 => Test::Measures(Read::read(from), Read::read(from)),
            9 => Test::WithinMonths(Read::read(from), Read::read(from)),
            10 => Test::Document(Read::read(from)),
            11 => Test::Aged(Read::read(from)),
            12 => Test::Younger(Read::read(from)),
            13 => Test::Any(Read::read(from)),
            14 => Test::All(Read::read(from)),
            15 => Test::Covered,
            16 => Test::Elected,
            17 => Test::NotDuplicate,
            18 => Test::Room,
            19 => Test::DaysLeft {
                services: Read::read(from),
                months: Read::read(from),
                limit: Read::read(from),
            },
            20 => Test::NotInDsnp,
            21 => Test::InThisDsnp,
            _ => Test::ByPlan,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Read, Reader};

    fn read<T: Read>(bytes: &'static [u8]) -> T {
        T::read(&mut Reader(bytes))
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read::<u32>(&[0xe5, 0x8e, 0x26]), 624_485);
        assert_eq!([read::<i64>(&[0]), read(&[1]), read(&[2]), read(&[0xac, 0x02])], [0, -1, 1, 150]);
        assert_eq!(read::<&[&str]>(&[2, 1, b'a', 2, 0xc3, 0xb1]), ["a", "ñ"]);
        assert_eq!(read::<Option<&str>>(&[0]), None);
    }

    #[test]
    #[should_panic(expected = "as from-rules wrote them")]
    fn what_is_cut_off_is_never_guessed() {
        read::<&str>(&[3, b'a']);
    }
}
