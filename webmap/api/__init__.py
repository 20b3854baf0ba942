"""What scripts and machines ask for: tiles, values and JSON."""

from webmap.api import heat

BLUEPRINTS = (heat.bp,)
