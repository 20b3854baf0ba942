"""From reviewed reports to an edition that gives nobody away: squares, classes, hiding, and an audit."""
