"""Routes of walks: which places to visit, in what order, and along which streets."""
