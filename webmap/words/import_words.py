"""What the columns of a file can hold, and the coordinate systems it may be in, in words."""

from webmap.words.labels import N_

FIELDS = {
    "id": N_("Ärendets nummer"),
    "date": N_("Datum"),
    "start": N_("Tid, eller från"),
    "end": N_("Till"),
    "hours": N_("Timmar i veckan"),
    "category": N_("Kategori"),
    "text": N_("Text"),
    "east": N_("Öst (x)"),
    "north": N_("Nord (y)"),
    "lon": N_("Longitud"),
    "lat": N_("Latitud"),
    "wkt": N_("Plats som WKT"),
    "polarity": N_("Otryggt eller tryggt"),
    "severity": N_("Allvar, 1 till 5"),
    "light": N_("Mörkt eller ljust"),
    "accuracy_m": N_("Noggrannhet i meter"),
    "voice": N_("Vem som sagt det (sparas bara som ett märke)"),
    "kind": N_("Slag"),
    "origin": N_("Ursprung"),
    "source": N_("Källa"),
    "source_category": N_("Källans egen kategori"),
    "uid": N_("Rapportens id"),
}

SYSTEMS = {
    "EPSG:3006": N_("SWEREF 99 TM"),
    "EPSG:3007": N_("SWEREF 99 12 00"),
    "EPSG:3008": N_("SWEREF 99 13 30"),
    "EPSG:4326": N_("WGS 84, longitud och latitud"),
    "EPSG:3857": N_("Webbkarta (Web Mercator)"),
}

PHASES = {
    "reading": N_("Läser filen"),
    "storing": N_("Sparar"),
    "settling": N_("Räknar om kartans klasser"),
}

STATES = {
    "draft": N_("Förbereds"),
    "waiting": N_("Väntar på tur"),
    "running": N_("Pågår"),
    "done": N_("Klar"),
    "failed": N_("Misslyckades"),
    "cancelled": N_("Avbruten"),
}
