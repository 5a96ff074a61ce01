"""The words of lists of participants."""

from typing import Final

from shared.http.glossary import Glossary, Word

WORDS: Final[Glossary] = {
    "import_id": Word("which list that was sent", "01835394-6c00-7000-8000-000000000101"),
    "ImportView.state": Word("how far it is: receiving, reading, ready, refused, applying, applied or failed", "ready"),
    "rows_read": Word("rows with their verdict so far", 52),
    "rows_applied": Word("rows that were applied so far", 0),
    "new": Word("rows that register somebody", 49),
    "same": Word("rows that are registered already, with the same values", 1),
    "changed": Word("rows that change the values of somebody who is registered", 1),
    "ImportView.refused": Word("rows that are left out, each with its reason", 1),
    "columns": Word("columns that are read, by their names of the API", ["given_name", "family_name", "organisation"]),
    "ignored": Word("headers of columns that are not read", ["ໝາຍເຫດ"]),
    "sheet": Word("of a spreadsheet the sheet that was read", "ລາຍຊື່"),
    "other_sheets": Word("sheets that were not read", []),
    "problem": Word("why the whole file is refused; null where it is not", None),
    "mode": Word("how it is applied", "valid-rows"),
    "created_at": Word("when it was sent", "2022-09-05T02:10:00Z"),
    "line": Word("the row of the sheet, or the first line of a text, from 1", 3),
    "verdict": Word("what the row does", "new"),
    "RowView.registration_id": Word("the registration that the row is about; null of somebody new", None),
    "changes": Word("values that the file has otherwise"),
    "problems": Word("why it is refused"),
    "column": Word("which column, by its name of the API", "rank"),
    "ChangeView.old": Word("as it is registered", 80),
    "ChangeView.new": Word("as the file has it", 70),
    "ProblemView.code": Word("which rule", "MobileInvalid"),
    "ProblemView.lo": Word("why, in Lao", "ເບີໂທບໍ່ຖືກຕ້ອງ"),
    "ProblemView.en": Word("why, in English", "This is not a mobile number."),
    "details": Word("what the rule says further", {}),
    "contacts": Word("whether numbers and addresses are in the list", example=False),
}
