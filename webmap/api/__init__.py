"""What scripts and machines ask for: tiles, values and JSON."""

from webmap.api import (
    difference,
    ground,
    heat,
    hotspots,
    openapi,
    panels,
    photos,
    places,
    public_map,
    report_door,
    reports,
    squares,
    walk_door,
    walk_joining,
    walked,
)

BLUEPRINTS = (
    heat.bp,
    difference.bp,
    ground.bp,
    squares.bp,
    reports.bp,
    report_door.bp,
    openapi.bp,
    photos.bp,
    hotspots.bp,
    panels.bp,
    places.bp,
    public_map.bp,
    walk_door.bp,
    walk_joining.bp,
    walked.bp,
)
