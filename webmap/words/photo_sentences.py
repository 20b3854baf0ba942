"""Faults of photos as sentences, by code."""

from webmap.words.labels import N_

PHOTO_SENTENCES = {
    "photo.empty": N_("Bilden är tom. Välj en annan."),
    "photo.too_large": N_("Bilden är %(size_mb)s MB. Högst %(most_mb)s MB går bra."),
    "photo.heic": N_(
        "Bilden är i formatet HEIC, som inte går att ta emot. Ställ in kameran på JPEG i telefonens"
        " inställningar, eller skicka en skärmbild av bilden."
    ),
    "photo.drawing": N_("Det här är en ritad bild (SVG). Skicka ett foto som JPEG eller PNG."),
    "photo.document": N_("Det här är ett PDF-dokument. Skicka ett foto som JPEG eller PNG."),
    "photo.page": N_("Det här är en webbsida, ingen bild. Skicka ett foto som JPEG eller PNG."),
    "photo.unknown": N_("Filen är ingen bild som kan tas emot. Skicka JPEG, PNG, WebP eller GIF."),
    "photo.unreadable": N_(
        "Bilden går inte att läsa. Den kan ha skadats på vägen. Välj den igen eller ta en ny."
    ),
    "photo.too_many_pixels": N_(
        "Bilden är för stor. Högst %(most_mp)s miljoner bildpunkter går bra. Minska den eller ta en ny."
    ),
    "photo.too_heavy": N_("Bilden är för tung att läsa. Spara den som JPEG eller ta en ny."),
    "photo.failed": N_("Bilden gick inte att läsa. Spara den som JPEG eller ta en ny."),
    "photo.other_content": N_("Det finns redan en bild med samma id men annat innehåll."),
    "photo.absent": N_("Bilden finns inte."),
    "photo.changed": N_("Någon annan har ändrat bilden. Så här ser den ut nu."),
    "photo.busy": N_("Många skickar bilder just nu. Försök igen om en liten stund."),
    "photo.full": N_("Fler bilder går inte att ta emot just nu. Försök igen senare eller skicka utan bild."),
    "photo.not_kept": N_("Bilden kunde inte sparas. Försök igen om en stund."),
    "photo.gone": N_("Bildens fil saknas."),
    "photo.missing": N_("Filen till bilden %(uid)s saknas."),
    "box.outside": N_("Måtten ska vara 0 till 100, och rutan ska ligga på bilden."),
    "box.empty": N_("Rutan saknar bredd eller höjd."),
    "box.not_numbers": N_("Fyll i alla fyra måtten med tal."),
}
