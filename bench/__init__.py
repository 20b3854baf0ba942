"""What the application costs, beside the plain way of doing the same."""
