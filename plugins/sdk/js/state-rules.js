// Written from the Rust SDK's `state_rules!`; not to be edited.
export default [
  {
    "id": ".coverage",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The plan covers the member on the day.",
      "es": "El plan cubre al miembro ese día."
    },
    "source": "DHCS Medi-Cal managed care contract, Exhibit A, Attachment III",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "covered"
  },
  {
    "id": ".elected",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The plan offers the service in the member's county on the day.",
      "es": "El plan ofrece el servicio en el condado del miembro ese día."
    },
    "source": "DHCS Community Supports elections, by county, 2026-01-01",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "elected"
  },
  {
    "id": ".duplicate",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The member has no other open case for the same service.",
      "es": "El miembro no tiene otro caso abierto por el mismo servicio."
    },
    "source": "DHCS Closed-Loop Referral Implementation Guidance, 2025-05",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "not-duplicate"
  },
  {
    "id": ".consent",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "referral",
    "refusal": "administrative",
    "text": {
      "en": "The member, or the member's representative, agrees to the referral.",
      "es": "El miembro o su representante está de acuerdo con la referencia."
    },
    "source": "DHCS ECM Referral Standards and Form Templates, 2024-08",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "yes": "consent.member-agrees"
    }
  },
  {
    "id": ".ecm.homelessness.housing",
    "service": "ecm",
    "population": "homelessness",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is homeless or will lose housing within 30 days.",
      "es": "El miembro no tiene hogar o perderá su vivienda dentro de 30 días."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "one-of": [
            "housing.status",
            [
              "homeless-sheltered",
              "homeless-unsheltered"
            ]
          ]
        },
        {
          "yes": "housing.loss-within-30-days"
        }
      ]
    }
  },
  {
    "id": ".ecm.homelessness.complex-need",
    "service": "ecm",
    "population": "homelessness",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult also has a complex physical, behavioral or developmental need.",
      "es": "Un adulto tiene además una necesidad física, conductual o de desarrollo compleja."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "younger": 21
        },
        {
          "yes": "clinical.complex-need"
        }
      ]
    }
  },
  {
    "id": ".ecm.avoidable-utilization",
    "service": "ecm",
    "population": "avoidable-utilization",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult had 5 emergency visits or 3 unplanned stays in 6 months; a child 3 emergency visits in 12 months or 2 stays.",
      "es": "Un adulto tuvo 5 visitas a urgencias o 3 estancias no planeadas en 6 meses; un menor, 3 visitas en 12 meses o 2 estancias."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "all": [
            {
              "aged": 21
            },
            {
              "any": [
                {
                  "at-least": [
                    "utilization.ed-visits-6m",
                    5
                  ]
                },
                {
                  "at-least": [
                    "utilization.inpatient-stays-6m",
                    3
                  ]
                }
              ]
            }
          ]
        },
        {
          "all": [
            {
              "younger": 21
            },
            {
              "any": [
                {
                  "at-least": [
                    "utilization.ed-visits-12m",
                    3
                  ]
                },
                {
                  "at-least": [
                    "utilization.inpatient-stays-6m",
                    2
                  ]
                }
              ]
            }
          ]
        }
      ]
    }
  },
  {
    "id": ".ecm.smi-sud.condition",
    "service": "ecm",
    "population": "serious-mental-health-sud",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member meets the access criteria for specialty mental health or substance use services.",
      "es": "El miembro cumple los criterios de acceso a servicios especializados de salud mental o de consumo de sustancias."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "yes": "clinical.smi-or-sud"
    }
  },
  {
    "id": ".ecm.smi-sud.social-factor",
    "service": "ecm",
    "population": "serious-mental-health-sud",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult also has a complex social factor that affects health.",
      "es": "Un adulto tiene además un factor social complejo que afecta su salud."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "younger": 21
        },
        {
          "yes": "social.complex-factor"
        }
      ]
    }
  },
  {
    "id": ".ecm.smi-sud.acuity",
    "service": "ecm",
    "population": "serious-mental-health-sud",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult also is at high risk, relies on emergency or inpatient care (2 visits or stays in a year), or is pregnant or postpartum.",
      "es": "Un adulto además corre alto riesgo, depende de urgencias u hospital (2 visitas o estancias al año), o está en embarazo o posparto."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "younger": 21
        },
        {
          "yes": "clinical.complex-need"
        },
        {
          "at-least": [
            "utilization.ed-visits-12m",
            2
          ]
        },
        {
          "at-least": [
            "utilization.inpatient-stays-6m",
            2
          ]
        },
        {
          "one-of": [
            "pregnancy.status",
            [
              "pregnant",
              "postpartum"
            ]
          ]
        }
      ]
    }
  },
  {
    "id": ".ecm.incarceration.release",
    "service": "ecm",
    "population": "incarceration-transition",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member left a correctional facility within the last 12 months, or is about to.",
      "es": "El miembro salió de un centro penitenciario en los últimos 12 meses, o está por salir."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "within-months": [
        "justice.release-date",
        12
      ]
    }
  },
  {
    "id": ".ecm.incarceration.condition",
    "service": "ecm",
    "population": "incarceration-transition",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult also has a mental illness, substance use disorder, chronic or significant condition, or is pregnant or postpartum.",
      "es": "Un adulto tiene además una enfermedad mental, un trastorno por sustancias, una afección crónica o importante, o está en embarazo o posparto."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "younger": 21
        },
        {
          "yes": "clinical.smi-or-sud"
        },
        {
          "yes": "clinical.serious-health-condition"
        },
        {
          "one-of": [
            "pregnancy.status",
            [
              "pregnant",
              "postpartum"
            ]
          ]
        }
      ]
    }
  },
  {
    "id": ".ecm.ltc-risk.need",
    "service": "ecm",
    "population": "ltc-risk",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult living in the community needs help with daily living at a nursing-facility level.",
      "es": "Un adulto que vive en la comunidad necesita ayuda diaria a nivel de centro de enfermería."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "all": [
        {
          "aged": 21
        },
        {
          "at-least": [
            "clinical.adl-support-hours",
            1
          ]
        }
      ]
    }
  },
  {
    "id": ".ecm.ltc-risk.social-factor",
    "service": "ecm",
    "population": "ltc-risk",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has a complex social or environmental factor.",
      "es": "El miembro tiene un factor social o del entorno complejo."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "yes": "social.complex-factor"
    }
  },
  {
    "id": ".ecm.nursing-facility-transition",
    "service": "ecm",
    "population": "nursing-facility-transition",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "An adult lives in a nursing facility and wants to leave it.",
      "es": "Un adulto vive en un centro de enfermería y desea salir."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "all": [
        {
          "aged": 21
        },
        {
          "at-least": [
            "nursing.days-in-facility",
            1
          ]
        }
      ]
    }
  },
  {
    "id": ".ecm.ccs",
    "service": "ecm",
    "population": "ccs",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "A child in California Children's Services has a complex social factor beyond the condition.",
      "es": "Un menor en California Children's Services tiene un factor social complejo además de su afección."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "all": [
        {
          "younger": 21
        },
        {
          "yes": "social.complex-factor"
        }
      ]
    }
  },
  {
    "id": ".ecm.child-welfare",
    "service": "ecm",
    "population": "child-welfare",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "A young person under 26 is or was in foster care or another child welfare program.",
      "es": "Una persona menor de 26 años está o estuvo en cuidado de crianza u otro programa de bienestar infantil."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "younger": 26
    }
  },
  {
    "id": ".ecm.birth-equity",
    "service": "ecm",
    "population": "birth-equity",
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is pregnant or within 12 months after birth, in a group with worse outcomes in the state's data.",
      "es": "La persona está en embarazo o dentro de 12 meses tras el parto, en un grupo con peores resultados según datos del estado."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, populations of focus",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "one-of": [
        "pregnancy.status",
        [
          "pregnant",
          "postpartum"
        ]
      ]
    }
  },
  {
    "id": ".ecm.not-hospice",
    "service": "ecm",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The member is not in hospice.",
      "es": "El miembro no está en cuidados paliativos terminales."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, program overlaps and exclusions",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "not-said": "program.hospice"
    }
  },
  {
    "id": ".ecm.not-1915c",
    "service": "ecm",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The member is not in a 1915(c) waiver program.",
      "es": "El miembro no está en un programa de exención 1915(c)."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, program overlaps and exclusions",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "not-said-of": [
        "program.waiver-1915c",
        [
          "mssp",
          "alw",
          "hcba",
          "hiv-aids",
          "hcbs-dd",
          "self-determination"
        ]
      ]
    }
  },
  {
    "id": ".ecm.no-other-provider",
    "service": "ecm",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The member has no other ECM provider.",
      "es": "El miembro no tiene otro proveedor de ECM."
    },
    "source": "DHCS ECM Policy Guide, 2025-08, program overlaps and exclusions",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "not-said": "program.current-ecm-provider"
    }
  },
  {
    "id": ".ecm.not-d-snp",
    "service": "ecm",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "The member is not in a D-SNP, which gives integrated care management instead.",
      "es": "El miembro no está en un D-SNP, que ofrece manejo integrado de la atención en su lugar."
    },
    "source": "DHCS D-SNP Policy Guide, contract year 2026",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "not-in-dsnp"
  },
  {
    "id": ".navigation.need",
    "service": "housing-transition-navigation",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has Coordinated Entry priority, or is homeless or at risk with a serious health condition.",
      "es": "El miembro tiene prioridad en la Entrada Coordinada, o no tiene hogar o está en riesgo y tiene una afección grave."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "yes": "housing.coordinated-entry-priority"
        },
        {
          "all": [
            {
              "one-of": [
                "housing.status",
                [
                  "at-risk",
                  "homeless-sheltered",
                  "homeless-unsheltered"
                ]
              ]
            },
            {
              "yes": "clinical.serious-health-condition"
            }
          ]
        }
      ]
    }
  },
  {
    "id": ".deposits.need",
    "service": "housing-deposits",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has Coordinated Entry priority, or is homeless with a serious health condition.",
      "es": "El miembro tiene prioridad en la Entrada Coordinada, o no tiene hogar y tiene una afección grave."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "yes": "housing.coordinated-entry-priority"
        },
        {
          "all": [
            {
              "one-of": [
                "housing.status",
                [
                  "homeless-sheltered",
                  "homeless-unsheltered"
                ]
              ]
            },
            {
              "yes": "clinical.serious-health-condition"
            }
          ]
        }
      ]
    }
  },
  {
    "id": ".deposits.first",
    "service": "housing-deposits",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "No plan has paid a deposit for the member before.",
      "es": "Ningún plan ha pagado antes un depósito por el miembro."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "not-said": "deposit.used-before"
    }
  },
  {
    "id": ".tenancy.need",
    "service": "housing-tenancy-sustaining",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is housed, or at risk of losing housing, with a serious health condition.",
      "es": "El miembro tiene vivienda o corre riesgo de perderla, y tiene una afección grave."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "all": [
        {
          "one-of": [
            "housing.status",
            [
              "housed",
              "at-risk"
            ]
          ]
        },
        {
          "yes": "clinical.serious-health-condition"
        }
      ]
    }
  },
  {
    "id": ".post-hospital.leaving",
    "service": "short-term-post-hospitalization-housing",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is leaving a hospital, nursing or treatment facility, recuperative care, jail or prison.",
      "es": "El miembro sale de un hospital, centro de enfermería o de tratamiento, cuidado de recuperación, cárcel o prisión."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "one-of": [
        "discharge.facility-kind",
        [
          "hospital",
          "snf",
          "residential-treatment",
          "jail-or-prison",
          "recuperative-care"
        ]
      ]
    }
  },
  {
    "id": ".post-hospital.homeless",
    "service": "short-term-post-hospitalization-housing",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is homeless.",
      "es": "El miembro no tiene hogar."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "one-of": [
        "housing.status",
        [
          "homeless-sheltered",
          "homeless-unsheltered"
        ]
      ]
    }
  },
  {
    "id": ".post-hospital.high-need",
    "service": "short-term-post-hospitalization-housing",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has a high medical or behavioral health need.",
      "es": "El miembro tiene una necesidad médica o conductual alta."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "yes": "clinical.serious-health-condition"
        },
        {
          "yes": "clinical.smi-or-sud"
        }
      ]
    }
  },
  {
    "id": ".post-hospital.room-and-board",
    "service": "short-term-post-hospitalization-housing",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "Recuperative care, short-term post-hospitalization housing and transitional rent together stay within six months in any twelve.",
      "es": "El cuidado de recuperación, la vivienda a corto plazo tras la hospitalización y la renta transitoria juntos no pasan de seis meses en doce."
    },
    "source": "CMS approval of the CalAIM section 1115 amendment, 2024-12; DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2025-01-01",
      "last": null
    },
    "test": {
      "days-left": {
        "services": [
          "recuperative-care",
          "short-term-post-hospitalization-housing",
          "transitional-rent"
        ],
        "months": 12,
        "limit": 0
      }
    }
  },
  {
    "id": ".recuperative.needs-recovery",
    "service": "recuperative-care",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member needs to heal from an injury or illness.",
      "es": "El miembro necesita recuperarse de una lesión o enfermedad."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "yes": "clinical.needs-recovery-care"
    }
  },
  {
    "id": ".recuperative.not-inpatient",
    "service": "recuperative-care",
    "population": null,
    "kind": "exclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member does not need hospital care.",
      "es": "El miembro no necesita atención hospitalaria."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "no": "clinical.inpatient-level-needed"
    }
  },
  {
    "id": ".recuperative.housing",
    "service": "recuperative-care",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is homeless or at risk, or has no safe home to heal in.",
      "es": "El miembro no tiene hogar o está en riesgo, o no tiene un lugar seguro para recuperarse."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "one-of": [
        "housing.status",
        [
          "at-risk",
          "homeless-sheltered",
          "homeless-unsheltered"
        ]
      ]
    }
  },
  {
    "id": ".recuperative.room-and-board",
    "service": "recuperative-care",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "Recuperative care, short-term post-hospitalization housing and transitional rent together stay within six months in any twelve.",
      "es": "El cuidado de recuperación, la vivienda a corto plazo tras la hospitalización y la renta transitoria juntos no pasan de seis meses en doce."
    },
    "source": "CMS approval of the CalAIM section 1115 amendment, 2024-12; DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2025-01-01",
      "last": null
    },
    "test": {
      "days-left": {
        "services": [
          "recuperative-care",
          "short-term-post-hospitalization-housing",
          "transitional-rent"
        ],
        "months": 12,
        "limit": 0
      }
    }
  },
  {
    "id": ".rent.condition",
    "service": "transitional-rent",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has a qualifying behavioral health or serious physical condition, or is pregnant or postpartum.",
      "es": "El miembro tiene una afección conductual o física grave que califica, o está en embarazo o posparto."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "yes": "clinical.smi-or-sud"
        },
        {
          "yes": "clinical.serious-health-condition"
        },
        {
          "one-of": [
            "pregnancy.status",
            [
              "pregnant",
              "postpartum"
            ]
          ]
        }
      ]
    }
  },
  {
    "id": ".rent.housing",
    "service": "transitional-rent",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is homeless, or at risk and losing housing within 30 days.",
      "es": "El miembro no tiene hogar, o está en riesgo y perderá la vivienda dentro de 30 días."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "one-of": [
            "housing.status",
            [
              "homeless-sheltered",
              "homeless-unsheltered"
            ]
          ]
        },
        {
          "yes": "housing.loss-within-30-days"
        }
      ]
    }
  },
  {
    "id": ".rent.transition",
    "service": "transitional-rent",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is leaving an institution or custody, or is unsheltered.",
      "es": "El miembro sale de una institución o custodia, o vive en la calle."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "one-of": [
            "discharge.facility-kind",
            [
              "hospital",
              "snf",
              "residential-treatment",
              "jail-or-prison",
              "recuperative-care"
            ]
          ]
        },
        {
          "one-of": [
            "housing.status",
            [
              "homeless-unsheltered"
            ]
          ]
        }
      ]
    }
  },
  {
    "id": ".rent.support-plan",
    "service": "transitional-rent",
    "population": null,
    "kind": "documentation",
    "origin": "state",
    "stage": "authorization",
    "refusal": "clinical",
    "text": {
      "en": "A housing support plan names confirmed long-term funding.",
      "es": "Un plan de apoyo de vivienda nombra financiamiento confirmado a largo plazo."
    },
    "source": "DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "document": "housing-support-plan"
    }
  },
  {
    "id": ".rent.room-and-board",
    "service": "transitional-rent",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "Recuperative care, short-term post-hospitalization housing and transitional rent together stay within six months in any twelve.",
      "es": "El cuidado de recuperación, la vivienda a corto plazo tras la hospitalización y la renta transitoria juntos no pasan de seis meses en doce."
    },
    "source": "CMS approval of the CalAIM section 1115 amendment, 2024-12; DHCS Community Supports Policy Guide, volume 2, 2025-04",
    "days": {
      "first": "2025-07-01",
      "last": null
    },
    "test": {
      "days-left": {
        "services": [
          "recuperative-care",
          "short-term-post-hospitalization-housing",
          "transitional-rent"
        ],
        "months": 12,
        "limit": 0
      }
    }
  },
  {
    "id": ".day-habilitation.need",
    "service": "day-habilitation",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is homeless, recently housed or at risk.",
      "es": "El miembro no tiene hogar, fue alojado recientemente o está en riesgo."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "one-of": [
        "housing.status",
        [
          "housed",
          "at-risk",
          "homeless-sheltered",
          "homeless-unsheltered"
        ]
      ]
    }
  },
  {
    "id": ".respite.caregiver",
    "service": "respite",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member lives in the community and depends on a caregiver for daily living.",
      "es": "El miembro vive en la comunidad y depende de un cuidador para la vida diaria."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "at-least": [
        "clinical.adl-support-hours",
        1
      ]
    }
  },
  {
    "id": ".respite.hours",
    "service": "respite",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "both",
    "refusal": "administrative",
    "text": {
      "en": "Fewer than 336 hours were used in the calendar year.",
      "es": "Se usaron menos de 336 horas en el año calendario."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "not-said-above": [
        "respite.hours-used",
        335
      ]
    }
  },
  {
    "id": ".assisted-living.need",
    "service": "assisted-living-transitions",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member spent 60 days in a nursing facility, or needs that level of care at home.",
      "es": "El miembro pasó 60 días en un centro de enfermería, o necesita ese nivel de atención en casa."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "at-least": [
            "nursing.days-in-facility",
            60
          ]
        },
        {
          "at-least": [
            "clinical.adl-support-hours",
            20
          ]
        }
      ]
    }
  },
  {
    "id": ".home-transition.stay",
    "service": "community-home-transition",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member spent at least 60 days in a nursing facility or recuperative care.",
      "es": "El miembro pasó al menos 60 días en un centro de enfermería o en cuidado de recuperación."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "at-least": [
        "nursing.days-in-facility",
        60
      ]
    }
  },
  {
    "id": ".personal-care.need",
    "service": "personal-care-homemaker",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has a functional deficit and needs help with daily living.",
      "es": "El miembro tiene una limitación funcional y necesita ayuda diaria."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "at-least": [
        "clinical.adl-support-hours",
        1
      ]
    }
  },
  {
    "id": ".personal-care.ihss",
    "service": "personal-care-homemaker",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has applied for In-Home Supportive Services, or they do not reach far enough.",
      "es": "El miembro solicitó Servicios de Apoyo en el Hogar, o estos no alcanzan."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "one-of": [
        "ihss.status",
        [
          "pending",
          "approved",
          "reassessment-pending",
          "not-eligible"
        ]
      ]
    }
  },
  {
    "id": ".modifications.need",
    "service": "home-modifications",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is at risk of moving to a nursing facility.",
      "es": "El miembro corre riesgo de ingresar a un centro de enfermería."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "yes": "clinical.complex-need"
        },
        {
          "at-least": [
            "clinical.adl-support-hours",
            1
          ]
        }
      ]
    }
  },
  {
    "id": ".modifications.order",
    "service": "home-modifications",
    "population": null,
    "kind": "documentation",
    "origin": "state",
    "stage": "authorization",
    "refusal": "clinical",
    "text": {
      "en": "A provider ordered the modification.",
      "es": "Un proveedor ordenó la modificación."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "document": "provider-order"
    }
  },
  {
    "id": ".meals.condition",
    "service": "medically-tailored-meals",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member has a chronic or serious condition that nutrition affects.",
      "es": "El miembro tiene una afección crónica o grave sensible a la nutrición."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "yes": "clinical.nutrition-sensitive-condition"
    }
  },
  {
    "id": ".meals.weeks",
    "service": "medically-tailored-meals",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "Fewer than 12 weeks of food were received, or more is medically needed.",
      "es": "Se recibieron menos de 12 semanas de alimentos, o se necesitan más por razones médicas."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "not-said-above": [
        "food.weeks-received",
        11
      ]
    }
  },
  {
    "id": ".sobering.adult",
    "service": "sobering-centers",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "The member is 18 or older.",
      "es": "El miembro tiene 18 años o más."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "aged": 18
    }
  },
  {
    "id": ".asthma.control",
    "service": "asthma-remediation",
    "population": null,
    "kind": "inclusion",
    "origin": "state",
    "stage": "both",
    "refusal": "clinical",
    "text": {
      "en": "Asthma is poorly controlled (a control score of 19 or less), or a licensed provider recommends the work.",
      "es": "El asma está mal controlada (puntaje de control de 19 o menos), o un proveedor con licencia recomienda el trabajo."
    },
    "source": "DHCS Community Supports Policy Guide, volume 1, 2025-04",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": {
      "any": [
        {
          "at-most": [
            "clinical.asthma-control-score",
            19
          ]
        },
        {
          "document": "provider-order"
        }
      ]
    }
  },
  {
    "id": ".asthma.home-assessment",
    "service": "asthma-remediation",
    "population": null,
    "kind": "documentation",
    "origin": "state",
    "stage": "authorization",
    "refusal": "clinical",
    "text": {
      "en": "A home assessment was made.",
      "es": "Se hizo una evaluación del hogar."
    },
    "source": "DHCS Asthma Preventive Services policy, 2026-01-01",
    "days": {
      "first": "2026-01-01",
      "last": null
    },
    "test": {
      "document": "home-assessment"
    }
  },
  {
    "id": ".claim.coverage",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "apart",
    "refusal": "administrative",
    "text": {
      "en": "Every line is inside coverage and the plan offers its service.",
      "es": "Cada línea está dentro de la cobertura y el plan ofrece su servicio."
    },
    "source": "ASC X12 claim adjustment reason codes 26, 27 and 96",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "by-plan"
  },
  {
    "id": ".claim.timely",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "apart",
    "refusal": "administrative",
    "text": {
      "en": "The claim came within the plan's filing window.",
      "es": "La factura llegó dentro del plazo del plan."
    },
    "source": "28 CCR 1300.71(b)",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "by-plan"
  },
  {
    "id": ".claim.procedure",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "apart",
    "refusal": "administrative",
    "text": {
      "en": "Every line's procedure, modifiers and units are ones that the plan prices.",
      "es": "El procedimiento, los modificadores y las unidades de cada línea tienen tarifa en el plan."
    },
    "source": "DHCS HCPCS Coding Guidance for ECM and Community Supports, 2026-01",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "by-plan"
  },
  {
    "id": ".claim.authorization",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "apart",
    "refusal": "administrative",
    "text": {
      "en": "An authorization, presumptive or not, covers every line.",
      "es": "Una autorización, presuntiva o no, cubre cada línea."
    },
    "source": "ASC X12 claim adjustment reason codes 197 and 198",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "by-plan"
  },
  {
    "id": ".claim.duplicate",
    "service": "*",
    "population": null,
    "kind": "administrative",
    "origin": "state",
    "stage": "apart",
    "refusal": "administrative",
    "text": {
      "en": "No line is sent twice.",
      "es": "Ninguna línea se envía dos veces."
    },
    "source": "ASC X12 claim adjustment reason code 18",
    "days": {
      "first": "2022-01-01",
      "last": null
    },
    "test": "by-plan"
  }
];
