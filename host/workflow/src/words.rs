//! Sentences that the host itself says, in both languages.

use domain::case::CaseKind;
use domain::contract::EventKind;
use domain::identifiers::PlanId;
use domain::identity::{Kind, Verdict};
use domain::plan::types::{Bilingual, Workflow};
use domain::statute::ClockNature;
use jiff::civil::Date;

fn both(en: impl Into<String>, es: impl Into<String>) -> Bilingual {
    Bilingual { en: en.into(), es: es.into() }
}

/// Told to a plan about a no that its rules called administrative, or something to correct or to pay short,
/// and that is for medical reasons.
pub(crate) fn labelled_administrative() -> Bilingual {
    both(
        "The rules did not call this no clinical, but it rests on criteria or reason codes that judge the member's need, so a licensed person decides.",
        "Las reglas no llamaron clínica a esta negativa, pero se basa en criterios o códigos que juzgan la necesidad del miembro; decide una persona con licencia.",
    )
}

/// Told to the sender of a referral when its state changes.
pub(crate) fn referral_is(state: &str) -> Bilingual {
    let (en, es) = match state {
        "accepted" => ("The plan accepted your referral.", "El plan aceptó su remisión."),
        "provider-accepted" => {
            ("A provider has taken your referral.", "Un proveedor se hizo cargo de su remisión.")
        }
        "in-service" => ("Outreach has begun.", "Ya comenzó el contacto con la persona."),
        "changing-provider" => (
            "The member asked for another provider; the referral waits for one.",
            "La persona pidió otro proveedor; la remisión espera que uno la acepte.",
        ),
        "needs-information" => (
            "The plan needs more information about your referral.",
            "El plan necesita más información sobre su remisión.",
        ),
        "redirected" => (
            "The plan says that your referral belongs elsewhere.",
            "El plan indica que su remisión corresponde a otro lugar.",
        ),
        "not-eligible" => {
            ("The plan found the member not eligible.", "El plan determinó que la persona no es elegible.")
        }
        "closed" => ("Your referral is closed.", "Su remisión está cerrada."),
        "moved" => ("Your referral goes on at another plan.", "Su remisión sigue en otro plan."),
        _ => ("The plan's people have your referral.", "El personal del plan tiene su remisión."),
    };
    both(en, es)
}

/// Told to the provider that is to deliver.
pub(crate) fn referral_for_you() -> Bilingual {
    both(
        "A referral is waiting for you to accept or decline.",
        "Una remisión espera que usted la acepte o la rechace.",
    )
}

/// Told to the sender of a referral when the provider that was asked for cannot be offered it.
pub(crate) fn preferred_without_contract() -> Bilingual {
    both(
        "The provider that you named has no contract with the plan for this service. The plan finds another.",
        "El proveedor que usted indicó no tiene contrato con el plan para este servicio. El plan buscará otro.",
    )
}

/// Told to a provider about its contract with a plan.
pub(crate) fn contract_is(
    plan: &str,
    step: EventKind,
    day: Option<Date>,
    reason: Option<&Bilingual>,
) -> Bilingual {
    let on = day.map(|day| day.to_string()).unwrap_or_default();
    let (en, es) = match step {
        EventKind::Record => ("is on record".to_owned(), "está registrado".to_owned()),
        EventKind::Suspend => {
            (format!("is suspended from {on} on"), format!("queda suspendido desde el {on}"))
        }
        EventKind::Reinstate => {
            (format!("holds again from {on} on"), format!("vuelve a valer desde el {on}"))
        }
        EventKind::End => (format!("ends on {on}"), format!("termina el {on}")),
        EventKind::Withdraw => (
            format!("no longer counts after {on} for what your credentialing file was approved for"),
            format!("deja de valer después del {on} para lo que se aprobó en su expediente"),
        ),
        EventKind::Translate => (
            "has its reason in both languages now".to_owned(),
            "ya tiene su motivo en los dos idiomas".to_owned(),
        ),
        EventKind::Change => (format!("changes from {on} on"), format!("cambia desde el {on}")),
        EventKind::Extend => (format!("is for more from {on} on"), format!("abarca más desde el {on}")),
    };
    let (why, porque) = reason.map_or((String::new(), String::new()), |reason| {
        (format!(" {}", reason.en), format!(" {}", reason.es))
    });
    both(
        format!("Your contract with the plan {plan} {en}.{why}"),
        format!("Su contrato con el plan {plan} {es}.{porque}"),
    )
}

/// Told to a provider when a plan reads its approved or declined file again, or ends its approval.
pub(crate) fn approval_is(plan: &PlanId, last: Option<Date>, reason: &Bilingual) -> Bilingual {
    let (en, es) = match last {
        None => {
            ("reads your credentialing file again.".to_owned(), "vuelve a leer su expediente.".to_owned())
        }
        Some(last) => (
            format!("ends the approval of your credentialing file on {last}."),
            format!("termina la aprobación de su expediente el {last}."),
        ),
    };
    both(format!("The plan {plan} {en} {}", reason.en), format!("El plan {plan} {es} {}", reason.es))
}

/// Told to a provider whose offer is over.
pub(crate) fn offer_ended() -> Bilingual {
    both(
        "A referral that was offered to you is no longer open to you.",
        "Una remisión que se le ofreció ya no está disponible para usted.",
    )
}

/// Told to a plan's people when nobody is left to offer a referral to.
pub(crate) fn referral_waits_for_provider() -> Bilingual {
    both(
        "A referral that you accepted waits for you to find a provider.",
        "Una remisión que usted aceptó espera que le encuentre un proveedor.",
    )
}

/// Told to the sender of a second referral to the same service.
pub(crate) fn referral_joined() -> Bilingual {
    both(
        "Another referral to this service is under way for this person. Yours goes with it, and you are told of each step.",
        "Ya hay otra remisión en curso a este servicio para esta persona. La suya se une a ella y se le avisará de cada paso.",
    )
}

/// Name of a kind of case in both languages, and the letter with which Spanish words about it end.
fn names(kind: CaseKind) -> (&'static str, &'static str, char) {
    match kind {
        CaseKind::Referral => ("referral", "remisión", 'a'),
        CaseKind::Authorization => ("authorization request", "solicitud de autorización", 'a'),
        CaseKind::Claim => ("claim", "cobro", 'o'),
        CaseKind::Application => ("credentialing file", "expediente de acreditación", 'o'),
    }
}

/// Told to a plan's people when a claim that they paid was replaced or voided.
pub(crate) fn claim_taken_back() -> Bilingual {
    both(
        "A claim that you paid was replaced or voided by its provider. What was paid is taken back with your next remittance.",
        "El proveedor reemplazó o anuló un cobro que usted pagó. Lo pagado se recupera con su próxima remesa.",
    )
}

/// Told to a provider about a case of any other kind.
pub(crate) fn case_is(kind: CaseKind, state: &str) -> Bilingual {
    let (name, nombre, end) = names(kind);
    let (en, es) = match state {
        "approved" => ("is approved", format!("fue aprobad{end}")),
        "partly-approved" => ("is approved in part", format!("fue aprobad{end} en parte")),
        "modified" => ("is approved with changes", format!("fue aprobad{end} con cambios")),
        "denied" => ("is denied", format!("fue denegad{end}")),
        "pended" | "incomplete" => ("needs more information", "necesita más información".to_owned()),
        "rejected" => ("must be corrected and sent again", "debe corregirse y enviarse de nuevo".to_owned()),
        "payable" => ("will be paid", format!("será pagad{end}")),
        "paid" => ("is paid", format!("está pagad{end}")),
        "declined" => ("is declined", format!("fue rechazad{end}")),
        "settled" => {
            ("was read by every plan that it was sent to", format!("fue leíd{end} por todos los planes"))
        }
        "moved" => ("goes on at another plan", "sigue en otro plan".to_owned()),
        "disputed" => (
            "is disputed; the plan's people answer",
            "está en disputa; responderá el personal del plan".to_owned(),
        ),
        _ => ("is with the plan's people", "está con el personal del plan".to_owned()),
    };
    both(format!("Your {name} {en}."), format!("Su {nombre} {es}."))
}

/// Told to the provider that delivers about another's request for its service.
pub(crate) fn request_for_you(state: &str) -> Bilingual {
    let (en, es) = match state {
        "approved" => ("is approved", "fue aprobada"),
        "partly-approved" => ("is approved in part", "fue aprobada en parte"),
        "modified" => ("is approved with changes", "fue aprobada con cambios"),
        "denied" => ("is denied", "fue denegada"),
        "pended" => ("needs more information", "necesita más información"),
        "withdrawn" => ("was taken back by its sender", "fue retirada por quien la envió"),
        "received" => ("was sent to the plan", "fue enviada al plan"),
        _ => ("is with the plan's people", "está con el personal del plan"),
    };
    both(
        format!("A request for service that you are to deliver {en}."),
        format!("Una solicitud de un servicio que usted prestaría {es}."),
    )
}

/// Told to the provider that delivers when the decision about another's request may wait longer.
pub(crate) fn request_for_you_waits() -> Bilingual {
    both(
        "The plan may take up to 14 calendar days more to decide about a service that you are to deliver.",
        "El plan puede tardar hasta 14 días naturales más en decidir sobre un servicio que usted prestaría.",
    )
}

/// Told to a provider about a case that has just come in.
pub(crate) fn case_received(kind: CaseKind) -> Bilingual {
    let (name, nombre, _) = names(kind);
    both(format!("The plan has your {name}."), format!("El plan tiene su {nombre}."))
}

/// Told to a plan's people when a case waits for their decision.
pub(crate) fn case_waits(kind: CaseKind) -> Bilingual {
    let (en, es) = match kind {
        CaseKind::Referral => ("A referral waits for you.", "Una remisión espera su decisión."),
        CaseKind::Authorization => {
            ("An authorization request waits for you.", "Una solicitud de autorización espera su decisión.")
        }
        CaseKind::Claim => ("A claim waits for you.", "Un cobro espera su decisión."),
        CaseKind::Application => {
            ("A credentialing file waits for you.", "Un expediente de acreditación espera su decisión.")
        }
    };
    both(en, es)
}

/// Told to everybody on a case that goes on at another plan.
pub(crate) fn moved_away(kind: CaseKind) -> Bilingual {
    let (name, nombre, end) = names(kind);
    let this = if end == 'o' { "Este" } else { "Esta" };
    both(
        format!(
            "The member's days are another plan's now. This {name} ends here and goes on there, with the same receipt."
        ),
        format!(
            "Los días de la persona son ahora de otro plan. {this} {nombre} termina aquí y sigue allá, con la misma recepción."
        ),
    )
}

/// Told to a plan's people about a case that comes from another plan.
pub(crate) fn moved_here(kind: CaseKind) -> Bilingual {
    let (name, nombre, end) = names(kind);
    let a = if end == 'o' { "un" } else { "una" };
    both(
        format!(
            "A {name} of a member who is yours now came from another plan. Its clocks run from its first receipt."
        ),
        format!(
            "Llegó de otro plan {a} {nombre} de una persona que ahora es suya. Sus plazos corren desde la primera recepción."
        ),
    )
}

/// Told about an authorization that the new plan is asked to go on with.
pub(crate) fn goes_on(rule: &Bilingual) -> Bilingual {
    both(
        format!(
            "The member changed plans, and the new plan is asked to go on with what was authorized. {}",
            rule.en
        ),
        format!("La persona cambió de plan y se pide al plan nuevo que continúe lo autorizado. {}", rule.es),
    )
}

/// Told to a plan when the host took its plugin back.
pub(crate) fn rolled_back(digest: &str) -> Bilingual {
    let short = digest.get(..12).unwrap_or(digest);
    both(
        format!("Plugin {short} failed too often and was taken back. The version before it decides."),
        format!("El componente {short} falló demasiado y fue retirado. Decide la versión anterior."),
    )
}

/// Why a line of a claim that came too late is denied.
pub(crate) fn filed_too_late(last: Date) -> Bilingual {
    both(
        format!(
            "It came after {last}, the last day to file for these days of service (CARC 29). If there was good cause, dispute \
             it and say so: the plan's people decide."
        ),
        format!(
            "Llegó después del {last}, el último día para facturar estos días de servicio (CARC 29). Si hubo un motivo \
             justificado, dispútelo y dígalo: decidirá el personal del plan."
        ),
    )
}

/// Name of the clock that a plan's own turn-around time is.
pub(crate) fn promised(workflow: Workflow) -> Bilingual {
    let (en, es) = match workflow {
        Workflow::Referral => ("an answer to the referral", "una respuesta a la remisión"),
        Workflow::Billing => ("an answer to the claim", "una respuesta al cobro"),
        Workflow::Credentialing => {
            ("an answer to the credentialing file", "una respuesta al expediente de acreditación")
        }
        Workflow::Authorization | Workflow::Exchange => {
            ("a decision on the request", "una decisión sobre la solicitud")
        }
    };
    both(
        format!("The plan promises {en} by then; the state's own time limit runs beside it."),
        format!("El plan promete {es} para entonces; el plazo del estado corre aparte."),
    )
}

/// Told to everybody on a case when a clock has run out: its consequence, and the rule in its own words.
pub(crate) fn clock_ran_out(nature: ClockNature, rule: &Bilingual) -> Bilingual {
    let (en, es) = match nature {
        ClockNature::Duty => {
            ("A time limit has passed, and the plan was told.", "Se venció un plazo y se avisó al plan.")
        }
        ClockNature::Right => {
            ("The time to use a right has passed.", "Se venció el tiempo para ejercer un derecho.")
        }
        ClockNature::Warning => ("A time limit is near.", "Se acerca el fin de un plazo."),
    };
    both(format!("{en} {}", rule.en), format!("{es} {}", rule.es))
}

/// An authorization ended before its last day.
pub(crate) fn authorization_ended(last: Date) -> Bilingual {
    both(
        format!(
            "The authorization ends early: its last day is {last}. What was granted for later days is free again."
        ),
        format!(
            "La autorización termina antes: su último día es {last}. Lo autorizado para días posteriores queda libre."
        ),
    )
}

/// An authorization of the plan before ended where another plan has answered for its days.
pub(crate) fn authorization_answered_elsewhere(last: Date) -> Bilingual {
    both(
        format!(
            "Another plan covers the member after {last}, and what it was asked to go on with is settled there. This authorization ends with that day."
        ),
        format!(
            "Otro plan cubre a la persona después del {last}, y allí se resolvió lo que se le pidió continuar. Esta autorización termina ese día."
        ),
    )
}

/// Told to a provider when the decision may wait longer.
pub(crate) fn decision_waits(reason: &Bilingual) -> Bilingual {
    both(
        format!("The plan may take up to 14 calendar days more to decide. {}", reason.en),
        format!("El plan puede tardar hasta 14 días naturales más en decidir. {}", reason.es),
    )
}

/// Told to everybody who works with a member when birth date or names were corrected.
pub(crate) fn member_corrected() -> Bilingual {
    both(
        "The birth date or the name of a member was corrected. Look the member up and correct your own records.",
        "Se corrigió la fecha de nacimiento o el nombre de un miembro. Consulte al miembro y corrija sus registros.",
    )
}

/// Told to a provider when a member file names somebody whom it had added.
pub(crate) fn member_confirmed() -> Bilingual {
    both(
        "A member file now tells of a member whom you had added. The member's coverage is known.",
        "Un archivo de miembros ya incluye a un miembro que usted había agregado. Se conoce su cobertura.",
    )
}

/// Told to everybody who works with a member when two turned out to be one.
pub(crate) fn member_merged() -> Bilingual {
    both(
        "Two members turned out to be one person. Cases and coverage are together now, and the old id leads to the person.",
        "Dos miembros resultaron ser la misma persona. Casos y cobertura están juntos, y el id anterior lleva a esa persona.",
    )
}

/// Told to everybody who works with a member when one turned out to be two.
pub(crate) fn member_split() -> Bilingual {
    both(
        "A member turned out to be two people. Check your cases: some are about the other person now.",
        "Un miembro resultó ser dos personas. Revise sus casos: algunos son ahora de la otra persona.",
    )
}

/// Told about a conflict over a member. Nothing of anybody's data is in it.
pub(crate) fn identity_conflict(kind: Kind) -> Bilingual {
    match kind {
        Kind::BirthDate | Kind::Name => both(
            "A member file tells of a number with another birth date or name than the record. Nothing was changed; the operator settles it.",
            "Un archivo de miembros da a un número otra fecha de nacimiento u otro nombre que el registro. No se cambió nada; lo resuelve el operador.",
        ),
        Kind::TwoPlans => both(
            "Two plans' member files cover one person on the same days. Until it is settled, the plan that came later is asked nothing about them. Check the state's eligibility and correct your file, or tell the operator.",
            "Los archivos de dos planes cubren a una persona los mismos días. Hasta que se resuelva, no se pregunta nada al plan que llegó después. Verifique la elegibilidad del estado y corrija su archivo, o avise al operador.",
        ),
    }
}

/// Told about the verdict on a conflict over a member.
pub(crate) fn identity_settled(verdict: Verdict) -> Bilingual {
    let (en, es) = match verdict {
        Verdict::Record => (
            "A conflict about a member is settled: what the record said stands. Correct the file that said otherwise.",
            "Se resolvió un conflicto sobre un miembro: queda lo que decía el registro. Corrija el archivo que decía otra cosa.",
        ),
        Verdict::File => (
            "A conflict about a member is settled: what the file said stands, and the record was corrected.",
            "Se resolvió un conflicto sobre un miembro: queda lo que decía el archivo, y se corrigió el registro.",
        ),
        Verdict::FirstPlan => (
            "A conflict about coverage is settled: the plan that covered the member first goes on.",
            "Se resolvió un conflicto de cobertura: sigue el plan que cubría primero al miembro.",
        ),
        Verdict::LaterPlan => (
            "A conflict about coverage is settled: the plan whose file came later covers the member on the days of both.",
            "Se resolvió un conflicto de cobertura: en los días de ambos cubre el plan cuyo archivo llegó después.",
        ),
        Verdict::State => (
            "A conflict about a member is settled: the state's file says what is so.",
            "Se resolvió un conflicto sobre un miembro: el archivo del estado dice lo que es.",
        ),
        Verdict::Gone => (
            "A conflict about coverage is over: the files do not cover the same days any more.",
            "Terminó un conflicto de cobertura: los archivos ya no cubren los mismos días.",
        ),
    };
    both(en, es)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_about_a_case_ends_as_its_name_does_in_spanish() {
        for (kind, state, expected) in [
            (CaseKind::Authorization, "approved", "Su solicitud de autorización fue aprobada."),
            (CaseKind::Claim, "payable", "Su cobro será pagado."),
            (CaseKind::Claim, "denied", "Su cobro fue denegado."),
            (CaseKind::Application, "declined", "Su expediente de acreditación fue rechazado."),
            (
                CaseKind::Application,
                "settled",
                "Su expediente de acreditación fue leído por todos los planes.",
            ),
        ] {
            assert_eq!(case_is(kind, state).es, expected);
        }
        assert!(moved_away(CaseKind::Claim).es.contains("Este cobro termina"));
        assert!(moved_here(CaseKind::Referral).es.contains("una remisión de una persona"));
    }
}
