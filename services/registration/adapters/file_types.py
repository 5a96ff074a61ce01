"""What a file is, by the rules of the program `file`: `python -m services.registration.adapters.file_types FILE`."""

import sys

from pure_magic_rs import MagicDb

if __name__ == "__main__":
    sys.stdout.write(MagicDb().best_magic_file(sys.argv[1]).mime_type)
