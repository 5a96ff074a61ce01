"""What can go wrong in a step, with a message that says what and why."""


class CannotStart(RuntimeError):
    """A part of the cluster cannot be had or started on this machine."""


class StepFailed(RuntimeError):
    """The cluster did not do what the step shows."""
