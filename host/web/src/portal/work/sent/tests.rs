use super::*;

fn typed(fields: &[(&str, &str)]) -> Fields {
    Fields::of(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
}

fn english() -> Words {
    Words::of(Language::En)
}

#[test]
fn a_line_without_units_is_not_granted_and_keeps_its_number() {
    let typed = typed(&[
        ("line-1-units", " "),
        ("line-2-procedure", "t2033  u6"),
        ("line-2-units", "30"),
        ("line-2-first", "2026-03-02"),
        ("line-2-last", "2026-03-31"),
        ("reason-en", "Thirty days\r\nare enough."),
        ("kind", "clinical"),
        ("criteria", "one"),
        ("criteria", "two"),
    ]);
    let form = Form { typed: &typed, decision: PlanDecision::Part };
    let rows = Rows::of(form.decision, &typed);
    assert_eq!(rows, Rows { decision: PlanDecision::Part, prefix: "line", numbers: vec![2] });
    let body = form.authorization(&rows);
    assert_eq!(body.decision, "approve");
    let lines = body.lines.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&*lines[0].procedure.code, lines[0].procedure.modifiers.join(" ")),
        ("t2033", "u6".to_owned())
    );
    assert_eq!((lines[0].units, &*lines[0].first, &*lines[0].last), (30, "2026-03-02", "2026-03-31"));
    let reason = body.reason.unwrap();
    assert_eq!((reason.en.as_deref(), reason.es), (Some("Thirty days are enough."), None));
    assert_eq!(body.criteria.unwrap(), ["one", "two"]);
    // A problem of the first line that was sent stands at the second of the form.
    assert_eq!(rows.field("/lines/0/units"), "line-2-units");
    assert_eq!(rows.field("/lines/0/procedure/modifiers"), "line-2-procedure");
    assert_eq!(rows.field("/lines/0/last"), "line-2-last");
}

#[test]
fn fields_of_another_decision_are_not_read() {
    let typed = typed(&[
        ("line-1-units", "30"),
        ("kind", "clinical"),
        ("criteria", "one"),
        ("reason-en", "No."),
        ("asks", "fact:housing.status"),
        ("to", "service:ecm"),
    ]);
    let body = Form { typed: &typed, decision: PlanDecision::Approve }.authorization(&Rows {
        decision: PlanDecision::Approve,
        prefix: "line",
        numbers: vec![1],
    });
    assert!(body.lines.is_none() && body.reason.is_none() && body.kind.is_none());
    assert!(body.criteria.is_none() && body.asks.is_none());
    let body = Form { typed: &typed, decision: PlanDecision::Accept }.referral();
    assert!(body.reason.is_none() && body.to.is_none() && body.provider.is_none());
}

#[test]
fn what_is_missing_is_asked_for_by_fact_and_document() {
    let typed =
        typed(&[("asks", "fact:housing.status"), ("asks", "document:discharge-summary"), ("ask-more", "")]);
    let body = Form { typed: &typed, decision: PlanDecision::Pend }.authorization(&Rows {
        decision: PlanDecision::Pend,
        prefix: "line",
        numbers: Vec::new(),
    });
    let asks = body.asks.unwrap();
    assert_eq!(asks.len(), 2);
    assert_eq!(asks[0].fact.as_deref(), Some("housing.status"));
    assert_eq!(asks[1].document.as_deref(), Some("discharge-summary"));
}

#[test]
fn adjustments_are_read_as_people_write_them() {
    assert!(adjustments("").unwrap().is_none());
    let read = adjustments("co-45 $4.00, PR-1 2.50 N822").unwrap().unwrap();
    let shown: Vec<String> = read
        .iter()
        .map(|one| {
            format!("{} {} {} {}", one.group, one.reason, one.amount, one.remark.as_deref().unwrap_or("-"))
        })
        .collect();
    assert_eq!(shown, ["CO 45 4.00 -", "PR 1 2.50 N822"]);
    for wrong in ["CO45 4.00", "CO-45", "CO-45 4.00 N822 more", "CO-45 4.00,"] {
        assert!(adjustments(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn paid_amounts_may_be_written_with_a_dollar_sign_and_commas() {
    let typed = typed(&[("remittance", "EFT 1"), ("paid-2-amount", "$1,204.50"), ("paid-1-amount", "")]);
    let form = Form { typed: &typed, decision: PlanDecision::Pay };
    let rows = Rows::of(form.decision, &typed);
    let lines = form.paid_lines(&rows).ok().unwrap();
    assert_eq!((lines.len(), lines[0].number, &*lines[0].amount), (1, 2, "1204.50"));
    assert_eq!(rows.field("/lines/0/adjustments/0/reason"), "paid-2-adjustments");
    assert_eq!(rows.field("/lines/0"), "paid-2-amount");
}

#[test]
fn a_problem_is_said_at_its_field_in_the_readers_words() {
    let rows = Rows { decision: PlanDecision::Part, prefix: "line", numbers: vec![1, 3] };
    let problems = [
        FieldProblem::new(
            "/lines/1/units",
            Code::UnitsWithinWhatWasAsked,
            "there are too many",
            "lower them",
        ),
        FieldProblem::new("/lines/1/units", Code::OutOfRange, "a second problem", "of the same field"),
        FieldProblem::new("/reason", Code::MissingField, "the field is missing", "send it"),
        FieldProblem::new("/reason/es", Code::InvalidLength, "the text is not of 1 to 2000", "fill it"),
        FieldProblem::new("/elsewhere", Code::NoCoverage, "no coverage", "GET /v1/members"),
    ];
    let typed = typed(&[("line-3-units", "400")]);
    let of = |field: &str, text: Option<String>| Refused { field: field.to_owned(), text };
    assert_eq!(
        refused_of(english(), &problems, &rows, &typed),
        [
            of("line-3-units", Some("There are too many. Lower them.".to_owned())),
            of("reason-en", None),
            of("reason-es", None),
            of("decision", Some(Cause::NoCoverage.text(english()))),
        ]
    );
    let spanish = refused_of(Words::of(Language::Es), &problems[..1], &rows, &typed);
    let said = spanish[0].text.as_deref().unwrap();
    assert!(said.starts_with("Hay más unidades de las que se pidieron."), "{said}");
    assert!(!said.contains("there are"), "{said}");
}

#[test]
fn each_place_of_a_body_has_a_field() {
    let rows = Rows { decision: PlanDecision::Translate, prefix: "line", numbers: Vec::new() };
    for (pointer, field) in [
        ("/decision", "decision"),
        ("", "decision"),
        ("/kind", "kind"),
        ("/criteria/3", "criteria"),
        ("/reason/en", "reason-en"),
        ("/exception/es", "exception-es"),
        ("/without_authorization", "unauthorized-en"),
        ("/asks/0/fact", "asks"),
        ("/to/service", "to"),
        ("/provider", "provider"),
        ("/remittance", "remittance"),
        ("/effective", "effective"),
        ("/last_day", "last-day"),
        ("/text", "translation"),
        ("/against_advice", "against"),
        ("/lines", "line-1-units"),
    ] {
        assert_eq!(rows.field(pointer), field, "{pointer}");
    }
}

#[test]
fn a_letter_and_more_time_are_read_as_the_api_reads_them() {
    let typed =
        typed(&[("sent-on", ""), ("route", "mail"), ("notice-language", "es"), ("requested-by", "plan")]);
    let notice = Form { typed: &typed, decision: PlanDecision::Tell }.notice();
    assert_eq!(
        (notice.sent_on, &*notice.route, &*notice.language),
        (None, "mail", "es"),
        "today is the rule's"
    );
    let form = Form { typed: &typed, decision: PlanDecision::Extend };
    assert_eq!(form.extension().requested_by, "plan");
    let rows = Rows::of(PlanDecision::Tell, &typed);
    let fields = ["/sent_on", "/route", "/language"].map(|pointer| rows.field(pointer));
    assert_eq!(fields, ["sent-on", "route", "notice-language"]);
    assert_eq!(Rows::of(PlanDecision::Extend, &typed).field("/requested_by"), "requested-by");
    assert_eq!(said(english(), &FieldProblem::new("/route", Code::UnknownCode, "no", "send"), true), None);
}
