"""The command `tryggkarta`: what an administrator does with a shell."""

from __future__ import annotations

import click

from webmap.cli.areas import area
from webmap.cli.bilingual import Bilingual
from webmap.cli.choices import choose, show_choices
from webmap.cli.files import export_file, import_file
from webmap.cli.heat import heat
from webmap.cli.hotspots import hotspots
from webmap.cli.importing import imports, jobs
from webmap.cli.journal import journal
from webmap.cli.people import user
from webmap.cli.places import municipality
from webmap.cli.publishing import publish
from webmap.cli.retention import keeping
from webmap.cli.serving import demo, serve
from webmap.cli.storage import database
from webmap.cli.ticking import tick
from webmap.cli.walks import walk

main = Bilingual(
    name="tryggkarta",
    help="Tryggkarta: otrygga platser på karta, för kommun och polis.",
    commands=(
        demo,
        serve,
        database,
        municipality,
        area,
        import_file,
        imports,
        jobs,
        export_file,
        heat,
        hotspots,
        user,
        show_choices,
        choose,
        journal,
        publish,
        keeping,
        tick,
        walk,
    ),
)
click.version_option(package_name="tryggkarta", help="Visa versionen.")(main)
