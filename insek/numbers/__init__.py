"""The numbers of the process: counted in the database, kept, shown with what they mean."""

from insek.numbers.keys import KeyNumbers, key_numbers

__all__ = ["KeyNumbers", "key_numbers"]
