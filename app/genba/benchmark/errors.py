"""What can go wrong in a benchmark, beyond the connection."""

from __future__ import annotations

from genba.errors import N_, GenbaError


class RuntimeOutOfMemory(GenbaError):
    """The device's memory did not suffice."""

    code = "device_out_of_memory"
    what = N_("The runtime was ended for lack of memory on {host} (peak {peak_mb} MB).")
    fix = N_("Use a smaller variant, or free memory on the device.")


class RunnerFailed(GenbaError):
    """The runtime could not load or run the model."""

    code = "runner_failed"
    what = N_("{runtime} could not run the model on {host}: {reason}.")
    fix = N_("Try another runtime or variant; the text above is the runtime's own.")


class NotGenerative(GenbaError):
    """The generate scenario needs a model that generates."""

    code = "not_generative"
    what = N_("This model does not generate token by token: {reason}.")
    fix = N_("Use the single-stream scenario.")


class BadInputs(GenbaError):
    """The given inputs cannot be used."""

    code = "bad_inputs"
    what = N_("The inputs {path} cannot be used: {reason}.")


class RunInterrupted(GenbaError):
    """The run stopped on the device, and what was measured until then is kept."""

    code = "run_interrupted"
    what = N_("The measurement on {host} was interrupted: {reason}.")
    fix = N_("Run the benchmark again.")
