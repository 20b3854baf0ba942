"""Pages: parse, call, answer. One blueprint a file."""

from webmap.pages import (
    account,
    areas,
    exports,
    home,
    importing,
    machines,
    multiples,
    place_list,
    staff_map,
    week,
)

BLUEPRINTS = (
    home.bp,
    account.bp,
    areas.bp,
    exports.bp,
    staff_map.bp,
    machines.bp,
    importing.bp,
    multiples.bp,
    week.bp,
    place_list.bp,
)
