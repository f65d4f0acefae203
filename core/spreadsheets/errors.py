"""Why a file of rows cannot be read."""


class SpreadsheetError(ValueError):
    """The file cannot be read. The text is one sentence for the officer who brought it."""


class NotASpreadsheet(SpreadsheetError):
    def __init__(self) -> None:
        super().__init__("This is neither a CSV nor an XLSX file.")


class OldSpreadsheet(SpreadsheetError):
    def __init__(self) -> None:
        super().__init__("This is an XLS file of before 2007: save it as XLSX or CSV.")


class SpreadsheetTooLarge(SpreadsheetError):
    def __init__(self, limit: str) -> None:
        super().__init__(f"The file is too large: {limit}.")
