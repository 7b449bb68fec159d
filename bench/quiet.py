"""What else the machine is busy with, and waiting until it is not."""

import os
import resource
import time

# Processor time of others, in cores, above which a measurement says little.
OTHERS_MAX = 0.2
TRIES_MAX = 20


def _busy_s():
    """Processor seconds that this machine has spent on programs."""
    with open("/proc/stat", encoding="utf-8") as file:
        user, nice, system, _, _, _, _, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + steal) / os.sysconf("SC_CLK_TCK")


def _own_s():
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


class Watch:
    """From its creation on."""

    def __init__(self):
        self._start = time.monotonic()
        self._others = _busy_s() - _own_s()

    def seconds(self):
        return time.monotonic() - self._start

    def others(self):
        """Cores that others used."""
        return max(0.0, _busy_s() - _own_s() - self._others) / max(self.seconds(), 0.001)


def wait(seconds_max=10):
    """Returns when the others have been quiet for a moment, or after so long."""
    whole = Watch()
    while whole.seconds() < seconds_max:
        moment = Watch()
        time.sleep(0.3)
        if moment.others() <= OTHERS_MAX / 2:
            return
