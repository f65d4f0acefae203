"""A small tree for the tests of this room."""

SAVINGS = """
text: {en: Ibimina, rw: Ibimina, fr: Ibimina, sw: Ibimina}
roles: [member, committee]
when_paused: {en: Back at 6., rw: Turagaruka saa 6., fr: Retour à 6 h., sw: Tutarudi saa 6.}
menu:
  - {key: 1, id: save, text: {en: Save, rw: Zigama, fr: Épargner, sw: Weka}, flow: contribute}
  - key: 2
    id: group
    text: {en: My group, rw: Itsinda ryanjye, fr: Mon groupe, sw: Kikundi changu}
    title: {en: "My group:", rw: "Itsinda:", fr: "Mon groupe:", sw: "Kikundi:"}
    roles: [member, committee]
    when_paused: {en: Closed., rw: Harafunze., fr: Fermé., sw: Kumefungwa.}
    menu:
      - key: 1
        id: meeting
        text: {en: Next meeting, rw: Inama itaha, fr: Réunion, sw: Mkutano}
        info: {en: "Friday, 2 p.m.", rw: Ku wa gatanu saa 8, fr: Vendredi 14 h, sw: Ijumaa saa 8}
      - key: 3
        id: cash
        text: {en: Record cash, rw: Andika amafaranga, fr: Noter le cash, sw: Andika pesa}
        roles: [committee]
        flow: record_cash
  - {key: 9, id: help, text: {en: Help, rw: Ubufasha, fr: Aide, sw: Msaada},
     info: {en: Call 3030., rw: Hamagara 3030., fr: Appelez le 3030., sw: Piga 3030.}}
"""
SPOKEN = ("en", "rw", "fr", "sw")
FLOWS = frozenset({"contribute", "record_cash"})
