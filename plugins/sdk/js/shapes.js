// The contract's types as data, written from wit/; not to be edited.
export default {
  "contract": "crosswalk:plan@1.0.0",
  "functions": {
    "authorization": {
      "determine": {
        "fails": true,
        "gives": "determination",
        "takes": [
          [
            "request",
            "authorization-request"
          ],
          [
            "context",
            "context"
          ]
        ]
      },
      "presume": {
        "fails": true,
        "gives": {
          "option": "presumption"
        },
        "takes": [
          [
            "request",
            "authorization-request"
          ],
          [
            "context",
            "context"
          ]
        ]
      }
    },
    "billing": {
      "adjudicate": {
        "fails": true,
        "gives": "adjudication",
        "takes": [
          [
            "claim",
            "claim"
          ],
          [
            "context",
            "context"
          ]
        ]
      }
    },
    "credentialing": {
      "review": {
        "fails": true,
        "gives": "review-result",
        "takes": [
          [
            "application",
            "application"
          ],
          [
            "today",
            "date"
          ]
        ]
      }
    },
    "exchange": {
      "parse": {
        "fails": true,
        "gives": "parsed",
        "takes": [
          [
            "file",
            "received"
          ]
        ]
      },
      "render": {
        "fails": true,
        "gives": "rendered",
        "takes": [
          [
            "document",
            "outgoing"
          ]
        ]
      }
    },
    "profile": {
      "describe": {
        "fails": false,
        "gives": "plan-profile",
        "takes": []
      }
    },
    "referral": {
      "triage": {
        "fails": true,
        "gives": "triage-result",
        "takes": [
          [
            "request",
            "referral-request"
          ],
          [
            "context",
            "context"
          ]
        ]
      }
    }
  },
  "types": {
    "adjudication": {
      "interface": "billing",
      "record": [
        [
          "lines",
          {
            "list": "line-result"
          }
        ],
        [
          "findings",
          {
            "list": "finding"
          }
        ],
        [
          "notes",
          {
            "list": "string"
          }
        ]
      ]
    },
    "adjustment": {
      "interface": "billing",
      "record": [
        [
          "group",
          "string"
        ],
        [
          "reason",
          "string"
        ],
        [
          "remark",
          {
            "option": "string"
          }
        ],
        [
          "amount",
          "cents"
        ]
      ]
    },
    "application": {
      "interface": "credentialing",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "legal-name",
          "string"
        ],
        [
          "provider",
          "provider"
        ],
        [
          "services",
          {
            "list": "string"
          }
        ],
        [
          "counties",
          {
            "list": "string"
          }
        ],
        [
          "answers",
          {
            "list": "fact"
          }
        ],
        [
          "documents",
          {
            "list": "document"
          }
        ]
      ]
    },
    "ask": {
      "interface": "types",
      "variant": [
        [
          "fact",
          "string"
        ],
        [
          "document",
          "string"
        ]
      ]
    },
    "authorization-default": {
      "interface": "profile",
      "record": [
        [
          "service",
          "string"
        ],
        [
          "days",
          "u16"
        ],
        [
          "renewal-days",
          "u16"
        ],
        [
          "units",
          {
            "option": "u32"
          }
        ]
      ]
    },
    "authorization-request": {
      "interface": "authorization",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "service",
          "string"
        ],
        [
          "populations",
          {
            "list": "string"
          }
        ],
        [
          "kind",
          "request-kind"
        ],
        [
          "urgency",
          "urgency"
        ],
        [
          "member",
          "member"
        ],
        [
          "provider",
          "provider"
        ],
        [
          "lines",
          {
            "list": "requested-line"
          }
        ],
        [
          "facts",
          {
            "list": "fact"
          }
        ],
        [
          "documents",
          {
            "list": "document"
          }
        ]
      ]
    },
    "authorized-line": {
      "interface": "billing",
      "record": [
        [
          "number",
          "string"
        ],
        [
          "presumptive",
          "bool"
        ],
        [
          "procedure",
          {
            "option": "procedure"
          }
        ],
        [
          "days",
          "period"
        ],
        [
          "units",
          {
            "option": "u32"
          }
        ],
        [
          "used",
          "u32"
        ]
      ]
    },
    "bilingual": {
      "interface": "types",
      "record": [
        [
          "en",
          "string"
        ],
        [
          "es",
          "string"
        ]
      ]
    },
    "calendar-day": {
      "interface": "profile",
      "record": [
        [
          "day",
          "date"
        ],
        [
          "works",
          "bool"
        ],
        [
          "name",
          "string"
        ]
      ]
    },
    "capacity": {
      "interface": "profile",
      "record": [
        [
          "members",
          "u32"
        ],
        [
          "window-months",
          "u8"
        ],
        [
          "wait-list",
          "bool"
        ]
      ]
    },
    "capacity-count": {
      "interface": "types",
      "record": [
        [
          "service",
          "string"
        ],
        [
          "county",
          "string"
        ],
        [
          "admitted",
          "u32"
        ],
        [
          "cap",
          "u32"
        ]
      ]
    },
    "cell": {
      "interface": "exchange",
      "record": [
        [
          "name",
          "string"
        ],
        [
          "value",
          "string"
        ]
      ]
    },
    "cents": {
      "alias": "s64",
      "interface": "types"
    },
    "claim": {
      "interface": "billing",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "frequency",
          "frequency"
        ],
        [
          "member",
          "member"
        ],
        [
          "provider",
          "provider"
        ],
        [
          "diagnoses",
          {
            "list": "string"
          }
        ],
        [
          "received",
          "date"
        ],
        [
          "lines",
          {
            "list": "claim-line"
          }
        ],
        [
          "authorizations",
          {
            "list": "authorized-line"
          }
        ],
        [
          "facts",
          {
            "list": "fact"
          }
        ],
        [
          "documents",
          {
            "list": "document"
          }
        ]
      ]
    },
    "claim-form": {
      "enum": [
        "x12-837p",
        "invoice"
      ],
      "interface": "profile"
    },
    "claim-line": {
      "interface": "billing",
      "record": [
        [
          "number",
          "u16"
        ],
        [
          "service",
          "string"
        ],
        [
          "procedure",
          "procedure"
        ],
        [
          "place",
          "string"
        ],
        [
          "days",
          "period"
        ],
        [
          "units",
          "u32"
        ],
        [
          "charge",
          "cents"
        ],
        [
          "minutes",
          {
            "option": "u32"
          }
        ]
      ]
    },
    "claim-route": {
      "interface": "profile",
      "record": [
        [
          "form",
          "claim-form"
        ],
        [
          "payer-id",
          "string"
        ],
        [
          "filing-days",
          "u16"
        ]
      ]
    },
    "clock-unit": {
      "enum": [
        "business-days",
        "calendar-days",
        "hours"
      ],
      "interface": "profile"
    },
    "column": {
      "interface": "profile",
      "record": [
        [
          "value",
          "string"
        ],
        [
          "header",
          "string"
        ],
        [
          "codes",
          {
            "list": {
              "tuple": [
                "string",
                "string"
              ]
            }
          }
        ]
      ]
    },
    "contact": {
      "interface": "profile",
      "record": [
        [
          "purpose",
          "string"
        ],
        [
          "name",
          "string"
        ],
        [
          "phone",
          "string"
        ],
        [
          "email",
          "string"
        ]
      ]
    },
    "context": {
      "interface": "types",
      "record": [
        [
          "as-of",
          "date"
        ],
        [
          "today",
          "date"
        ],
        [
          "received",
          "instant"
        ],
        [
          "coverage",
          "coverage"
        ],
        [
          "history",
          {
            "list": "usage"
          }
        ],
        [
          "capacity",
          {
            "list": "capacity-count"
          }
        ],
        [
          "open-cases",
          {
            "list": "open-case"
          }
        ],
        [
          "tables",
          {
            "list": "table-slice"
          }
        ]
      ]
    },
    "coverage": {
      "interface": "types",
      "record": [
        [
          "line",
          "string"
        ],
        [
          "days",
          "period"
        ],
        [
          "dual-status",
          "string"
        ],
        [
          "other-d-snp",
          "bool"
        ],
        [
          "group",
          {
            "option": "string"
          }
        ],
        [
          "delegate",
          {
            "option": "string"
          }
        ]
      ]
    },
    "criterion": {
      "interface": "profile",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "service",
          "string"
        ],
        [
          "kind",
          "criterion-kind"
        ],
        [
          "origin",
          "criterion-origin"
        ],
        [
          "text",
          "bilingual"
        ],
        [
          "facts",
          {
            "list": "string"
          }
        ],
        [
          "documents",
          {
            "list": "string"
          }
        ],
        [
          "source",
          "string"
        ],
        [
          "days",
          "period"
        ]
      ]
    },
    "criterion-kind": {
      "enum": [
        "inclusion",
        "exclusion",
        "documentation",
        "administrative"
      ],
      "interface": "profile"
    },
    "criterion-origin": {
      "enum": [
        "state",
        "overlay"
      ],
      "interface": "profile"
    },
    "date": {
      "interface": "types",
      "record": [
        [
          "year",
          "u16"
        ],
        [
          "month",
          "u8"
        ],
        [
          "day",
          "u8"
        ]
      ]
    },
    "decision": {
      "interface": "authorization",
      "variant": [
        [
          "approved",
          "grant"
        ],
        [
          "partly-approved",
          "grant"
        ],
        [
          "modified",
          "grant"
        ],
        [
          "pended",
          {
            "list": "ask"
          }
        ],
        [
          "denied",
          "denial"
        ]
      ]
    },
    "delegate": {
      "interface": "profile",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "name",
          "string"
        ],
        [
          "groups",
          {
            "list": "string"
          }
        ],
        [
          "responsibilities",
          {
            "list": "responsibility"
          }
        ]
      ]
    },
    "denial": {
      "interface": "types",
      "record": [
        [
          "kind",
          "denial-kind"
        ],
        [
          "reason",
          "bilingual"
        ]
      ]
    },
    "denial-kind": {
      "enum": [
        "administrative",
        "clinical"
      ],
      "interface": "types"
    },
    "destination": {
      "interface": "referral",
      "variant": [
        [
          "plan",
          "string"
        ],
        [
          "delegate",
          "string"
        ],
        [
          "service",
          "string"
        ]
      ]
    },
    "determination": {
      "interface": "authorization",
      "record": [
        [
          "decision",
          "decision"
        ],
        [
          "findings",
          {
            "list": "finding"
          }
        ],
        [
          "notes",
          {
            "list": "string"
          }
        ]
      ]
    },
    "disposition": {
      "interface": "referral",
      "variant": [
        [
          "accepted",
          null
        ],
        [
          "redirected",
          "redirection"
        ],
        [
          "needs-more",
          {
            "list": "ask"
          }
        ],
        [
          "not-eligible",
          "denial"
        ]
      ]
    },
    "document": {
      "interface": "types",
      "record": [
        [
          "kind",
          "string"
        ],
        [
          "issued",
          {
            "option": "date"
          }
        ],
        [
          "expires",
          {
            "option": "date"
          }
        ],
        [
          "amount",
          {
            "option": "cents"
          }
        ]
      ]
    },
    "election": {
      "interface": "profile",
      "record": [
        [
          "service",
          "string"
        ],
        [
          "county",
          "string"
        ],
        [
          "days",
          "period"
        ],
        [
          "capacity",
          {
            "option": "capacity"
          }
        ]
      ]
    },
    "fact": {
      "interface": "types",
      "record": [
        [
          "code",
          "string"
        ],
        [
          "value",
          "fact-value"
        ],
        [
          "source",
          "fact-source"
        ],
        [
          "as-of",
          "date"
        ]
      ]
    },
    "fact-definition": {
      "interface": "profile",
      "record": [
        [
          "code",
          "string"
        ],
        [
          "kind",
          "fact-kind"
        ],
        [
          "codes",
          {
            "list": "string"
          }
        ],
        [
          "question",
          "bilingual"
        ],
        [
          "proof",
          {
            "option": "string"
          }
        ],
        [
          "source",
          "string"
        ]
      ]
    },
    "fact-kind": {
      "enum": [
        "flag",
        "count",
        "measure",
        "day",
        "coded",
        "text"
      ],
      "interface": "profile"
    },
    "fact-source": {
      "enum": [
        "member",
        "referrer",
        "provider",
        "plan-file",
        "claims",
        "document",
        "host"
      ],
      "interface": "types"
    },
    "fact-value": {
      "interface": "types",
      "variant": [
        [
          "flag",
          "bool"
        ],
        [
          "count",
          "s64"
        ],
        [
          "measure",
          "s64"
        ],
        [
          "day",
          "date"
        ],
        [
          "coded",
          "string"
        ],
        [
          "text",
          "string"
        ]
      ]
    },
    "file-kind": {
      "enum": [
        "return-file",
        "outreach",
        "member",
        "authorization",
        "invoice"
      ],
      "interface": "profile"
    },
    "finding": {
      "interface": "types",
      "record": [
        [
          "criterion",
          "string"
        ],
        [
          "outcome",
          "finding-outcome"
        ],
        [
          "evidence",
          {
            "list": "string"
          }
        ],
        [
          "reason",
          "bilingual"
        ]
      ]
    },
    "finding-outcome": {
      "enum": [
        "met",
        "not-met",
        "unknown"
      ],
      "interface": "types"
    },
    "frequency": {
      "enum": [
        "original",
        "replacement",
        "void"
      ],
      "interface": "billing"
    },
    "grant": {
      "interface": "authorization",
      "record": [
        [
          "lines",
          {
            "list": "granted-line"
          }
        ],
        [
          "conditions",
          {
            "list": "bilingual"
          }
        ]
      ]
    },
    "granted-line": {
      "interface": "authorization",
      "record": [
        [
          "procedure",
          "procedure"
        ],
        [
          "units",
          "u32"
        ],
        [
          "days",
          "period"
        ]
      ]
    },
    "identity": {
      "interface": "types",
      "record": [
        [
          "cin",
          "string"
        ],
        [
          "plan-member-id",
          {
            "option": "string"
          }
        ],
        [
          "family-name",
          "string"
        ],
        [
          "given-name",
          "string"
        ]
      ]
    },
    "instant": {
      "alias": "s64",
      "interface": "types"
    },
    "issue": {
      "interface": "types",
      "record": [
        [
          "at",
          "string"
        ],
        [
          "problem",
          "bilingual"
        ]
      ]
    },
    "layout": {
      "interface": "profile",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "kind",
          "file-kind"
        ],
        [
          "name-pattern",
          "string"
        ],
        [
          "delimiter",
          "string"
        ],
        [
          "header-row",
          "bool"
        ],
        [
          "date-format",
          "string"
        ],
        [
          "columns",
          {
            "list": "column"
          }
        ]
      ]
    },
    "line-outcome": {
      "interface": "billing",
      "variant": [
        [
          "payable",
          "payment"
        ],
        [
          "rejected",
          "rejection"
        ],
        [
          "pended",
          {
            "list": "ask"
          }
        ],
        [
          "denied",
          "denial"
        ]
      ]
    },
    "line-result": {
      "interface": "billing",
      "record": [
        [
          "number",
          "u16"
        ],
        [
          "outcome",
          "line-outcome"
        ]
      ]
    },
    "member": {
      "interface": "types",
      "record": [
        [
          "identity",
          {
            "option": "identity"
          }
        ],
        [
          "birth-date",
          "date"
        ],
        [
          "county",
          "string"
        ],
        [
          "language",
          "string"
        ]
      ]
    },
    "mode": {
      "enum": [
        "decides",
        "advises",
        "people"
      ],
      "interface": "profile"
    },
    "open-case": {
      "interface": "types",
      "record": [
        [
          "service",
          "string"
        ],
        [
          "workflow",
          "workflow"
        ],
        [
          "received",
          "date"
        ],
        [
          "provider",
          {
            "option": "string"
          }
        ]
      ]
    },
    "outgoing": {
      "interface": "exchange",
      "record": [
        [
          "layout",
          "string"
        ],
        [
          "rows",
          {
            "list": {
              "list": "cell"
            }
          }
        ]
      ]
    },
    "parsed": {
      "interface": "exchange",
      "record": [
        [
          "rows",
          {
            "list": {
              "list": "cell"
            }
          }
        ],
        [
          "refused",
          {
            "list": "row-issue"
          }
        ]
      ]
    },
    "payment": {
      "interface": "billing",
      "record": [
        [
          "rate",
          "string"
        ],
        [
          "amount",
          "cents"
        ],
        [
          "adjustments",
          {
            "list": "adjustment"
          }
        ]
      ]
    },
    "payment-model": {
      "enum": [
        "fee-for-service",
        "monthly",
        "case-rate",
        "outreach",
        "per-diem",
        "project-cost",
        "encounter-only"
      ],
      "interface": "profile"
    },
    "period": {
      "interface": "types",
      "record": [
        [
          "first",
          "date"
        ],
        [
          "last",
          {
            "option": "date"
          }
        ]
      ]
    },
    "plan-error": {
      "interface": "types",
      "variant": [
        [
          "invalid",
          {
            "list": "issue"
          }
        ],
        [
          "unsupported",
          "string"
        ],
        [
          "internal",
          "string"
        ]
      ]
    },
    "plan-profile": {
      "interface": "profile",
      "record": [
        [
          "plan-id",
          "string"
        ],
        [
          "name",
          "string"
        ],
        [
          "version",
          "string"
        ],
        [
          "lines",
          {
            "list": "string"
          }
        ],
        [
          "counties",
          {
            "list": "string"
          }
        ],
        [
          "languages",
          {
            "list": "string"
          }
        ],
        [
          "modes",
          {
            "list": "workflow-mode"
          }
        ],
        [
          "elections",
          {
            "list": "election"
          }
        ],
        [
          "criteria",
          {
            "list": "criterion"
          }
        ],
        [
          "facts",
          {
            "list": "fact-definition"
          }
        ],
        [
          "presumptive",
          {
            "list": "presumptive-rule"
          }
        ],
        [
          "defaults",
          {
            "list": "authorization-default"
          }
        ],
        [
          "turn-arounds",
          {
            "list": "turn-around"
          }
        ],
        [
          "rates",
          {
            "list": "rate"
          }
        ],
        [
          "claims",
          "claim-route"
        ],
        [
          "requirements",
          {
            "list": "requirement"
          }
        ],
        [
          "layouts",
          {
            "list": "layout"
          }
        ],
        [
          "delegates",
          {
            "list": "delegate"
          }
        ],
        [
          "contacts",
          {
            "list": "contact"
          }
        ],
        [
          "calendar",
          {
            "list": "calendar-day"
          }
        ],
        [
          "tables",
          {
            "list": "table"
          }
        ]
      ]
    },
    "presumption": {
      "interface": "authorization",
      "record": [
        [
          "rule",
          "string"
        ],
        [
          "starts",
          "date"
        ],
        [
          "days",
          "u16"
        ],
        [
          "findings",
          {
            "list": "finding"
          }
        ]
      ]
    },
    "presumptive-rule": {
      "interface": "profile",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "service",
          "string"
        ],
        [
          "population",
          {
            "option": "string"
          }
        ],
        [
          "days",
          "u16"
        ],
        [
          "provider-kinds",
          {
            "list": "string"
          }
        ],
        [
          "attest",
          {
            "list": "string"
          }
        ],
        [
          "effective",
          "period"
        ]
      ]
    },
    "procedure": {
      "interface": "types",
      "record": [
        [
          "code",
          "string"
        ],
        [
          "modifiers",
          {
            "list": "string"
          }
        ]
      ]
    },
    "provider": {
      "interface": "types",
      "record": [
        [
          "npi",
          "string"
        ],
        [
          "kinds",
          {
            "list": "string"
          }
        ],
        [
          "taxonomies",
          {
            "list": "string"
          }
        ],
        [
          "counties",
          {
            "list": "string"
          }
        ],
        [
          "contracted",
          "bool"
        ]
      ]
    },
    "rate": {
      "interface": "profile",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "service",
          "string"
        ],
        [
          "procedure",
          "procedure"
        ],
        [
          "model",
          "payment-model"
        ],
        [
          "amount",
          "cents"
        ],
        [
          "tier",
          {
            "option": "string"
          }
        ],
        [
          "effective",
          "period"
        ]
      ]
    },
    "received": {
      "interface": "exchange",
      "record": [
        [
          "layout",
          "string"
        ],
        [
          "bytes",
          {
            "list": "u8"
          }
        ]
      ]
    },
    "redirection": {
      "interface": "referral",
      "record": [
        [
          "to",
          "destination"
        ],
        [
          "reason",
          "bilingual"
        ]
      ]
    },
    "referral-request": {
      "interface": "referral",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "service",
          "string"
        ],
        [
          "populations",
          {
            "list": "string"
          }
        ],
        [
          "urgency",
          "urgency"
        ],
        [
          "member",
          "member"
        ],
        [
          "referrer",
          "provider"
        ],
        [
          "preferred",
          {
            "option": "provider"
          }
        ],
        [
          "facts",
          {
            "list": "fact"
          }
        ],
        [
          "documents",
          {
            "list": "document"
          }
        ]
      ]
    },
    "rejection": {
      "interface": "billing",
      "record": [
        [
          "field",
          "string"
        ],
        [
          "reason-code",
          "string"
        ],
        [
          "remark",
          {
            "option": "string"
          }
        ],
        [
          "reason",
          "bilingual"
        ],
        [
          "fix",
          "bilingual"
        ]
      ]
    },
    "rendered": {
      "interface": "exchange",
      "record": [
        [
          "name",
          "string"
        ],
        [
          "media-type",
          "string"
        ],
        [
          "bytes",
          {
            "list": "u8"
          }
        ]
      ]
    },
    "request-kind": {
      "enum": [
        "initial",
        "renewal",
        "extension",
        "retrospective"
      ],
      "interface": "authorization"
    },
    "requested-line": {
      "interface": "authorization",
      "record": [
        [
          "procedure",
          "procedure"
        ],
        [
          "units",
          "u32"
        ],
        [
          "days",
          "period"
        ]
      ]
    },
    "requirement": {
      "interface": "profile",
      "record": [
        [
          "id",
          "string"
        ],
        [
          "services",
          {
            "list": "string"
          }
        ],
        [
          "document",
          {
            "option": "string"
          }
        ],
        [
          "fact",
          {
            "option": "string"
          }
        ],
        [
          "minimum",
          {
            "option": "cents"
          }
        ],
        [
          "valid-days",
          {
            "option": "u16"
          }
        ],
        [
          "text",
          "bilingual"
        ],
        [
          "source",
          "string"
        ]
      ]
    },
    "requirement-result": {
      "interface": "credentialing",
      "record": [
        [
          "requirement",
          "string"
        ],
        [
          "standing",
          "standing"
        ],
        [
          "reason",
          "bilingual"
        ]
      ]
    },
    "responsibility": {
      "interface": "profile",
      "record": [
        [
          "service",
          "string"
        ],
        [
          "workflows",
          {
            "list": "workflow"
          }
        ],
        [
          "effective",
          "period"
        ]
      ]
    },
    "review-result": {
      "interface": "credentialing",
      "record": [
        [
          "requirements",
          {
            "list": "requirement-result"
          }
        ],
        [
          "notes",
          {
            "list": "string"
          }
        ]
      ]
    },
    "row-issue": {
      "interface": "exchange",
      "record": [
        [
          "row",
          "u32"
        ],
        [
          "column",
          "string"
        ],
        [
          "problem",
          "bilingual"
        ]
      ]
    },
    "standing": {
      "interface": "credentialing",
      "variant": [
        [
          "satisfied",
          {
            "option": "date"
          }
        ],
        [
          "missing",
          null
        ],
        [
          "expired",
          "date"
        ],
        [
          "insufficient",
          null
        ],
        [
          "needs-person",
          null
        ]
      ]
    },
    "table": {
      "interface": "profile",
      "record": [
        [
          "name",
          "string"
        ],
        [
          "keys",
          {
            "list": "string"
          }
        ],
        [
          "columns",
          {
            "list": "string"
          }
        ],
        [
          "text",
          "bilingual"
        ]
      ]
    },
    "table-row": {
      "interface": "types",
      "record": [
        [
          "version",
          "string"
        ],
        [
          "cells",
          {
            "list": "string"
          }
        ]
      ]
    },
    "table-slice": {
      "interface": "types",
      "record": [
        [
          "name",
          "string"
        ],
        [
          "rows",
          {
            "list": "table-row"
          }
        ]
      ]
    },
    "triage-result": {
      "interface": "referral",
      "record": [
        [
          "disposition",
          "disposition"
        ],
        [
          "findings",
          {
            "list": "finding"
          }
        ],
        [
          "notes",
          {
            "list": "string"
          }
        ]
      ]
    },
    "turn-around": {
      "interface": "profile",
      "record": [
        [
          "workflow",
          "workflow"
        ],
        [
          "urgency",
          "urgency"
        ],
        [
          "amount",
          "u16"
        ],
        [
          "unit",
          "clock-unit"
        ]
      ]
    },
    "urgency": {
      "enum": [
        "standard",
        "expedited"
      ],
      "interface": "types"
    },
    "usage": {
      "interface": "types",
      "record": [
        [
          "service",
          "string"
        ],
        [
          "days",
          "period"
        ],
        [
          "units",
          "u32"
        ],
        [
          "own",
          "bool"
        ]
      ]
    },
    "workflow": {
      "enum": [
        "referral",
        "authorization",
        "billing",
        "credentialing",
        "exchange"
      ],
      "interface": "types"
    },
    "workflow-mode": {
      "interface": "profile",
      "record": [
        [
          "workflow",
          "workflow"
        ],
        [
          "mode",
          "mode"
        ]
      ]
    }
  }
};
