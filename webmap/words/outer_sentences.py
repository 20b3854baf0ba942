"""Faults of logging in at a provider as sentences, by code."""

from webmap.words.labels import N_

OUTER_SENTENCES = {
    "oidc.none": N_("Här loggar man in med lösenord."),
    "oidc.away": N_(
        "Den andra inloggningen svarar inte just nu. Har du ett lösenord här går det att använda."
    ),
    "oidc.astray": N_(
        "Inloggningen började inte i den här webbläsaren, eller så tog den för lång tid. Börja om."
    ),
    "oidc.stopped": N_("Inloggningen avbröts. Du är inte inloggad."),
    "oidc.refused": N_("Svaret från inloggningen gick inte att lita på. Du är inte inloggad."),
    "oidc.too_weak": N_("Inloggningen var inte stark nog. Logga in där med e-legitimation eller kod."),
    "oidc.no_role": N_("Du har ingen roll här. Be den som sköter behörigheter hos er att ge dig en."),
    "oidc.shut": N_("Kontot är avstängt. Fråga administratören."),
    "oidc.email_taken": N_(
        "Adressen har redan ett konto med lösenord. Logga in med det, eller be administratören om hjälp."
    ),
    "oidc.identity_number": N_(
        "Inloggningen skickar personnummer, och det sparar vi aldrig. Den behöver ställas in på annat sätt."
    ),
}
