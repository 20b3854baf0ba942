"""What scripts and machines ask for: tiles, values and JSON."""

from webmap.api import difference, ground, heat, hotspots, panels, reports, squares

BLUEPRINTS = (heat.bp, difference.bp, ground.bp, squares.bp, reports.bp, hotspots.bp, panels.bp)
