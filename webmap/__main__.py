"""python -m webmap is the command tryggkarta."""

from webmap.cli import main

if __name__ == "__main__":
    main()
