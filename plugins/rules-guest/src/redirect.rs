//! Cases that are not the plan's own to judge: a delegate's, or another service's.

use crosswalk_plan::referral::{Destination, Disposition, Redirection, ReferralRequest, TriageResult};
use crosswalk_plan::types::{Context, FindingOutcome, Workflow};
use crosswalk_plan::{Delegation, Plan, Text};

use crate::book::{Book, Part, Read, Reader};

/// A referral that is redirected.
struct Redirect {
    /// The delegate whose members it is for; or none, and then:
    delegate: Option<&'static str>,
    /// the service it is for,
    service: &'static str,
    /// the member's line of business, if only for one,
    line: Option<&'static str>,
    /// and the service that it is turned to.
    to_service: &'static str,
    /// The criterion that does not hold.
    criterion: &'static str,
    reason: Text,
}

/// A cell of a table's rows, for the plan's own log.
pub(crate) struct Note {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) label: &'static str,
}

impl Read for Redirect {
    fn read(from: &mut Reader) -> Self {
        Redirect {
            delegate: Read::read(from),
            service: Read::read(from),
            line: Read::read(from),
            to_service: Read::read(from),
            criterion: Read::read(from),
            reason: Read::read(from),
        }
    }
}

impl Read for Note {
    fn read(from: &mut Reader) -> Self {
        Note { table: Read::read(from), column: Read::read(from), label: Read::read(from) }
    }
}

/// Whose a case is, if not the plan's own.
pub(crate) struct Redirects<'a> {
    redirects: &'static [Redirect],
    delegates: &'static [Delegation],
    context: &'a Context,
    workflow: Workflow,
}

impl<'a> Redirects<'a> {
    pub(crate) fn of(book: Book, context: &'a Context, workflow: Workflow) -> Redirects<'a> {
        Redirects {
            redirects: book.read(Part::Redirects),
            delegates: book.read(Part::Delegates),
            context,
            workflow,
        }
    }

    /// The delegate that the host found, or that the member's group belongs to, if the case is its own.
    pub(crate) fn delegate(&self, service: &str) -> Option<&'static str> {
        let coverage = &self.context.coverage;
        let decides = |delegate: &&Delegation| {
            let of_member = match (&coverage.delegate, &coverage.group) {
                (Some(found), _) => found == delegate.id,
                (None, Some(group)) => delegate.groups.contains(&group.as_str()),
                (None, None) => false,
            };
            of_member
                && delegate.responsibilities.iter().any(|(of, workflows, effective)| {
                    (*of == "*" || *of == service)
                        && workflows.contains(&self.workflow)
                        && effective.contains(self.context.as_of)
                })
        };
        self.delegates.iter().find(decides).map(|delegate| delegate.id)
    }

    /// The referral, turned to where it belongs, if that is not here.
    pub(crate) fn applying(&self, plan: &Plan, request: &ReferralRequest) -> Option<TriageResult> {
        let delegate = self.delegate(&request.service);
        let fits = |redirect: &&Redirect| match redirect.delegate {
            Some(_) => redirect.delegate == delegate,
            None => {
                redirect.service == request.service
                    && redirect.line.is_none_or(|line| line == self.context.coverage.line)
            }
        };
        let redirect = self.redirects.iter().find(fits)?;
        let to = match redirect.delegate {
            Some(delegate) => Destination::Delegate(delegate.to_owned()),
            None => Destination::Service(redirect.to_service.to_owned()),
        };
        let finding = plan.rule(redirect.criterion).map(|rule| rule.finding(FindingOutcome::NotMet));
        Some(TriageResult {
            disposition: Disposition::Redirected(Redirection { to, reason: redirect.reason.say() }),
            findings: finding.into_iter().collect(),
            notes: Vec::new(),
        })
    }
}
