"""Faults of accounts, passwords and codes as sentences, by code."""

from webmap.words.labels import N_

ACCOUNT_SENTENCES = {
    "password.easy": N_("Lösenordet är för lätt att gissa. Ta flera ord som inte hör ihop."),
    "password.old_missing": N_("Skriv lösenordet du har nu."),
    "password.wrong": N_("Det är inte ditt lösenord."),
    "password.same": N_("Det är samma lösenord som förut. Välj ett annat."),
    "password.differs": N_("De två nya lösenorden är olika."),
    "code.wrong": N_("Koden stämmer inte. Vänta på nästa kod i appen och skriv den."),
    "recovery.wrong": N_("Reservkoden stämmer inte, eller så är den redan använd."),
    "factor.changed": N_("En annan telefon lades in under tiden. Börja om."),
    "factor.none": N_("Lägg in en telefon först."),
    "factor.unreadable": N_(
        "Koder kan inte kontrolleras just nu. Be en administratör låta dig lägga in en ny telefon."
    ),
    "role.held": N_("Kontot har redan den rollen."),
    "role.not_held": N_("Kontot har inte längre den rollen."),
    "role.own_admin": N_("Du kan inte ta bort din egen roll som administratör. Be en annan administratör."),
    "role.last_admin": N_(
        "Det är den enda administratören i kommunen. Gör någon annan till administratör först."
    ),
    "user.not_here": N_("Kontot finns inte här."),
    "user.oneself": N_("Det här är ditt eget konto. Det ändrar du på sidan Mitt konto."),
    "user.elsewhere": N_("Kontot har roller i en annan kommun också. Be den som sköter servern."),
}
