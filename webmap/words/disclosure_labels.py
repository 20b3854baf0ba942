"""What the words of the register, of marks of secrecy and of handing out are called."""

from geodata.vocabulary import (
    Counterpart,
    Direction,
    MaskWhy,
    PackageState,
    Precision,
    RecordType,
    ReportField,
)
from webmap.words.labels import N_

RECORDS = {
    RecordType.REPORT: N_("Rapport"),
    RecordType.IMPORT: N_("Import"),
    RecordType.OCCASION: N_("Tillfälle"),
    RecordType.MEASURE: N_("Åtgärd"),
    RecordType.SHARING: N_("Delning"),
    RecordType.EDITION: N_("Utgåva"),
    RecordType.DISCLOSURE: N_("Utlämnande"),
    RecordType.RETENTION_RUN: N_("Gallring"),
    RecordType.WALK: N_("Vandring"),
    RecordType.FINDING: N_("Iakttagelse"),
    RecordType.MINUTES: N_("Protokoll"),
}
DIRECTIONS = {
    Direction.IN: N_("Inkommen"),
    Direction.HERE: N_("Upprättad"),
    Direction.OUT: N_("Utgående"),
}
COUNTERPARTS = {
    Counterpart.ANONYMOUS: N_("Anonym"),
    Counterpart.STAFF: N_("Personal"),
    Counterpart.MEETING: N_("Möte"),
    Counterpart.FILE: N_("Fil"),
    Counterpart.POLICE: N_("Polisen"),
    Counterpart.EVERYONE: N_("Alla"),
    Counterpart.REQUESTER: N_("Den som bad om det"),
}
FIELDS = {
    ReportField.ORIGINAL: N_("Text som den kom"),
    ReportField.PUBLIC: N_("Offentlig text"),
    ReportField.PLACE_WORDS: N_("Platsen i ord"),
    ReportField.SOURCE_WORDS: N_("Filens ord för kategorin"),
    ReportField.REPLIES: N_("Svar"),
    ReportField.PLACE: N_("Plats"),
    ReportField.TIME: N_("Tid"),
    ReportField.PHOTOS: N_("Foton"),
}
WHY = {
    MaskWhy.EMAIL: N_("E-postadress"),
    MaskWhy.IDENTITY_NUMBER: N_("Personnummer"),
    MaskWhy.PHONE: N_("Telefonnummer"),
    MaskWhy.PLATE: N_("Registreringsnummer"),
    MaskWhy.NAME: N_("Namn"),
    MaskWhy.MARK: N_("Sekretessmarkering"),
    MaskWhy.PLACE: N_("Plats i ord, när platsen inte visas exakt"),
    MaskWhy.OWN: N_("Markerat av handläggaren"),
}
PACKAGE_STATES = {
    PackageState.OPEN: N_("Pågår"),
    PackageState.MADE: N_("Klart"),
    PackageState.CANCELLED: N_("Avbrutet"),
}
PRECISIONS = {
    Precision.EXACT: N_("Exakt plats"),
    Precision.SQUARE: N_("Ruta på 250 meter"),
    Precision.LOCALITY: N_("Bara tätorten"),
}
