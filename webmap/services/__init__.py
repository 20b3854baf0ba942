"""What people do. Knows no Flask: a session or an engine comes first, and a row or a value comes back."""
