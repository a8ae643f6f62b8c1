"""The one error that the lab's command line turns into a message and an exit code."""


class LabError(Exception):
    """Something the user should read.  status: 2 usage or missing tools, 3 no lab, 1 the rest."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status
