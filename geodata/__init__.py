"""What is known about places, and what follows from it. Knows no web."""
