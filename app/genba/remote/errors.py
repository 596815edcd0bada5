"""What can go wrong between this computer and a device; each with one sentence and a way out."""

from __future__ import annotations

from genba.errors import N_, GenbaError


class RemoteError(GenbaError):
    """The root of the errors of a connection."""

    code = "remote"


class BadAddress(RemoteError):
    """A target's address cannot be understood."""

    code = "bad_address"
    what = N_("“{address}” is not an SSH address.")
    fix = N_("Write it as user@host or user@host:port.")


class HostUnknown(RemoteError):
    """The name does not resolve."""

    code = "host_unknown"
    what = N_("No host called “{host}” was found on the network.")
    fix = N_("Check the spelling and this computer's network, or use the IP address.")


class HostSilent(RemoteError):
    """Nothing answers at that address within the time limit."""

    code = "host_silent"
    what = N_("{host} does not answer within {seconds} s.")
    fix = N_("Check that the device is on, and that its address and network are right.")


class PortClosed(RemoteError):
    """The machine is there, but nothing listens on the port."""

    code = "port_closed"
    what = N_("{host} is there, but nothing listens on port {port}.")
    fix = N_("Start the SSH service on the device, or give its port as user@host:port.")


class NotSsh(RemoteError):
    """Something else than an SSH server answers, or one with too weak algorithms only."""

    code = "not_ssh"
    what = N_("{host} port {port} gave no usable SSH answer: {reason}.")
    fix = N_("Check the port, and update the device's SSH server if it is very old.")


class LoginRefused(RemoteError):
    """The device accepts none of our keys."""

    code = "login_refused"
    what = N_("{host} refused the login of “{user}” with the key given.")
    fix = N_(
        "Put the public key into the device's ~/.ssh/authorized_keys, or name the right key "
        "with --identity."
    )


class IdentityUnusable(RemoteError):
    """The private key file cannot be used."""

    code = "identity_unusable"
    what = N_("The key {path} cannot be used: {reason}.")
    fix = N_("Name a private key file; for one with a passphrase, load it into ssh-agent.")


class HostUntrusted(RemoteError):
    """The host key was never confirmed by the user."""

    code = "host_untrusted"
    what = N_("The host key of “{name}” ({fingerprint}) is not trusted yet.")
    fix = N_("Compare it on the device, then run: genba target trust {name}")


class HostKeyChanged(RemoteError):
    """The device shows another host key than the trusted one."""

    code = "host_key_changed"
    what = N_(
        "The host key of “{name}” has changed: {old_fingerprint} was trusted, and {fingerprint} "
        "answers. Nothing was sent."
    )
    fix = N_(
        "If the device was reinstalled, compare the new fingerprint on it and run: "
        "genba target trust {name}. Otherwise somebody else answers at its address."
    )


class LinkLost(RemoteError):
    """The connection broke."""

    code = "link_lost"
    what = N_("The connection to {host} broke.")
    fix = N_("Check the network and try again; a measurement that went on can be resumed.")


class NoPython(RemoteError):
    """The device has no Python that the agent can use."""

    code = "no_python"
    what = N_("{host} has no Python 3.8 or later (found: {found}).")
    fix = N_("Install Python on the device, or name an interpreter with --python.")


class PythonTooOld(RemoteError):
    """The interpreter that the user named is too old."""

    code = "python_too_old"
    what = N_("{python} on {host} is older than Python 3.8.")
    fix = N_("Name a newer interpreter with --python.")


class PythonMissing(RemoteError):
    """The interpreter that the user named is not there."""

    code = "python_missing"
    what = N_("There is no interpreter {python} on {host}.")
    fix = N_("Check the path given with --python.")


class AgentFailed(RemoteError):
    """The agent ended in a way that is none of the known ones."""

    code = "agent_failed"
    what = N_("The agent on {host} failed: {reason}.")
    fix = N_("Try again; `genba doctor` with the target's name checks the device.")


class RuntimeMissing(RemoteError):
    """The interpreter on the device lacks a package that the runtime needs."""

    code = "runtime_missing"
    what = N_("{package} is not installed for {python} on {host}.")
    fix = N_("Install it there with: {python} -m pip install {package}")


class DeviceDiskFull(RemoteError):
    """The files do not fit on the device."""

    code = "device_disk_full"
    what = N_("The disk of {host} is full: {needed} are needed and {free} are free.")
    fix = N_("Free some space on the device, then try again.")


class NoFolder(RemoteError):
    """The account on the device cannot write anywhere."""

    code = "device_no_folder"
    what = N_("There is no folder on {host} that “{user}” can write to.")
    fix = N_("Give the account a home directory with free space.")


class TransferCorrupt(RemoteError):
    """A file arrived with another content than it left with."""

    code = "transfer_corrupt"
    what = N_("{name} arrived damaged on {host}.")
    fix = N_("Try again; if it happens again, check the device's disk.")


class FileChanged(RemoteError):
    """A local file changed between being hashed and being sent."""

    code = "file_changed"
    what = N_("{path} has changed since it was registered.")
    fix = N_("Import it again.")


class DeviceBusy(RemoteError):
    """Another measurement is running on the device."""

    code = "device_busy"
    what = N_("Another measurement is running on {host} (started from {client}).")
    fix = N_("Wait until it has ended.")


class DemoFailed(RemoteError):
    """The built-in demo device did not start."""

    code = "demo_failed"
    what = N_("The demo device could not start: {reason}.")


class PythonFailed(RemoteError):
    """The chosen interpreter starts but cannot answer."""

    code = "python_failed"
    what = N_("The interpreter {python} on {host} does not work: {reason}.")
    fix = N_("Name another interpreter with --python.")
