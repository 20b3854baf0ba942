"""What follows from what is known: arrays of metres and weights in, figures out. Knows no database."""
