"""`python -m pasum` is the command `pasum`."""

from pasum.main import main

if __name__ == "__main__":
    main()
