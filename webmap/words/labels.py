"""What the codes of the vocabulary are called."""


def N_(sentence: str) -> str:  # noqa: N802, RUF100 - gettext's own name for "translate me later"
    return sentence


DAYS_SHORT = {
    "mon": N_("mån"),
    "tue": N_("tis"),
    "wed": N_("ons"),
    "thu": N_("tor"),
    "fri": N_("fre"),
    "sat": N_("lör"),
    "sun": N_("sön"),
}

DAYS_LONG = {
    "mon": N_("måndag"),
    "tue": N_("tisdag"),
    "wed": N_("onsdag"),
    "thu": N_("torsdag"),
    "fri": N_("fredag"),
    "sat": N_("lördag"),
    "sun": N_("söndag"),
}

LABELS = {
    "perception": N_("Upplevd otrygghet"),
    "observation": N_("Iakttagelser"),
    "crime_report": N_("Anmälda brott"),
    "walk_finding": N_("Fynd från vandringar"),
    "public": N_("Allmänheten"),
    "walk": N_("Vandring"),
    "patrol": N_("Patrull"),
    "vest": N_("VEST"),
    "citizen_dialogue": N_("Medborgardialog"),
    "staff_dialogue": N_("Medarbetardialog"),
    "survey": N_("Enkät"),
    "statistics": N_("Statistik"),
    "unsafe": N_("Otryggt"),
    "safe": N_("Tryggt"),
    "improvement": N_("Förslag"),
    "dark": N_("Mörkt"),
    "light": N_("Ljust"),
    "quartic": N_("Kvartisk"),
    "gaussian": N_("Gaussisk"),
    "new": N_("Nya"),
    "accepted": N_("Godkända"),
    "rejected": N_("Avvisade"),
    "duplicate": N_("Dubbletter"),
    "withdrawn": N_("Återtagna"),
    "admin": N_("Administratör"),
    "coordinator": N_("Samordnare"),
    "police_planner": N_("Polisplanerare"),
    "unsafe_environment": N_("Otrygga miljöer"),
    "traffic": N_("Trafik"),
    "drugs": N_("Droger"),
    "other_focus": N_("Övrigt"),
    "locality": N_("Tätorter"),
    "place": N_("Platser"),
    "school": N_("Skolor"),
    "street": N_("Gator och vägar"),
    "path": N_("Gång- och cykelvägar"),
    "railway": N_("Järnvägar"),
    "building": N_("Byggnader"),
    "water": N_("Vatten"),
    "green": N_("Parker och grönområden"),
    "whole": N_("hela veckan, minst ett år"),
    "part": N_("del av veckan eller av året"),
}
