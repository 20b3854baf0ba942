"""Files in and out.

Nothing is imported here: the confined reader must start before anything heavy is loaded.
"""
